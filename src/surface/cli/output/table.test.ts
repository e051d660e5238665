import { describe, expect, it } from 'vitest';
import { type Column, tableLines } from './table.ts';

interface Row {
  readonly name: string;
  readonly path: string;
  readonly count: number;
  readonly note: string;
}

const columns: readonly Column<Row>[] = [
  { title: 'NAME', text: (row) => row.name },
  { title: 'PATH', text: (row) => row.path, cut: 'middle' },
  { title: 'N', text: (row) => String(row.count), align: 'right' },
  { title: 'NOTE', text: (row) => row.note, cut: 'end', leaveOut: 1 },
];
const rows: readonly Row[] = [
  { name: 'ana', path: 'file:src/core/lease/promote.ts', count: 7, note: 'moves the rule' },
  { name: 'bo_the_second', path: 'task:x', count: 120, note: '' },
];
const plain = (text: string) => text;

describe('tableLines', () => {
  it('aligns, numbers to the right, without trailing blanks', () => {
    expect(tableLines(columns, rows, { width: Number.POSITIVE_INFINITY, title: plain })).toEqual([
      'NAME           PATH                              N  NOTE',
      'ana            file:src/core/lease/promote.ts    7  moves the rule',
      'bo_the_second  task:x                          120',
    ]);
  });

  it('cuts what may be cut when there is little room', () => {
    expect(tableLines(columns, rows, { width: 52, title: plain })).toEqual([
      'NAME           PATH                N  NOTE',
      'ana            file:sr…omote.ts    7  moves the rule',
      'bo_the_second  task:x            120',
    ]);
  });

  it('leaves columns out when cutting is not enough, and never the rest', () => {
    const lines = tableLines(columns, rows, { width: 40, title: plain });
    expect(lines[1]).toBe('ana            file:src/…promote.ts    7');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
    expect(tableLines(columns, rows, { width: 5, title: plain })[2]).toContain('120');
  });

  it('drops a column in which nothing is said', () => {
    expect(tableLines(columns, rows.slice(1), { width: 80, title: plain })[0]).not.toContain('NOTE');
  });
});
