import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Failure, Outcome } from '../../core/failures.ts';
import type { ShareLink } from '../../core/members.ts';
import type { MemberList, Sharing } from '../session/share-api.ts';

/** What is known of the members and links of a project. */
export type SharingFacts =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** `links`: `null` for those who may not see them. */
  | { readonly kind: 'known'; readonly list: MemberList; readonly links: readonly ShareLink[] | null };

/** Reads members and links, and carries out what is asked for; renders its host when something has changed. */
export class SharingState implements ReactiveController {
  facts: SharingFacts = { kind: 'loading' };
  /** What is being carried out, by a name that the caller gives; `null`: nothing. */
  busy: string | null = null;
  /** Why the last thing that was asked for did not work, as a sentence. */
  problem: string | null = null;
  private readonly host: ReactiveControllerHost;
  private readonly source: () => { readonly sharing: Sharing; readonly project: string };
  /** Tells a late answer from that to the newest question. */
  private attempt = 0;

  constructor(host: ReactiveControllerHost, source: () => { readonly sharing: Sharing; readonly project: string }) {
    this.host = host;
    this.source = source;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.attempt++;
  }

  /** Reads everything anew; what is known stays until the answer is there. */
  async load(): Promise<void> {
    const attempt = ++this.attempt;
    const { sharing, project } = this.source();
    const list = await sharing.members(project);
    const maySeeLinks = list.ok && (list.value.role === 'owner' || list.value.role === 'editor');
    const links = maySeeLinks ? await sharing.links(project) : null;
    if (attempt !== this.attempt) return;
    if (!list.ok) this.facts = { kind: 'failed', failure: list };
    else if (links !== null && !links.ok) this.facts = { kind: 'failed', failure: links };
    else this.facts = { kind: 'known', list: list.value, links: links === null ? null : links.value };
    this.host.requestUpdate();
  }

  /** One thing at a time; afterwards everything is read anew. Resolves to `null` if it did not work. */
  async run<T>(name: string, action: (sharing: Sharing, project: string) => Promise<Outcome<T>>): Promise<T | null> {
    if (this.busy !== null) return null;
    this.busy = name;
    this.problem = null;
    this.host.requestUpdate();
    const { sharing, project } = this.source();
    const outcome = await action(sharing, project);
    if (!outcome.ok) this.problem = outcome.message;
    await this.load();
    this.busy = null;
    this.host.requestUpdate();
    return outcome.ok ? outcome.value : null;
  }
}
