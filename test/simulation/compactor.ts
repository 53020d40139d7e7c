import { compactDocument } from '../../src/core/compaction/compact.ts';
import { failure } from '../../src/core/failures.ts';
import type { MemoryCompaction } from '../helpers/compaction-store.ts';
import { count } from './faults.ts';
import { Life } from './life.ts';
import type { Weather } from './network.ts';

/** How many rows a run folds at a time; few, so that runs have many generations. */
const MOST_ROWS = 12;

/**
 * One execution of the Function over the network of the simulation: every request takes time, is lost, or its answer is, and
 * any of them can be the last.
 */
export class SimulatedCompactor {
  /** Resolves when the run has ended, in one way or another. */
  readonly done: Promise<void>;
  private readonly weather: Weather;
  private readonly life = new Life();

  constructor(
    tables: MemoryCompaction,
    weather: Weather,
    project: string,
    doc: string,
    report: (error: unknown) => void,
  ) {
    this.weather = weather;
    const store = this.overNetwork(tables.through(() => this.pause(20), weather.random.chance(0.5)));
    const foldRows = 1 + weather.random.below(MOST_ROWS);
    this.done = new Promise((resolve) => {
      this.life.onCrash = resolve;
      compactDocument(store, project, doc, { foldRows })
        .then((outcome) => {
          count(weather.counts, outcome.ok ? `compaction ${outcome.value.end}` : 'compaction failed');
          if (outcome.ok && outcome.value.folded > 0) count(weather.counts, 'generations');
          if (outcome.ok && outcome.value.duplicates > 0) count(weather.counts, 'duplicates retired');
        })
        .catch(report)
        .finally(resolve);
    });
  }

  /** Every method as a request. */
  private overNetwork(tables: MemoryCompaction): MemoryCompaction {
    return new Proxy(tables, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...given: unknown[]): Promise<unknown> => {
          await this.pause(40);
          if (this.weather.strikes('requestLost')) return failure('offline', 'request lost');
          if (this.weather.strikes('serverError')) return failure('server', 'server error');
          const outcome: unknown = await Reflect.apply(member, target, given);
          await this.pause(40);
          return this.weather.strikes('replyLost') ? failure('offline', 'reply lost') : outcome;
        };
      },
    });
  }

  /** Time passes, and the run may end in it. */
  private pause(longest: number): Promise<void> {
    const passed = this.weather.delay(longest).then(() => {
      if (this.weather.strikes('compactorCrash')) this.life.crash();
    });
    return this.life.bound(passed);
  }
}
