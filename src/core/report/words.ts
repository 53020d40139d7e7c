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

export function characters(count: number): string {
  return count === 1 ? '1 character' : `${count} characters`;
}
