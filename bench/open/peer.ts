import { fromBase64 } from 'lib0/buffer';
import * as Y from 'yjs';
import { serve, type Asked } from './serve.ts';

export interface PeerOpening extends Asked {
  readonly url: string;
  readonly room: string;
  /** Base64, format V2: then the document is written first. */
  readonly state?: string;
}

/** A provider of a peer on one document. */
export interface PeerConnection {
  /** Resolves when the provider says that it is in sync. */
  readonly synced: Promise<void>;
  /** Resolves when all that was written has been sent. */
  sent(): Promise<void>;
  close(): void;
}

/** What the device holds of each room. */
const stored = new Map<string, Uint8Array>();

/** Opens documents as a peer does. */
export function servePeer(connect: (where: PeerOpening, doc: Y.Doc) => PeerConnection): void {
  serve(async (opening: PeerOpening) => {
    const { room, state, warm } = opening;
    const device = warm ? stored.get(room) : undefined;
    const start = performance.now();
    const doc = new Y.Doc();
    if (device) Y.applyUpdate(doc, device, 'device');
    const loaded = performance.now();
    const connection = connect(opening, doc);
    await connection.synced;
    const end = performance.now();
    if (state !== undefined) Y.applyUpdateV2(doc, fromBase64(state));
    await connection.sent();
    stored.set(room, Y.encodeStateAsUpdate(doc));
    const { length } = doc.getText('text');
    connection.close();
    doc.destroy();
    return { text: (device ? loaded : end) - start, synced: end - start, length };
  });
}
