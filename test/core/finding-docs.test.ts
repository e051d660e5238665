// The page of the findings and the table of their codes name the same, in the same order.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FINDING_CODES } from '../../src/core/diagnosis/finding.ts';

it('docs/diagnosis.md tells every finding, in the order in which they are told', () => {
  const page = readFileSync(new URL('../../docs/diagnosis.md', import.meta.url), 'utf8');
  const told = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code);
  expect(told).toEqual([...FINDING_CODES]);
});
