import type { TreeChangeKind } from '../../core/rescue.ts';
import type { UnsentDocument, UnsentProject } from '../session/rescue-api.ts';
import { LOCALE } from '../ui/locale.ts';

const MOMENT = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

export function editsOf(count: number): string {
  return count === 1 ? '1 edit' : `${count} edits`;
}

export function filesOf(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}

/** “3 edits, since 20 Nov, 09:12”. */
export function amountOf({ edits, since }: Pick<UnsentDocument, 'edits' | 'since'>): string {
  return since === null ? editsOf(edits) : `${editsOf(edits)}, since ${MOMENT.format(since)}`;
}

/** What a document is called in a list. */
export function titleOf(document: UnsentDocument): string {
  switch (document.kind) {
    case 'file':
      return document.path;
    case 'tree':
      return 'Files and folders';
    case 'review':
      return 'Comments';
    case 'chat':
      return 'Chat';
  }
}

export function changeWord(kind: TreeChangeKind): string {
  switch (kind) {
    case 'created':
      return 'New';
    case 'changed':
      return 'Renamed or moved';
    case 'deleted':
      return 'Deleted';
  }
}

export function editsIn(documents: readonly UnsentDocument[]): number {
  return documents.reduce((sum, { edits }) => sum + edits, 0);
}

/** The documents of a project that somebody has to decide about, and those that go by themselves. */
export interface Sorted {
  readonly project: UnsentProject;
  readonly documents: readonly UnsentDocument[];
}

/** The projects that hold documents of one kind, with these documents only. */
export function projectsWith(
  projects: readonly UnsentProject[],
  belongs: (document: UnsentDocument) => boolean,
): readonly Sorted[] {
  return projects
    .map((project) => ({ project, documents: project.documents.filter(belongs) }))
    .filter(({ documents }) => documents.length > 0);
}

/** The distinct reasons of some documents, as sentences, in their order. */
export function sentencesOf(documents: readonly UnsentDocument[]): readonly string[] {
  return [...new Set(documents.map(({ sentence }) => sentence))];
}
