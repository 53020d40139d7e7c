import type { Context } from '../context.ts';
import { ServerError } from '../errors.ts';
import { build } from '../functions/deploy.ts';
import type { Deployment, FunctionDoc } from '../functions/model.ts';
import { presentDeployment } from '../functions/present.ts';
import { now, uniqueId } from '../ids.ts';
import { listDocuments } from '../lists.ts';
import { boolean, newId, text } from '../params.ts';
import { NO_CONTENT, part } from '../route.ts';
import type { ApiRequest, Multipart, Reply, Route } from '../route.ts';
import { readPiece } from '../storage/upload.ts';
import type { Piece } from '../storage/upload.ts';
import { findFunction } from './functions.ts';

const ALL = '/functions/:functionId/deployments';
const ONE = `${ALL}/:deploymentId`;
const READ = ['functions.read'];
const WRITE = ['functions.write'];
const MAX_ARCHIVE_BYTES = 30_000_000;

/** Code of functions, by API key: an archive (tar.gz) of what `npm run build:functions` and its like have made. */
export const deploymentRoutes: readonly Route[] = [
  { method: 'POST', path: ALL, scopes: WRITE, handle: create },
  { method: 'GET', path: ALL, scopes: READ, handle: list },
  {
    method: 'GET',
    path: ONE,
    scopes: READ,
    handle: (request) => ({ status: 200, body: presentDeployment(find(request)) }),
  },
  { method: 'DELETE', path: ONE, scopes: WRITE, handle: remove },
];

function find(request: ApiRequest): Deployment {
  const deployment = request.context.deployments.get(part(request, 'deploymentId'));
  if (deployment?.functionId !== findFunction(request).$id) throw new ServerError('deployment_not_found');
  return deployment;
}

/** A whole archive, or one chunk of it; when all is there, it is unpacked in the background. */
async function create(request: ApiRequest): Promise<Reply> {
  const { context, headers } = request;
  const definition = findFunction(request);
  const sent = await request.multipart();
  const { bytes } = checkedFile(sent);
  const piece = readPiece(request, bytes.length);
  if (piece.total > MAX_ARCHIVE_BYTES) throw new ServerError('storage_invalid_file_size');
  const continued = headers['x-appwrite-id'];
  const id = typeof continued === 'string' && continued !== '' ? newId({ id: continued }, 'id') : uniqueId();
  const wanted = newDeployment(id, definition, sent, piece);
  await context.writer.write(() => reserve(context, wanted));
  await context.code.write(id, piece.start, bytes);
  const deployment = await context.writer.write(() => addChunk(context, wanted, piece));
  if (deployment.chunks.length === deployment.chunksTotal) context.jobs.add(() => build(context, deployment));
  return { status: 202, body: presentDeployment(deployment) };
}

function checkedFile({ file }: Multipart): NonNullable<Multipart['file']> {
  if (!file) throw new ServerError('storage_file_empty', 'No file sent');
  if (!/\.(gz|tgz)$/i.test(file.name)) throw new ServerError('storage_file_type_unsupported');
  return file;
}

function newDeployment($id: string, definition: FunctionDoc, { fields }: Multipart, piece: Piece): Deployment {
  const time = now();
  const entrypoint = text(fields, 'entrypoint', { max: 1028, fallback: definition.entrypoint });
  if (entrypoint === '') throw new ServerError('function_entrypoint_missing');
  return {
    $id,
    $createdAt: time,
    $updatedAt: time,
    functionId: definition.$id,
    source: 'upload',
    entrypoint,
    commands: text(fields, 'commands', { min: 0, max: 8192, fallback: definition.commands }),
    activate: boolean(fields, 'activate', false),
    sourceSize: piece.total,
    buildSize: 0,
    chunksTotal: piece.of,
    chunks: [],
    status: 'waiting',
    buildLogs: '',
  };
}

/** Inserts the deployment unless an earlier chunk has. */
function reserve(context: Context, wanted: Deployment): void {
  const known = context.deployments.get(wanted.$id);
  if (!known) context.deployments.insert(wanted);
  else if (!continues(known, wanted)) throw new ServerError('deployment_not_found');
}

function continues(known: Deployment, { functionId, chunksTotal, sourceSize }: Deployment): boolean {
  const same = known.functionId === functionId && known.chunksTotal === chunksTotal && known.sourceSize === sourceSize;
  return same && known.status === 'waiting' && known.chunks.length < chunksTotal;
}

function addChunk(context: Context, { $id }: Deployment, piece: Piece): Deployment {
  const current = context.deployments.get($id);
  if (!current) throw new ServerError('deployment_not_found');
  const updated = { ...current, chunks: [...new Set([...current.chunks, piece.number])], $updatedAt: now() };
  context.deployments.update(updated);
  return updated;
}

function list(request: ApiRequest): Reply {
  const { context, query } = request;
  const { total, items } = listDocuments(context.deployments, query, {
    fields: { status: 'text', activate: 'boolean', entrypoint: 'text', sourceSize: 'integer', buildSize: 'integer' },
    searched: ['$id', 'entrypoint'],
    within: { sql: `json_extract(doc, '$."functionId"') = ?`, values: [findFunction(request).$id] },
  });
  return { status: 200, body: { total, deployments: items.map(presentDeployment) } };
}

async function remove(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  const { $id } = find(request);
  await context.writer.write(() => {
    const definition = findFunction(request);
    context.deployments.delete($id);
    if (definition.deploymentId === $id) context.functionDocs.update({ ...definition, deploymentId: '' });
  });
  await context.code.remove($id);
  return NO_CONTENT;
}
