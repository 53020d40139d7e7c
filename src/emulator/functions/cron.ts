/** A cron expression, read: for each field the values at which it is due. */
export interface Cron {
  minutes: ReadonlySet<number>;
  hours: ReadonlySet<number>;
  days: ReadonlySet<number>;
  months: ReadonlySet<number>;
  /** 0 is Sunday. */
  weekdays: ReadonlySet<number>;
  /** Both the day of the month and the weekday are restricted: then one of them is enough. */
  eitherDay: boolean;
}

interface Field {
  min: number;
  max: number;
  names?: readonly string[];
}

const MINUTE: Field = { min: 0, max: 59 };
const HOUR: Field = { min: 0, max: 23 };
const DAY: Field = { min: 1, max: 31 };
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH: Field = { min: 1, max: 12, names: MONTHS };
/** 7 is Sunday, too. */
const WEEKDAY: Field = { min: 0, max: 7, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/**
 * Reads five fields (minute, hour, day, month, weekday) of `*`, numbers, names, ranges, steps and lists, or a name such
 * as `@daily`. Undefined for anything else.
 */
export function parseCron(text: string): Cron | undefined {
  const fields = (MACROS[text.trim().toLowerCase()] ?? text.trim()).split(/\s+/);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  if (fields.length !== 5) return undefined;
  const minutes = readField(minute, MINUTE);
  const hours = readField(hour, HOUR);
  const days = readField(day, DAY);
  const months = readField(month, MONTH);
  const weekdays = readField(weekday, WEEKDAY);
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  return {
    minutes,
    hours,
    days,
    months,
    weekdays: new Set([...weekdays].map((value) => value % 7)),
    eitherDay: isRestricted(day) && isRestricted(weekday),
  };
}

/** True if the expression is due in the minute of this time, in UTC. */
export function isDue(cron: Cron, time: Date): boolean {
  const day = cron.days.has(time.getUTCDate());
  const weekday = cron.weekdays.has(time.getUTCDay());
  return (
    cron.minutes.has(time.getUTCMinutes()) &&
    cron.hours.has(time.getUTCHours()) &&
    cron.months.has(time.getUTCMonth() + 1) &&
    (cron.eitherDay ? day || weekday : day && weekday)
  );
}

function isRestricted(field: string): boolean {
  return !field.startsWith('*') && field !== '?';
}

function readField(text: string, field: Field): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const range = readPart(part, field);
    if (!range) return undefined;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return values;
}

/** `*`, `5`, `5-10`, each with or without `/step`; `5/10` counts from 5 to the end. */
function readPart(text: string, field: Field): { from: number; to: number; step: number } | undefined {
  const match = /^(?:([*?])|([a-z\d]+)(?:-([a-z\d]+))?)(?:\/(\d{1,2}))?$/i.exec(text);
  if (!match) return undefined;
  const [, all, first, last, every] = match;
  const step = every === undefined ? 1 : Number(every);
  const from = all === undefined ? readValue(first, field) : field.min;
  const open = all !== undefined || (every !== undefined && last === undefined);
  const to = open ? field.max : last === undefined ? from : readValue(last, field);
  if (from === undefined || to === undefined || from > to || step < 1) return undefined;
  return { from, to, step };
}

function readValue(text: string | undefined, { min, max, names = [] }: Field): number | undefined {
  if (text === undefined) return undefined;
  const named = names.indexOf(text.toLowerCase());
  const value = named >= 0 ? named + (min === 1 ? 1 : 0) : /^\d+$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value >= min && value <= max ? value : undefined;
}
