import { join } from 'node:path';
import { Child } from '../support/child.ts';
import { freePort } from '../support/free-port.ts';
import type { Undo } from '../support/undo.ts';
import { layWire, type Typists } from './pairs.ts';
import { nodeHost } from './remote.ts';
import { LETTERS, twice, type Setting } from './stage.ts';

export interface Room {
  /** Unlike that of any other room of its server. */
  readonly name: string;
  /** How many replicas: each in another process, with its own wire to the server. */
  readonly size: 1 | 2;
}

/** Opens replicas in a new room of a server that runs. */
export type OpenRoom = (room: Room, undo: Undo) => Promise<Typists>;

/** y-websocket with its default server, which keeps documents in memory. */
export async function startYWebsocket(setting: Setting, undo: Undo): Promise<OpenRoom> {
  const port = await freePort();
  const path = join(setting.root, 'bench/relay/ywebsocket/server.mjs');
  const server = new Child('the server of y-websocket', path, { env: { PORT: String(port), HOST: 'localhost' } });
  undo.add(() => server.close());
  await server.first();
  return rooms(setting, 'ywebsocket', port, undo);
}

/** Hocuspocus with its default server, which keeps documents in memory. @param node the Node that runs it */
export async function startHocuspocus(setting: Setting, node: string, undo: Undo): Promise<OpenRoom> {
  const path = join(setting.root, 'bench/relay/hocuspocus/server.mjs');
  const server = new Child('Hocuspocus', path, { node });
  undo.add(() => server.close());
  const { port } = await server.first<{ port: number }>();
  return rooms(setting, 'hocuspocus', port, undo);
}

async function rooms({ built }: Setting, bundle: string, port: number, undo: Undo): Promise<OpenRoom> {
  const path = join(built, `bundled/${bundle}.js`);
  const hosts = await twice((index) => Promise.resolve(nodeHost(`replica ${index} of ${bundle}`, path, undo)));
  return async ({ name, size }, inner) => {
    const open = ([0, 1] as const).slice(0, size).map(async (index) => {
      const wire = await layWire(`http://localhost:${port}`, inner);
      const options = { letter: LETTERS[index], url: wire.url.replace('http', 'ws'), room: name };
      const replica = await hosts[index].open(options);
      inner.add(() => replica.close());
      return { wire, replica };
    });
    const all = await Promise.all(open);
    return { wires: all.map(({ wire }) => wire), replicas: all.map(({ replica }) => replica) };
  };
}
