/**
 * The text at any moment without looking at every run: what stood in a passage of the text stays the same until something
 * in it comes or goes, and most passages rest most of the time.
 *
 * Blocks of runs are the leaves of a flat tree: leaves, groups of leaves, and the whole. Each node remembers what it said
 * when it was asked last, and its longest rest that was met, so a random moment finds most of the text ready. What they
 * remember is at most six times as long as the text was at its longest, however long the history is.
 */
import { NEVER } from './arrivals.ts';
import { Numbers } from './numbers.ts';
import type { Runs } from './runs.ts';

/** How many runs make a leaf, and how many leaves a group. */
export interface PassageSizes {
  readonly runs: number;
  readonly leaves: number;
}

const SIZES: PassageSizes = { runs: 256, leaves: 16 };

/** What a passage says from one position up to and without another. */
interface Rest {
  readonly text: string;
  readonly from: number;
  readonly until: number;
}

interface Node {
  last: Rest;
  longest: Rest;
}

/** The nodes of one level: what is known of all runs below each. */
class Level {
  /** Runs below a node, and nodes of the level below. */
  readonly runs: number;
  readonly children: number;
  readonly nodes: (Node | undefined)[] = [];
  readonly firstSince = new Numbers();
  readonly lastSince = new Numbers();
  readonly firstUntil = new Numbers();
  readonly lastUntil = new Numbers();

  constructor(runs: number, children: number) {
    this.runs = runs;
    this.children = children;
  }

  get length(): number {
    return this.firstSince.length;
  }

  push(firstSince: number, lastSince: number, firstUntil: number, lastUntil: number): void {
    this.firstSince.push(firstSince);
    this.lastSince.push(lastSince);
    this.firstUntil.push(firstUntil);
    this.lastUntil.push(lastUntil);
  }
}

export class Passages {
  private readonly runs: Runs;
  /** The leaves, the groups, the whole. */
  private readonly levels: readonly Level[];

  /** @param sizes only tests need others */
  constructor(runs: Runs, sizes: PassageSizes = SIZES) {
    this.runs = runs;
    const leaves = leavesOf(runs, sizes.runs);
    const groups = above(leaves, sizes.leaves);
    this.levels = [leaves, groups, above(groups, Math.max(1, groups.length))];
  }

  /** The text at a position. */
  text(position: number): string {
    return this.runs.length === 0 ? '' : this.at(this.levels.length - 1, 0, position).text;
  }

  private at(height: number, index: number, position: number): Rest {
    const level = this.levels[height];
    if (level === undefined) throw new RangeError('There is no such level');
    const firstSince = level.firstSince.at(index);
    if (firstSince > position) return { text: '', from: 0, until: firstSince };
    const lastUntil = level.lastUntil.at(index);
    if (lastUntil <= position) return { text: '', from: lastUntil, until: NEVER };
    const node = level.nodes[index];
    if (node !== undefined) {
      if (covers(node.last, position)) return node.last;
      if (covers(node.longest, position)) return node.longest;
    }
    const rest = this.read(level, height, index, position);
    if (node === undefined) level.nodes[index] = { last: rest, longest: rest };
    else if (rest.until - rest.from > node.longest.until - node.longest.from) node.longest = rest;
    else node.last = rest;
    return rest;
  }

  private read(level: Level, height: number, index: number, position: number): Rest {
    const lastSince = level.lastSince.at(index);
    const firstUntil = level.firstUntil.at(index);
    if (lastSince <= position && firstUntil > position) {
      const { runs } = this;
      const end = Math.min((index + 1) * level.runs, runs.length);
      return { text: runs.textOf(index * level.runs, end), from: lastSince, until: firstUntil };
    }
    const size = height === 0 ? level.runs : level.children;
    const [first, end] = [index * size, (index + 1) * size];
    return height === 0 ? this.readRuns(first, end, position) : this.readNodes(height - 1, first, end, position);
  }

  private readNodes(height: number, first: number, behind: number, position: number): Rest {
    const pieces: string[] = [];
    let [from, until] = [0, NEVER];
    const end = Math.min(behind, this.levels[height]?.length ?? 0);
    for (let node = first; node < end; node++) {
      const rest = this.at(height, node, position);
      if (rest.text !== '') pieces.push(rest.text);
      if (rest.from > from) from = rest.from;
      if (rest.until < until) until = rest.until;
    }
    return { text: pieces.join(''), from, until };
  }

  private readRuns(first: number, behind: number, position: number): Rest {
    const { runs } = this;
    const { since, until: untils } = runs;
    const pieces: string[] = [];
    const end = Math.min(behind, runs.length);
    let [from, until] = [0, NEVER];
    let begin = -1;
    for (let run = first; run < end; run++) {
      const comes = since.at(run);
      const goes = untils.at(run);
      if (comes > position) {
        if (comes < until) until = comes;
      } else {
        if (comes > from) from = comes;
        if (goes > position) {
          if (goes < until) until = goes;
          if (begin < 0) begin = run;
          continue;
        }
      }
      if (goes <= position && goes > from) from = goes;
      if (begin < 0) continue;
      pieces.push(runs.textOf(begin, run));
      begin = -1;
    }
    if (begin >= 0) pieces.push(runs.textOf(begin, end));
    return { text: pieces.join(''), from, until };
  }
}

function covers({ from, until }: Rest, position: number): boolean {
  return from <= position && position < until;
}

function leavesOf({ length, since, until }: Runs, size: number): Level {
  const level = new Level(size, 0);
  for (let first = 0; first < length; first += size) {
    let [firstSince, lastSince, firstUntil, lastUntil] = [NEVER, 0, NEVER, 0];
    const end = Math.min(first + size, length);
    for (let run = first; run < end; run++) {
      const comes = since.at(run);
      const goes = until.at(run);
      if (comes < firstSince) firstSince = comes;
      if (comes > lastSince) lastSince = comes;
      if (goes < firstUntil) firstUntil = goes;
      if (goes > lastUntil) lastUntil = goes;
    }
    level.push(firstSince, lastSince, firstUntil, lastUntil);
  }
  return level;
}

function above(below: Level, size: number): Level {
  const level = new Level(below.runs * size, size);
  for (let first = 0; first < below.length; first += size) {
    let [firstSince, lastSince, firstUntil, lastUntil] = [NEVER, 0, NEVER, 0];
    for (let index = first; index < Math.min(first + size, below.length); index++) {
      firstSince = Math.min(firstSince, below.firstSince.at(index));
      lastSince = Math.max(lastSince, below.lastSince.at(index));
      firstUntil = Math.min(firstUntil, below.firstUntil.at(index));
      lastUntil = Math.max(lastUntil, below.lastUntil.at(index));
    }
    level.push(firstSince, lastSince, firstUntil, lastUntil);
  }
  return level;
}
