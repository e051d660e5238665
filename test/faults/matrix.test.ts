// What is in the matrix, and that its pages say so.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAULTS } from './faults.ts';
import { cellsFor, notApplicable, seedOf } from './matrix.ts';
import { STORES } from './stores.ts';
import { WORKLOADS } from './workloads.ts';

describe('cells', () => {
  it('are all of them, or those that are named', () => {
    expect(cellsFor('')).toHaveLength(STORES.length * FAULTS.length * WORKLOADS.length);
    expect(cellsFor('redis,killed,shared')).toEqual([{ store: 'redis', fault: 'killed', workload: 'shared' }]);
    expect(cellsFor('etcd,cut')).toHaveLength(WORKLOADS.length);
    expect(() => cellsFor('redis,kiled')).toThrow('There is no "kiled"');
  });

  it('have seeds of their own, the same whatever is played beside them', () => {
    const seeds = cellsFor('').map((cell) => seedOf(cell, 7, 1));
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(cellsFor('redis').map((cell) => seedOf(cell, 7, 1))).toEqual(
      seeds.filter((_, i) => cellsFor('')[i]?.store === 'redis'),
    );
  });
});

describe('docs/testing.md', () => {
  const page = readFileSync(new URL('../../docs/testing.md', import.meta.url), 'utf8');

  it.each(FAULTS)('has %s, and why there is no such cell where there is none', (fault) => {
    const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    const [, , , ...cells] = rows.find((row) => row[1] === `\`${fault}\`` && row.length === STORES.length + 4) ?? [];
    expect(cells.slice(0, -1)).toEqual(STORES.map((store) => notApplicable(store, fault) ?? 'yes'));
  });
});
