import type { Bill } from '../../core/compaction/doctor.ts';
import type { DocumentHealth, Finding, Health, ProjectHealth } from './examine.ts';

/** Names of documents are shown up to this length. */
const MAX_NAME = 48;

/** Whether nothing is wrong, or no more. Rows that wait for others are no damage. */
export function isSound({ projects, blobs }: Health): boolean {
  return blobs.findings.length === 0 && documentsOf({ projects, blobs }).every((each) => each.findings.length === 0);
}

/** How many rows of the log wait for others that have not arrived. */
export function waitingIn(health: Health): number {
  return documentsOf(health).reduce((sum, { waiting }) => sum + waiting, 0);
}

/** What people read: each project with its documents, what is wrong with them, and a sum. */
export function reportLines(health: Health): string[] {
  const documents = documentsOf(health);
  const { files, bytes, young } = health.blobs;
  const repaired = [...documents, health.blobs].reduce((sum, each) => sum + each.repaired.length, 0);
  return [
    ...health.projects.flatMap(projectLines),
    `Files of snapshots: ${files}, ${size(bytes)}`,
    ...(young === 0
      ? []
      : [`  ${count(young, 'file')} of the last hour without a snapshot: it may be about to be written.`]),
    ...findingLines(health.blobs.findings),
    ...health.blobs.repaired.map(repairedLine),
    '',
    `${count(documents.length, 'document')}: ${billLine(sumOf(documents))}`,
    ...(repaired === 0 ? [] : [`Repaired: ${repaired}.`]),
    ...waitingLines(health),
    verdict(health),
  ];
}

function projectLines({ id, name, documents }: ProjectHealth): string[] {
  const names = documents.map((each) => Array.from(shown(each.name ?? '')));
  const width = Math.min(MAX_NAME, Math.max('together'.length, ...names.map(({ length }) => length)));
  const ids = documents.map((each) => shown(each.id));
  const wide = Math.max(...ids.map(({ length }) => length));
  return [
    `Project ${id} ${name === null ? '(deleted: a sweep removes what is left)' : `"${shown(name)}"`}`,
    ...documents.flatMap((each, at) => {
      const { bill, waiting, findings, repaired } = each;
      const letters = names[at] ?? [];
      const called = letters.length > width ? `…${letters.slice(1 - width).join('')}` : letters.join('');
      const note = waiting === 0 ? '' : ` · ${waiting} waiting for others`;
      return [
        `  ${called.padEnd(width)}  ${(ids[at] ?? '').padEnd(wide)}  ${bill === null ? 'not examined' : billLine(bill)}${note}`,
        ...findingLines(findings),
        ...repaired.map(repairedLine),
      ];
    }),
    `  ${'together'.padEnd(width)}  ${' '.repeat(wide)}  ${billLine(sumOf(documents))}`,
    '',
  ];
}

function findingLines(findings: readonly Finding[]): string[] {
  return findings.map(
    ({ what, repair }) =>
      `    wrong: ${shown(what).replace(/\.+$/, '')}. ${repair === null ? 'This cannot be repaired here.' : `--repair would ${repair}.`}`,
  );
}

function repairedLine(what: string): string {
  return `    repaired: ${shown(what)}`;
}

function waitingLines(health: Health): string[] {
  const rows = waitingIn(health);
  if (rows === 0) return [];
  const documents = documentsOf(health).filter(({ waiting }) => waiting > 0).length;
  return [
    `Waiting: ${count(rows, 'row')} in ${count(documents, 'document')} for edits that have not arrived. That is no damage: ` +
      'their author may be offline, and nobody sees these edits until then.',
  ];
}

function verdict(health: Health): string {
  const wrong = [...documentsOf(health), health.blobs].reduce((sum, { findings }) => sum + findings.length, 0);
  if (wrong > 0) return `Wrong: ${wrong}. ${adviceOn(health)}`;
  return waitingIn(health) > 0 ? 'Nothing is damaged.' : 'Everything is sound.';
}

function adviceOn(health: Health): string {
  const findings = [...documentsOf(health), health.blobs].flatMap((each) => each.findings);
  const [lost, curable] = [
    findings.some(({ repair }) => repair === null),
    findings.some(({ repair }) => repair !== null),
  ];
  const advice = [
    ...(curable ? ['Run it again with --repair.'] : []),
    ...(lost ? ['What cannot be repaired here may be in a backup.'] : []),
  ];
  return advice.join(' ');
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
    `${count(rows, 'row')}, ${size(logBytes)} · states ${size(stateBytes)} · segments ${size(segmentBytes)} · ` +
    count(generations, 'snapshot')
  );
}

/** Names come from people: nothing in them may steer the terminal. */
function shown(text: string): string {
  return text.replaceAll(/\p{C}/gu, '�');
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what}` : `${number} ${what}s`;
}

function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
