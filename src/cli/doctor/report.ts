import type { Bill } from '../../core/compaction/doctor.ts';
import type { DocumentHealth, Finding, Health } from './examine.ts';

/** Whether nothing is wrong, or no more. */
export function isSound({ projects, blobs }: Health): boolean {
  return blobs.findings.length === 0 && documentsOf({ projects, blobs }).every((each) => each.findings.length === 0);
}

/** What people read: each project with its documents, what is wrong with them, and a sum. */
export function reportLines(health: Health): string[] {
  const documents = documentsOf(health);
  const lines = health.projects.flatMap((project) => [
    `Project ${project.id} ${project.name === null ? '(deleted: a sweep removes what is left)' : `"${project.name}"`}`,
    ...project.documents.flatMap(linesOf),
    `  ${'together'.padEnd(28)} ${billLine(sumOf(project.documents))}`,
    '',
  ]);
  const { files, bytes } = health.blobs;
  const wrong = [...documents, health.blobs].reduce((sum, { findings }) => sum + findings.length, 0);
  const repaired = [...documents, health.blobs].reduce((sum, each) => sum + each.repaired.length, 0);
  return [
    ...lines,
    `Files of snapshots: ${files}, ${size(bytes)}`,
    ...findingLines(health.blobs.findings),
    ...health.blobs.repaired.map(repairedLine),
    '',
    `${documents.length} documents: ${billLine(sumOf(documents))}`,
    ...(repaired === 0 ? [] : [`Repaired: ${repaired}.`]),
    wrong === 0 ? 'Everything is sound.' : `Wrong: ${wrong}. ${adviceOn(health)}`,
  ];
}

function linesOf(document: DocumentHealth): string[] {
  const { id, bill, waiting, findings, repaired } = document;
  const note = waiting === 0 ? '' : ` · ${waiting} rows wait for others`;
  return [
    `  ${id.padEnd(28)} ${bill === null ? 'not examined' : billLine(bill)}${note}`,
    ...findingLines(findings),
    ...repaired.map(repairedLine),
  ];
}

function findingLines(findings: readonly Finding[]): string[] {
  return findings.map(
    ({ what, repair }) =>
      `    wrong: ${what}. ${repair === null ? 'This cannot be repaired here.' : `--repair would ${repair}.`}`,
  );
}

function repairedLine(what: string): string {
  return `    repaired: ${what}`;
}

function adviceOn(health: Health): string {
  const findings = [...documentsOf(health), health.blobs].flatMap((each) => each.findings);
  return findings.some(({ repair }) => repair === null)
    ? 'What cannot be repaired here may be in a backup.'
    : 'Run it again with --repair.';
}

function documentsOf({ projects }: Health): DocumentHealth[] {
  return projects.flatMap(({ documents }) => documents);
}

function sumOf(documents: readonly DocumentHealth[]): Bill {
  const sum = (key: keyof Bill): number => documents.reduce((total, { bill }) => total + (bill?.[key] ?? 0), 0);
  return {
    rows: sum('rows'),
    logBytes: sum('logBytes'),
    stateBytes: sum('stateBytes'),
    segmentBytes: sum('segmentBytes'),
    generations: sum('generations'),
  };
}

function billLine({ rows, logBytes, stateBytes, segmentBytes, generations }: Bill): string {
  return (
    `${rows} rows, ${size(logBytes)} · states ${size(stateBytes)} · segments ${size(segmentBytes)} · ` +
    `${generations} snapshots`
  );
}

function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
