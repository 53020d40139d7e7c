import * as Y from 'yjs';
import { createNodeBackend } from '../../src/backend/node.ts';
import type { DeviceStore } from '../../src/core/ports.ts';
import { memoryDevice, noTabs } from '../relay/cowrite/memory-device.ts';
import type { NodeMember } from '../sync/cowrite/node-member.ts';
import { openProject } from '../sync/cowrite/connection.ts';
import { DOC } from './stock.ts';
import { serve, type Asked } from './serve.ts';

export interface Opening extends Asked {
  readonly member: NodeMember;
}

/** What the device holds of each project. */
const stored = new Map<string, Uint8Array>();

/** In sync: the whole project says `saved`, with all rows and the snapshot read. */
serve(async ({ member, warm }: Opening) => {
  const { endpoint, session, project } = member;
  const state = warm ? (stored.get(project) ?? null) : null;
  const start = performance.now();
  let loaded: number | null = null;
  const device = state === null ? memoryDevice() : deviceWith(state, () => (loaded = performance.now()));
  const backend = createNodeBackend({ endpoint, project: 'cowrite', session });
  const connection = await openProject(member, backend, device, noTabs);
  const end = performance.now();
  stored.set(project, Y.encodeStateAsUpdate(connection.doc));
  const { length } = connection.text;
  await connection.close();
  return { text: (loaded ?? end) - start, synced: end - start, length };
});

/** Node has no IndexedDB: what a device has stored is in memory. */
function deviceWith(state: Uint8Array, loaded: () => void): DeviceStore {
  const device = memoryDevice();
  return {
    ...device,
    openDocument: (project, id, doc, onProblem) => {
      if (id === DOC) {
        Y.applyUpdate(doc, state, 'device');
        loaded();
      }
      return device.openDocument(project, id, doc, onProblem);
    },
  };
}
