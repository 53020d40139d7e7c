/** How a report says things: times in UTC, since whoever reads it may be anywhere. */

export function timeText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `2026-01-05 09:00 to 09:45 UTC`, with the day of the end where it is another. */
export function spanText(start: number, end: number): string {
  const [from, to] = [timeText(start), timeText(end)];
  if (from === to) return from;
  return `${from.slice(0, 16)} to ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`;
}

/** A period; `from` 0 is the beginning. */
export function periodText(from: number, to: number): string {
  if (from > 0) return spanText(from, to);
  return to > 0 ? `From the beginning to ${timeText(to)}` : 'From the beginning';
}

export function characters(count: number): string {
  return count === 1 ? '1 character' : `${count} characters`;
}
