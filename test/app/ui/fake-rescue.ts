import type { CopyProgress, Rescue, RescuedFile, UnsentProject } from '../../../src/app/session/rescue-api.ts';
import { failure, success, type Failure, type Outcome } from '../../../src/core/failures.ts';
import { goesByItself, unsentSentence } from '../../../src/core/rescue.ts';

/** A project in which the user has become a viewer. */
export const UNSENT: UnsentProject = {
  id: 'old',
  name: 'Weather station',
  documents: [
    {
      kind: 'file',
      doc: 'fa',
      path: 'src/main.ts',
      edits: 3,
      since: Date.UTC(2026, 0, 2, 3, 4),
      reason: 'role-lost',
      sentence: unsentSentence('role-lost'),
    },
    {
      kind: 'tree',
      doc: 'told',
      edits: 2,
      since: null,
      reason: 'role-lost',
      sentence: unsentSentence('role-lost'),
      changes: [{ kind: 'created', path: 'src/new.ts' }],
    },
  ],
};

/** Its file. */
export const RESCUED: RescuedFile = {
  doc: 'fa',
  path: 'src/main.ts',
  mine: '// Reads sensors\nconst mine = 1;\n'.repeat(3),
  before: '// Reads sensors\nconst theirs = 1;\n'.repeat(3),
  comparedWith: 'server',
  lineEnding: 'lf',
  incomplete: false,
};

/** Unsent edits that the test sets. */
export class FakeRescue implements Rescue {
  projects: readonly UnsentProject[] = [];
  readonly files = new Map<string, RescuedFile>();
  readonly calls: string[] = [];
  /** What every call answers; `null`: it works. */
  problem: Failure | null = null;
  /** What a copy waits for before it is done. */
  copying: Promise<void> = Promise.resolve();

  list(): Promise<Outcome<readonly UnsentProject[]>> {
    return Promise.resolve(this.problem ?? success(this.projects));
  }

  countStuck(): Promise<number> {
    return Promise.resolve(this.count((reason) => !goesByItself(reason)));
  }

  countIn(project: string): Promise<number> {
    return Promise.resolve(this.count(() => true, project));
  }

  read(_project: string, doc: string): Promise<Outcome<RescuedFile>> {
    const file = this.files.get(doc);
    return Promise.resolve(this.problem ?? (file ? success(file) : failure('not-found', 'There is no such file.')));
  }

  readAll(_project: string, docs: readonly string[]): Promise<Outcome<readonly RescuedFile[]>> {
    const files = docs.map((doc) => this.files.get(doc)).filter((file) => file !== undefined);
    return Promise.resolve(this.problem ?? success(files));
  }

  async copy(
    project: string,
    docs: readonly string[],
    name: string,
    progress: (progress: CopyProgress) => void,
  ): Promise<Outcome<string>> {
    this.calls.push(`copy ${project} ${docs.join('+')} ${name}`);
    progress({ sentence: 'Copying main.ts', done: 0.5 });
    await this.copying;
    if (this.problem) return this.problem;
    this.drop(project, docs);
    return success('project1');
  }

  discard(project: string, docs: readonly string[]): Promise<Outcome<void>> {
    this.calls.push(`discard ${project} ${docs.join('+')}`);
    if (!this.problem) this.drop(project, docs);
    return Promise.resolve(this.problem ?? success(undefined));
  }

  private drop(project: string, docs: readonly string[]): void {
    this.projects = this.projects
      .map((each) =>
        each.id === project ? { ...each, documents: each.documents.filter(({ doc }) => !docs.includes(doc)) } : each,
      )
      .filter((each) => each.documents.length > 0);
  }

  private count(counts: (reason: UnsentProject['documents'][number]['reason']) => boolean, project?: string): number {
    const documents = this.projects
      .filter(({ id }) => project === undefined || id === project)
      .flatMap((each) => each.documents);
    return documents.filter(({ reason }) => counts(reason)).reduce((sum, { edits }) => sum + edits, 0);
  }
}
