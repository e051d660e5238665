// The page of the findings and the tables of their codes and actions name the same, the findings in the same order.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ACTION_KINDS, FINDING_CODES } from '../../src/core/diagnosis/finding.ts';

const page = readFileSync(new URL('../../docs/diagnosis.md', import.meta.url), 'utf8');

it('docs/diagnosis.md tells every finding, in the order in which they are told', () => {
  const told = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code);
  expect(told).toEqual([...FINDING_CODES]);
});

it('docs/diagnosis.md tells every action', () => {
  const told = [...page.matchAll(/^\| `--do (\w+)` \|/gm)].map(([, kind]) => kind);
  expect(new Set(told)).toEqual(new Set(ACTION_KINDS));
});
