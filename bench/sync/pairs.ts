import type { Undo } from '../support/undo.ts';
import type { Member } from './cowrite/connection.ts';
import type { NodeMember } from './cowrite/node-member.ts';
import type { Seat } from './host.ts';
import type { RemoteHost } from './remote.ts';
import type { Commands } from './replica.ts';
import { memberOf, twice, type Person, type Stage, type Two } from './stage.ts';
import { Wire } from './wire.ts';

/** Replicas of one document that nobody else has, each with its own wire to the server. */
export interface Typists {
  readonly replicas: readonly Commands[];
  readonly wires: readonly Wire[];
}

/** Two of them. */
export interface Pair extends Typists {
  readonly replicas: Two<Commands>;
  readonly wires: Two<Wire>;
}

export interface PairOptions {
  readonly people: Two<Person>;
  /** Where each of the two runs. */
  readonly hosts: Two<RemoteHost>;
  readonly profile?: Member['profile'];
}

/** Opens a pair in Node, in a project of its own. */
export async function openPair(stage: Stage, { people, hosts, profile }: PairOptions, undo: Undo): Promise<Pair> {
  const project = await stage.project(people);
  const wires = await twice(() => layWire(stage.url, undo));
  const replicas = await twice((index) => {
    const member = memberOf(project, people, index, profile);
    return openInNode(hosts[index], member, people[index], wires[index], undo);
  });
  return { replicas, wires };
}

export async function layWire(url: string, undo: Undo): Promise<Wire> {
  const wire = await Wire.lay(url);
  undo.add(() => wire.close());
  return wire;
}

export async function openInNode(
  host: RemoteHost,
  member: Member & Seat,
  { session }: Person,
  wire: Wire,
  undo: Undo,
): Promise<Commands> {
  const options: NodeMember & Seat = { ...member, endpoint: `${wire.url}/v1`, session };
  const replica = await host.open(options);
  undo.add(() => replica.close());
  return replica;
}
