import * as Y from 'yjs';
import { createNodeBackend } from '../../src/backend/node.ts';
import type { DeviceStore } from '../../src/core/ports.ts';
import { memoryDevice, noTabs } from '../relay/cowrite/memory-device.ts';
import type { NodeMember } from '../sync/cowrite/node-member.ts';
import { openProject } from '../sync/cowrite/connection.ts';
import { DOC } from './stock.ts';
import { serve } from './serve.ts';

export interface Opening {
  readonly member: NodeMember;
  /** Whether the device holds the document as the last opening left it. */
  readonly warm: boolean;
}

let stored: Uint8Array | null = null;

/** Cold: until the whole project says `saved`, with all rows and the snapshot read. Warm: until the text is there. */
serve(async ({ member, warm }: Opening) => {
  const { endpoint, session } = member;
  const start = performance.now();
  const loads: number[] = [];
  const device = warm ? deviceWith(stored, () => loads.push(performance.now())) : memoryDevice();
  const backend = createNodeBackend({ endpoint, project: 'cowrite', session });
  const connection = await openProject(member, backend, device, noTabs);
  const took = (loads[0] ?? performance.now()) - start;
  stored = Y.encodeStateAsUpdate(connection.doc);
  const { length } = connection.text;
  await connection.close();
  return { took, length };
});

/** Node has no IndexedDB: what a device has stored is in memory. */
function deviceWith(state: Uint8Array | null, loaded: () => void): DeviceStore {
  const device = memoryDevice();
  return {
    ...device,
    openDocument: (project, id, doc, onProblem) => {
      if (state !== null && id === DOC) {
        Y.applyUpdate(doc, state, 'device');
        loaded();
      }
      return device.openDocument(project, id, doc, onProblem);
    },
  };
}
