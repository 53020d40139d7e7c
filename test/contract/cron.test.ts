import { describe, expect, it } from 'vitest';
import { isDue, parseCron } from '../../src/emulator/functions/cron.ts';

function due(expression: string, time: string): boolean {
  const cron = parseCron(expression);
  if (!cron) throw new Error(`${expression} cannot be read`);
  return isDue(cron, new Date(time));
}

describe('cron', () => {
  it.each([
    ['* * * * *', '2026-11-20T05:31:59Z', true],
    ['*/5 * * * *', '2026-11-20T05:30:10Z', true],
    ['*/5 * * * *', '2026-11-20T05:31:00Z', false],
    ['3-59/20 * * * *', '2026-11-20T05:43:00Z', true],
    ['50/5 * * * *', '2026-11-20T05:55:00Z', true],
    ['50/5 * * * *', '2026-11-20T05:45:00Z', false],
    ['0 4,16 * * *', '2026-11-20T16:00:00Z', true],
    ['0 4,16 * * *', '2026-11-20T05:00:00Z', false],
    ['0 0 * * fri', '2026-11-20T00:00:00Z', true],
    ['0 0 * * 7', '2026-11-22T00:00:00Z', true],
    ['0 0 1 jan *', '2026-01-01T00:00:00Z', true],
    ['0 0 1 JAN-MAR *', '2026-04-01T00:00:00Z', false],
    ['@daily', '2026-11-20T00:00:00Z', true],
    ['@hourly', '2026-11-20T07:01:00Z', false],
  ])('%s at %s: %s', (expression, time, expected) => {
    expect(due(expression, time)).toBe(expected);
  });

  it('takes one of day and weekday if both are given, and both if one is a star', () => {
    expect(due('0 0 13 * fri', '2026-11-13T00:00:00Z')).toBe(true);
    expect(due('0 0 13 * fri', '2026-11-20T00:00:00Z')).toBe(true);
    expect(due('0 0 13 * fri', '2026-11-21T00:00:00Z')).toBe(false);
    expect(due('0 0 13 * *', '2026-11-20T00:00:00Z')).toBe(false);
  });

  it.each([
    '',
    'often',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '5-1 * * * *',
    '*/0 * * * *',
  ])('refuses %j', (expression) => {
    expect(parseCron(expression)).toBeUndefined();
  });
});
