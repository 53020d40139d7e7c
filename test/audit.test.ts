import { expect, it } from 'vitest';
import { judge } from './audit.mjs';

const report = (vulnerabilities: Record<string, { severity: string }>): string => {
  const counts: Record<string, number> = { low: 0, moderate: 0, high: 0, critical: 0 };
  for (const { severity } of Object.values(vulnerabilities)) counts[severity] = (counts[severity] ?? 0) + 1;
  return JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: { vulnerabilities: counts } });
};

it('the audit fails for what is high or critical, and names what is less', () => {
  expect(judge(report({}))).toMatchObject({ passed: 1, failed: 0 });
  expect(judge(report({ some: { severity: 'moderate' } }))).toMatchObject({
    passed: 1,
    note: expect.stringContaining('some (moderate)'),
  });
  for (const severity of ['high', 'critical']) {
    expect(judge(report({ bad: { severity } }))).toMatchObject({ passed: 0, failed: 1 });
  }
});

it('the audit never passes when no registry answered, and says so', () => {
  const error = '{"message":"request to https://registry.npmjs.org/ failed","error":{"summary":"","detail":""}}';
  for (const printed of ['', 'npm error', error, '{"error":{"code":"ENOAUDIT","summary":"not implemented"}}', 'null']) {
    expect(judge(printed)).toMatchObject({ passed: 0, failed: 0, note: expect.stringContaining('NOT AUDITED') });
  }
});
