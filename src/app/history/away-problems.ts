import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { onlyMerged, type Diagnostic } from '../../core/history/diagnostics.ts';
import { operationsOfPlan } from '../../core/history/plan.ts';
import { diffTexts } from '../../core/history/text-diff.ts';
import type { PlanView } from '../session/history/workbench.ts';
import { Checker } from './checker.ts';

/** What is known of the problems that exist only since the texts came together. */
export type ProblemState =
  /** There is nothing to compare, or nobody who could tell for such a file. */
  | { readonly kind: 'none' }
  | { readonly kind: 'looking' }
  /** Who could tell is not on this device, and there is no network. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'found'; readonly problems: readonly Diagnostic[] }
  | { readonly kind: 'failed' };

const PATIENCE_MS = 3_000;

/** What is compared: a text, and those that it was put together from. */
export interface Compared {
  /** Of the file: decides who can tell. */
  readonly name: string;
  readonly text: string;
  readonly sides: readonly PlanView[];
}

/** Looks for problems as long as its host is in the document; in a worker, so that nothing waits for it. */
export class AwayProblems implements ReactiveController {
  private readonly host: ReactiveControllerHost;
  private checker: Checker | null = null;
  private name: string | null = null;
  /** What the texts of the sides have; they do not change. */
  private readonly known = new Map<string, readonly Diagnostic[]>();
  private asked: Compared | null = null;
  private current: ProblemState = { kind: 'none' };

  constructor(host: ReactiveControllerHost) {
    this.host = host;
    host.addController(this);
  }

  get state(): ProblemState {
    return this.current;
  }

  /** Asking once more for the same does nothing. */
  look(wanted: Compared): void {
    const { asked } = this;
    if (asked?.text === wanted.text && asked.sides === wanted.sides && asked.name === wanted.name) return;
    this.asked = wanted;
    if (wanted.sides.length === 0) return this.set({ kind: 'none' });
    if (this.name !== wanted.name) this.drop();
    this.name = wanted.name;
    this.checker ??= Checker.for(wanted.name);
    const { checker } = this;
    if (checker === null) return this.set({ kind: 'none' });
    if (this.current.kind !== 'found') this.set({ kind: 'looking' });
    // It takes a moment where all is there; after that, it is looked what is missing.
    const patience = setTimeout(() => {
      this.lookForChecker(checker, wanted).catch((error: unknown) => console.error(error));
    }, PATIENCE_MS);
    const found = this.find(checker, wanted).finally(() => clearTimeout(patience));
    found.then(
      (problems) => {
        if (this.asked === wanted) this.set({ kind: 'found', problems });
      },
      (error: unknown) => {
        if (this.asked !== wanted || this.checker !== checker) return;
        console.error(error);
        this.set({ kind: 'failed' });
      },
    );
  }

  hostDisconnected(): void {
    this.drop();
    this.asked = null;
  }

  private async find(checker: Checker, { text, sides }: Compared): Promise<readonly Diagnostic[]> {
    const merged = await checker.check(text);
    const before = [];
    for (const { before: now, after, plan } of sides) {
      const diagnostics = this.known.get(after) ?? (await checker.check(after));
      this.known.set(after, diagnostics);
      // As long as nothing was taken back the plan knows best what became of each character.
      const operations = text === now ? operationsOfPlan(plan) : diffTexts(text, after);
      before.push({ diagnostics, operations });
    }
    return onlyMerged(merged, before);
  }

  private async lookForChecker(checker: Checker, wanted: Compared): Promise<void> {
    const isHere = await checker.isHere();
    if (!isHere && this.asked === wanted && this.current.kind === 'looking') this.set({ kind: 'waiting' });
  }

  private set(state: ProblemState): void {
    this.current = state;
    this.host.requestUpdate();
  }

  private drop(): void {
    this.checker?.close();
    this.checker = null;
    this.name = null;
    this.known.clear();
  }
}
