import { join } from 'node:path';
import type { Undo } from '../support/undo.ts';
import { measured, type Measured } from './measured.ts';
import { layWire, openInNode } from './pairs.ts';
import { startHocuspocus, startYWebsocket, type OpenRoom } from './peers.ts';
import { nodeHost } from './remote.ts';
import { memberOf, twice, type Person, type Setting, type Stage, type Two } from './stage.ts';

export const PRODUCTS = ['cowrite', 'ywebsocket', 'hocuspocus'] as const;

export type ProductKey = (typeof PRODUCTS)[number];

export type Rooms = Readonly<Record<ProductKey, Measured<OpenRoom>>>;

/** Everybody's server runs, and rooms can be opened in it; a peer that cannot run says why. */
export async function startProducts(setting: Setting, stage: Stage, people: Two<Person>, undo: Undo): Promise<Rooms> {
  const { missing, hocuspocusNode: node } = setting.peers;
  const ywebsocket = (): Promise<OpenRoom> => {
    if (missing !== null) throw new Error(missing);
    return startYWebsocket(setting, undo);
  };
  const hocuspocus = (): Promise<OpenRoom> => {
    if (missing !== null) throw new Error(missing);
    if (node === null) throw new Error('no Node that Hocuspocus accepts');
    return startHocuspocus(setting, node, undo);
  };
  return {
    cowrite: await measured(() => cowriteRooms(setting, stage, people, undo)),
    ywebsocket: await measured(async () => ywebsocket()),
    hocuspocus: await measured(async () => hocuspocus()),
  };
}

/** Each room is a project. */
async function cowriteRooms({ built }: Setting, stage: Stage, people: Two<Person>, undo: Undo): Promise<OpenRoom> {
  const path = join(built, 'bundled/cowrite.js');
  const hosts = await twice((index) => Promise.resolve(nodeHost(`replica ${index} of Cowrite`, path, undo)));
  return async ({ size }, inner) => {
    const project = await stage.project(size === 1 ? [people[0]] : people);
    const open = ([0, 1] as const).slice(0, size).map(async (index) => {
      const wire = await layWire(stage.url, inner);
      const member = memberOf(project, people, index);
      return { wire, replica: await openInNode(hosts[index], member, people[index], wire, inner) };
    });
    const all = await Promise.all(open);
    return { wires: all.map(({ wire }) => wire), replicas: all.map(({ replica }) => replica) };
  };
}
