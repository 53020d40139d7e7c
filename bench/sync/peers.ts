import { join } from 'node:path';
import { Child } from '../support/child.ts';
import { freePort } from '../support/free-port.ts';
import type { Undo } from '../support/undo.ts';
import type { Typists } from './keystrokes.ts';
import { layWire } from './pairs.ts';
import { nodeHost } from './remote.ts';
import type { Setting } from './stage.ts';

/** Who types, and in which room of its server. */
export interface Room {
  readonly name: string;
  readonly letters: readonly string[];
}

/** A peer's server runs; opens replicas in a room, each with its own wire. */
export type OpenRoom = (room: Room) => Promise<Typists>;

/** y-websocket with its default server, which keeps documents in memory. */
export async function startYWebsocket(setting: Setting, undo: Undo): Promise<OpenRoom> {
  const port = await freePort();
  const path = join(setting.root, 'bench/relay/ywebsocket/server.mjs');
  const server = new Child('the server of y-websocket', path, { env: { PORT: String(port), HOST: 'localhost' } });
  undo.add(() => server.close());
  await server.first();
  return rooms(setting, { name: 'y-websocket', bundle: 'ywebsocket', port }, undo);
}

/** Hocuspocus with its default server, which keeps documents in memory. @param node the Node that runs it */
export async function startHocuspocus(setting: Setting, node: string, undo: Undo): Promise<OpenRoom> {
  const path = join(setting.root, 'bench/relay/hocuspocus/server.mjs');
  const server = new Child('Hocuspocus', path, { node });
  undo.add(() => server.close());
  const { port } = await server.first<{ port: number }>();
  return rooms(setting, { name: 'Hocuspocus', bundle: 'hocuspocus', port }, undo);
}

function rooms(
  { built }: Setting,
  { name, bundle, port }: { name: string; bundle: string; port: number },
  undo: Undo,
): OpenRoom {
  const host = nodeHost(`replicas of ${name}`, join(built, `bundled/${bundle}.js`), undo);
  return async ({ name: room, letters }) => {
    const open = letters.map(async (letter) => {
      const wire = await layWire(`http://localhost:${port}`, undo);
      const options = { letter, url: wire.url.replace('http', 'ws'), room };
      const replica = await host.open(options);
      undo.add(() => replica.close());
      return { wire, replica };
    });
    const all = await Promise.all(open);
    return { wires: all.map(({ wire }) => wire), replicas: all.map(({ replica }) => replica) };
  };
}
