import { expect, it } from 'vitest';
import { reportLines } from '../../src/cli/doctor/report.ts';

it('ends each finding with one full stop, whoever worded it', () => {
  const finding = { what: 'The snapshot x.1 cannot be read.', repair: null };
  const document = { id: 'fa', name: null, bill: null, waiting: 0, findings: [finding], repaired: [] };
  const blobs = { files: 0, bytes: 0, young: 0, findings: [], repaired: [] };
  const lines = reportLines({ projects: [{ id: 'p', name: 'P', documents: [document] }], blobs });
  expect(lines).toContain('    wrong: The snapshot x.1 cannot be read. This cannot be repaired here.');
});
