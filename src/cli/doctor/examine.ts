import type { AppwriteDoctorStore, StoredBlob } from '../../backend/doctor-store.ts';
import { applyCure, describeCure, type Cure } from '../../core/compaction/cure.ts';
import { examineDocument, type Bill, type Examination } from '../../core/compaction/doctor.ts';
import { documentNames, type DocumentNames } from '../../core/compaction/document-names.ts';
import { isHeld } from '../../core/compaction/orphan.ts';
import { hashId } from '../../core/compaction/snapshot.ts';
import { ORPHAN_AGE_MS } from '../../core/compaction/housekeeping.ts';
import { failure, success, type Outcome } from '../../core/failures.ts';
import { Problem } from '../problem.ts';

export interface Finding {
  /** What is wrong, in words. */
  readonly what: string;
  /** What would put it right, in words that follow "would"; `null` where nothing can. */
  readonly repair: string | null;
}

export interface DocumentHealth {
  readonly id: string;
  /** The path of a file, or what else the document is called; `null` where that is not known. */
  readonly name: string | null;
  /** `null` if it could not be examined. */
  readonly bill: Bill | null;
  /** Rows that wait for others: no damage, their author may be offline. */
  readonly waiting: number;
  readonly findings: readonly Finding[];
  /** What was wrong and has been put right. */
  readonly repaired: readonly string[];
}

export interface ProjectHealth {
  readonly id: string;
  /** `null`: there is no such project any more; sweeps remove what is left of it after 30 days. */
  readonly name: string | null;
  readonly documents: readonly DocumentHealth[];
}

export interface BlobHealth {
  readonly files: number;
  readonly bytes: number;
  /** Files that belong to no snapshot and are too new to be left over: a compaction may be writing theirs. */
  readonly young: number;
  readonly findings: readonly Finding[];
  readonly repaired: readonly string[];
}

export interface Health {
  readonly projects: readonly ProjectHealth[];
  readonly blobs: BlobHealth;
}

/** Two empty lists of deletions and clocks, as `Y.encodeSnapshotV2` writes them. */
const EMPTY_HOLDS = Uint8Array.from([0, 0]);

/** One repair can bring to light what needs another. */
const PASSES = 4;

export interface ExamineOptions {
  /** Put right what can be; else nothing is changed. */
  readonly repair: boolean;
  /** Epoch milliseconds, the server's clock. */
  readonly now: number;
  /** Told what is being done, in words; often. */
  readonly progress: (doing: string) => void;
}

/** What is known of a document when the files are looked at. */
interface Patient {
  readonly id: string;
  /** `null` where something of it cannot be read or is missing. */
  readonly holds: Uint8Array | null;
}

/** By the part of the row ids of its snapshots that stands for the document. */
type Patients = Map<string, Patient>;

/** Examines all that is stored, one document after the other. */
export async function examineAll(store: AppwriteDoctorStore, options: ExamineOptions): Promise<Health> {
  const { repair, progress } = options;
  progress('Looking for documents');
  const found = [...valueOf(await store.documents())].sort(([a], [b]) => (a < b ? -1 : 1));
  const total = found.reduce((sum, [, docs]) => sum + docs.length, 0);
  let done = 0;
  const projects: ProjectHealth[] = [];
  const patients: Patients = new Map();
  for (const [id, docs] of found) {
    const name = valueOf(await store.nameOf(id));
    const documents: Omit<DocumentHealth, 'name'>[] = [];
    for (const doc of docs) {
      progress(`Document ${++done} of ${total}: ${doc} of project ${name ?? id}`);
      const { holds, ...health } = await examineOne(store, id, doc, repair);
      patients.set(hashId(`${id}/${doc}`), { id: doc, holds });
      documents.push(health);
    }
    // After the repair: the tree may have been in need of one.
    const names: DocumentNames = valueOf(await documentNames(store, id));
    projects.push({ id, name, documents: documents.map((each) => ({ ...each, name: names(each.id) })) });
  }
  progress('Files of snapshots');
  return { projects, blobs: await examineBlobs(store, patients, options) };
}

/** What is found; what is left of it after the repair, if that is wanted. */
async function examineOne(
  store: AppwriteDoctorStore,
  project: string,
  id: string,
  repair: boolean,
): Promise<Omit<DocumentHealth, 'name'> & Pick<Patient, 'holds'>> {
  let examined = await examine(store, project, id);
  const found = new Set<string>();
  const passes = repair ? PASSES : 0;
  for (let pass = 0; pass < passes && examined.ok; pass++) {
    const cures = examined.value.findings.flatMap(({ cure }) => (cure === null ? [] : [cure]));
    if (cures.length === 0) break;
    for (const { what } of examined.value.findings) found.add(what);
    for (const cure of cures) valueOf(await applyCure(store, cure));
    examined = await examine(store, project, id);
  }
  if (!examined.ok) {
    const findings = [{ what: examined.message, repair: null }];
    return { id, bill: null, waiting: 0, findings, repaired: [], holds: null };
  }
  const { bill, waiting } = examined.value;
  const findings = examined.value.findings.map(({ what, cure }) => ({ what, repair: wordsOf(cure) }));
  for (const { what } of findings) found.delete(what);
  const holds = findings.some((finding) => finding.repair === null) ? null : examined.value.holds;
  return { id, bill, waiting, findings, repaired: [...found], holds };
}

/**
 * A document that cannot be examined is a finding, and so is one of which the server says that it cannot read it; a server
 * that cannot be asked at all ends everything.
 */
async function examine(store: AppwriteDoctorStore, project: string, doc: string): Promise<Outcome<Examination>> {
  let examined: Outcome<Examination>;
  try {
    examined = await examineDocument(store, project, doc);
  } catch (error) {
    return failure('rejected', `cannot be examined: ${String(error)}`);
  }
  if (examined.ok || examined.kind === 'rejected') return examined;
  if (examined.kind === 'server') return failure('rejected', `cannot be examined: ${examined.message}`);
  return success(valueOf(examined));
}

/**
 * Files that no snapshot names, once they are older than any compaction can be that is still under way. What may be the
 * only copy of something stays.
 */
async function examineBlobs(
  store: AppwriteDoctorStore,
  patients: Patients,
  { repair, now }: ExamineOptions,
): Promise<BlobHealth> {
  const blobs = valueOf(await store.blobs());
  const findings: Finding[] = [];
  const repaired: string[] = [];
  let young = 0;
  for (const blob of blobs) {
    const { id, snapshot, bytes, createdAt } = blob;
    if (snapshot === null || valueOf(await store.blobsOf(snapshot))?.includes(id)) continue;
    if (now - Date.parse(createdAt) < ORPHAN_AGE_MS) {
      young++;
      continue;
    }
    const what = `file ${id} (${bytes} bytes) belongs to no snapshot`;
    const worth = await worthOf(store, blob, patients.get(snapshot.replace(/\.\d+$/, '')));
    if (worth !== null) findings.push({ what: `${what}: kept, since ${worth}`, repair: null });
    else if (repair) {
      valueOf(await store.deleteBlob(id));
      repaired.push(what);
    } else findings.push({ what, repair: 'delete it' });
  }
  const bytes = blobs.reduce((sum, blob) => sum + blob.bytes, 0);
  return { files: blobs.length, bytes, young, findings, repaired };
}

/** Why a file that no snapshot names has to stay; `null`: nothing is lost with it. */
async function worthOf(store: AppwriteDoctorStore, blob: StoredBlob, of: Patient | undefined): Promise<string | null> {
  if (blob.project === null || !valueOf(await store.exists(blob.project))) return null;
  const frame = valueOf(await store.readBlob(blob.id));
  if (frame === null) return null;
  if (of?.holds === null) return `${of.id} is damaged, and it may help`;
  const held = isHeld(frame, of?.holds ?? EMPTY_HOLDS);
  if (held === null) return null;
  if (of === undefined) return 'nothing else is stored of its document';
  return held ? null : `it holds what ${of.id} lacks`;
}

function wordsOf(cure: Cure | null): string | null {
  return cure === null ? null : describeCure(cure);
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Problem(`The examination ended early: ${outcome.message}`);
}
