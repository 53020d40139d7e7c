import type { Route } from '../route.ts';
import { accountRoutes } from './account.ts';
import { bucketRoutes } from './buckets.ts';
import { columnRoutes } from './columns.ts';
import { databaseRoutes } from './databases.ts';
import { deploymentRoutes } from './deployments.ts';
import { executionRoutes } from './executions.ts';
import { fileRoutes } from './files.ts';
import { functionRoutes } from './functions.ts';
import { variableRoutes } from './function-variables.ts';
import { healthRoutes } from './health.ts';
import { membershipRoutes } from './memberships.ts';
import { rowRoutes } from './rows.ts';
import { sessionRoutes } from './sessions.ts';
import { teamRoutes } from './teams.ts';
import { tableRoutes } from './tables.ts';
import { transactionRoutes } from './transactions.ts';
import { userRoutes } from './users.ts';

/** Everything that the server answers below `/v1`. */
export const allRoutes: readonly Route[] = [
  ...healthRoutes,
  ...accountRoutes,
  ...sessionRoutes,
  ...userRoutes,
  ...teamRoutes,
  ...membershipRoutes,
  ...databaseRoutes,
  ...tableRoutes,
  ...columnRoutes,
  ...rowRoutes,
  ...transactionRoutes,
  ...bucketRoutes,
  ...fileRoutes,
  ...functionRoutes,
  ...variableRoutes,
  ...deploymentRoutes,
  ...executionRoutes,
];
