import type { Route } from '../route.ts';
import { SERVER_VERSION } from '../version.ts';

export const healthRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/health',
    scopes: ['health.read'],
    handle: () => ({ status: 200, body: { name: 'http', ping: 0, status: 'pass' } }),
  },
  {
    method: 'GET',
    path: '/health/version',
    scopes: ['public'],
    handle: () => ({ status: 200, body: { version: SERVER_VERSION } }),
  },
];
