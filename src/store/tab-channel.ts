import type { TabChannel, TabMessage } from '../core/ports.ts';

/** The tabs of this browser that have the same project open for the same user [LOCAL-3]. */
export class BroadcastTabs implements TabChannel {
  private readonly channel: BroadcastChannel | null;
  private readonly listeners = new Set<(message: TabMessage) => void>();

  constructor(userId: string, project: string) {
    this.channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(`cowrite:${userId}:${project}`) : null;
    this.channel?.addEventListener('message', (event: MessageEvent<TabMessage>) => {
      for (const listener of this.listeners) listener(event.data);
    });
  }

  post(message: TabMessage): void {
    this.channel?.postMessage(message);
  }

  listen(take: (message: TabMessage) => void): () => void {
    this.listeners.add(take);
    return () => this.listeners.delete(take);
  }

  close(): void {
    this.channel?.close();
  }
}
