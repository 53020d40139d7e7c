import type { Context } from '../context.ts';
import { now } from '../ids.ts';
import type { Deployment } from './model.ts';

/**
 * Makes an uploaded deployment ready, or failed with the reason in its build logs. Nothing is built here: the upload
 * must be the finished code.
 */
export async function build(context: Context, deployment: Deployment): Promise<void> {
  const outcome = await unpacked(context, deployment);
  await context.writer.write((afterCommit) => {
    const current = context.deployments.get(deployment.$id);
    if (!current) return; // deleted meanwhile
    const built = { ...current, ...outcome, $updatedAt: now() };
    context.deployments.update(built);
    if (built.status === 'ready' && built.activate && !isOvertaken(context, built)) activate(context, built);
    afterCommit(() => context.triggers.refresh());
  });
}

/** Makes a deployment the one that runs; belongs inside a write. */
export function activate(context: Context, { $id, functionId }: Deployment): void {
  const definition = context.functionDocs.get(functionId);
  if (definition) context.functionDocs.update({ ...definition, deploymentId: $id, live: true, $updatedAt: now() });
}

/** True if a deployment that was made later is active already. */
function isOvertaken({ functionDocs, deployments }: Context, { $id, functionId }: Deployment): boolean {
  const active = functionDocs.get(functionId)?.deploymentId ?? '';
  return (deployments.sequence(active) ?? 0) > (deployments.sequence($id) ?? 0);
}

async function unpacked(
  context: Context,
  { $id, commands }: Deployment,
): Promise<Pick<Deployment, 'status' | 'buildLogs' | 'buildSize'>> {
  const failed = (buildLogs: string) => ({ status: 'failed', buildLogs, buildSize: 0 }) as const;
  if (commands !== '') {
    await context.code.remove($id);
    return failed(`This server runs no build commands ("${commands}"). Upload code that is built already.`);
  }
  try {
    return { status: 'ready', buildLogs: '', buildSize: await context.code.unpack($id) };
  } catch (error) {
    await context.code.remove($id);
    return failed(error instanceof Error ? error.message : String(error));
  }
}
