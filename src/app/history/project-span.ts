import type { Version } from '../../core/history/versions.ts';
import type { HistoryView } from './events.ts';

export interface NamedMoment {
  /** Epoch milliseconds; `Infinity`: now. */
  readonly time: number;
  readonly name: string;
}

/** The moments of a project that are compared, the earlier one first. */
export interface ProjectSpan {
  readonly before: NamedMoment;
  readonly after: NamedMoment;
  readonly title: string;
}

const NOW: NamedMoment = { time: Infinity, name: 'now' };

/**
 * What a view of the project compares when something else was chosen to compare it with.
 *
 * @param other a version, or now; `null`: what the view itself says, which for a session is what was before it
 */
export function projectSpan(
  { before, after, title, since }: Extract<HistoryView, { kind: 'project' }>,
  other: Version | 'now' | null,
): ProjectSpan {
  if (other === null || (other === 'now' && since !== undefined)) {
    const given = since === undefined ? { name: 'just before this session' } : { name: since };
    const end = since === undefined ? { name: 'the end of this session', time: after } : { ...NOW, time: after };
    return { before: { ...given, time: before }, after: end, title };
  }
  const own = since === undefined ? { time: after, name: title } : { time: before, name: since };
  const against = other === 'now' ? NOW : other;
  const [first, second] = against.time < own.time ? [against, own] : [own, against];
  return {
    before: { time: first.time, name: first.name },
    after: { time: second.time, name: second.name },
    title: `${first.name} → ${second.name}`,
  };
}
