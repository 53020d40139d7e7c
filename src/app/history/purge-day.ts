/** Why a history cannot be purged before this day, as a sentence; `null` if it can. `now` in epoch milliseconds. */
export function purgeProblem(day: string, now: number): string | null {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(day) ? startOfDay(day) : null;
  if (start === null || Number.isNaN(start.getTime()) || localDay(start) !== day) {
    return 'Type a day as year, month and day, for example 2026-03-31.';
  }
  return start.getTime() > now ? 'That day has not come yet.' : null;
}

/** When a day begins here. */
export function startOfDay(day: string): Date {
  return new Date(`${day}T00:00:00`);
}

function localDay(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
