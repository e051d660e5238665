import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BaseTable,
  type FirstDue,
  inDueOrder,
  OverlayTable,
  type SortedKeys,
  type Table,
  type TableSpec,
} from './table.ts';

interface Row {
  readonly key: string;
  readonly group: string;
  readonly tags: readonly string[];
  readonly path: string;
  readonly due: number;
  readonly mark: number;
}

const SPEC: TableSpec<Row> = {
  name: 'rows',
  keyOf: (row) => row.key,
  indexes: { group: (row) => [row.group], tag: (row) => row.tags },
  deadlineOf: (row) => row.due,
  sortKeysOf: (row) => [row.path],
};

const KEYS = ['a', 'b', 'c', 'd', 'e'];
const GROUPS = ['g1', 'g2'];
const TAGS = ['t1', 't2', 't3'];
const PATHS = ['/', '/a', '/a/b', '/a/c', '/a0', '/b'];
const MOMENTS = [0, 1, 2, 3, Number.POSITIVE_INFINITY];

type Op =
  | { readonly op: 'set'; readonly row: Row }
  | { readonly op: 'delete'; readonly key: string }
  | { readonly op: 'fork' | 'merge' | 'drop' }
  | { readonly op: 'settle'; readonly at: number };

/** Its key fixes the group of a row, so that it stands in it from its beginning; tags come and go. */
const rowOf = fc.record({
  key: fc.constantFrom(...KEYS),
  tags: fc.uniqueArray(fc.constantFrom(...TAGS)),
  path: fc.constantFrom(...PATHS),
  due: fc.constantFrom(...MOMENTS),
  mark: fc.nat(3),
});

const anyOp: fc.Arbitrary<Op> = fc.oneof(
  { weight: 6, arbitrary: rowOf.map((row): Op => ({ op: 'set', row: { ...row, group: groupOf(row.key) } })) },
  { weight: 3, arbitrary: fc.constantFrom(...KEYS).map((key): Op => ({ op: 'delete', key })) },
  { weight: 2, arbitrary: fc.constant<Op>({ op: 'fork' }) },
  { weight: 1, arbitrary: fc.constant<Op>({ op: 'merge' }) },
  { weight: 1, arbitrary: fc.constant<Op>({ op: 'drop' }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 2, 3).map((at): Op => ({ op: 'settle', at })) },
);

function groupOf(key: string): string {
  return key < 'd' ? 'g1' : 'g2';
}

/** What the table must show: rows in the order in which they came to be, and buckets as filters over them. */
type Model = ReadonlyMap<string, Row>;

function withRow(model: Model, row: Row): Model {
  return new Map([...model, [row.key, row]]);
}

function without(model: Model, key: string): Model {
  return new Map([...model].filter(([each]) => each !== key));
}

describe('a table with overlays on it', () => {
  it('shows what a plain map shows, however it is forked, merged and dropped', () => {
    const property = fc.property(fc.array(anyOp, { maxLength: 40 }), (ops) => {
      const world = open();
      for (const op of ops) {
        world.run(op);
        compare(world.top(), world.model());
      }
    });
    expect(() => fc.assert(property, { numRuns: 400 })).not.toThrow();
  });

  it('keeps rows in the order in which they came to be, whether folded straight or on overlays', () => {
    fc.assert(
      fc.property(fc.array(anyOp, { maxLength: 40 }), (ops) => {
        const onOverlays = open();
        const straight = open();
        for (const op of ops) onOverlays.run(op.op === 'drop' ? { op: 'merge' } : op);
        onOverlays.mergeAll();
        for (const op of ops) if (op.op === 'set' || op.op === 'delete') straight.run(op);
        expect([...onOverlays.top().rows()]).toEqual([...straight.top().rows()]);
        for (const group of GROUPS)
          expect(keysIn(onOverlays.top(), 'group', group)).toEqual(keysIn(straight.top(), 'group', group));
      }),
      { numRuns: 400 },
    );
  });

  it('finds what is due after many deadlines have come and gone', () => {
    const table = new BaseTable(SPEC, sortedKeys());
    const row = (key: string, due: number): Row => ({ key, group: groupOf(key), tags: [], path: '/', due, mark: 0 });
    // Each renewal leaves an entry behind, until there are so many that they are sorted out.
    for (let due = 0; due < 5_000; due += 1) for (const key of KEYS) table.set(row(key, due));
    expect(keysOf(table.maybeDue(4_998))).toEqual([]);
    expect(keysOf(table.maybeDue(4_999))).toEqual(KEYS);
    table.set(row('c', 10));
    table.delete('a');
    expect(table.nextDeadline()).toBeLessThanOrEqual(10);
    expect(keysOf(table.maybeDue(10))).toEqual(['c']);
    table.settleDeadlines(4_999, (each) => each.due + 1_000, KEYS.length);
    expect(table.nextDeadline()).toBe(1_010);
  });

  it('freezes what it takes', () => {
    const table = new BaseTable(SPEC, sortedKeys());
    const row: Row = { key: 'a', group: 'g1', tags: [], path: '/', due: 0, mark: 0 };
    table.set(row);
    expect(Object.isFrozen(table.get('a'))).toBe(true);
    const overlay = new OverlayTable(table);
    overlay.set({ ...row, mark: 1 });
    expect(Object.isFrozen(overlay.get('a'))).toBe(true);
    expect(table.get('a')?.mark).toBe(0);
  });
});

function open() {
  const base = new BaseTable<Row>(SPEC, sortedKeys());
  const overlays: OverlayTable<Row>[] = [];
  const models: Model[] = [new Map()];
  const top = (): Table<Row> => overlays.at(-1) ?? base;
  const merge = (): void => {
    overlays.pop()?.mergeIntoParent();
    models.splice(-2, 1);
  };
  return {
    top,
    model: () => models.at(-1) as Model,
    mergeAll: () => {
      while (overlays.length > 0) merge();
    },
    run: (op: Op): void => {
      const model = models.at(-1) as Model;
      switch (op.op) {
        case 'set':
          top().set({ ...op.row });
          models[models.length - 1] = withRow(model, op.row);
          return;
        case 'delete':
          top().delete(op.key);
          models[models.length - 1] = without(model, op.key);
          return;
        case 'fork':
          if (overlays.length >= 4) return;
          overlays.push(new OverlayTable(top()));
          models.push(model);
          return;
        case 'merge':
          if (overlays.length > 0) merge();
          return;
        case 'drop':
          if (overlays.pop() !== undefined) models.pop();
          return;
        case 'settle':
          base.settleDeadlines(op.at, (row) => row.due, 2);
      }
    },
  };
}

/** Order within a bucket is compared where no row ever changes it. */
function compare(table: Table<Row>, model: Model): void {
  const rows = [...model.values()];
  expect(table.size).toBe(rows.length);
  expect([...table.rows()]).toEqual(rows);
  for (const key of KEYS) expect(table.get(key)).toEqual(model.get(key));
  for (const group of GROUPS) {
    const within = rows.filter((row) => row.group === group);
    compareBucket(table, 'group', group, within);
    expect([...table.in('group', group)]).toEqual(within);
  }
  for (const tag of TAGS)
    compareBucket(
      table,
      'tag',
      tag,
      rows.filter((row) => row.tags.includes(tag)),
    );
  expect(table.weight('group')).toBe(rows.length);
  expect(table.weight('tag')).toBe(rows.reduce((sum, row) => sum + row.tags.length, 0));
  for (const [from, to] of [
    ['/a/', '/a0'],
    ['/', '0'],
    ['/b', '/b0'],
  ] as const) {
    const within = rows.filter((row) => row.path >= from && row.path < to);
    expect(sorted(table.between(from, to))).toEqual(sorted(within));
  }
  for (const at of [0, 1, 2, 3]) {
    const due = rows.filter((row) => row.due <= at);
    expect(sorted(table.maybeDue(at))).toEqual(sorted(due));
    for (const count of [0, 1, 2, KEYS.length]) compareFirstDue(table.firstDue(at, count), due);
  }
  expect(table.nextDeadline()).toBeLessThanOrEqual(Math.min(...rows.map((row) => row.due)));
}

/** Whichever are told, all that are due before the place of the others are among them. */
function compareFirstDue({ rows, others }: FirstDue<Row>, due: readonly Row[]): void {
  expect(due).toEqual(expect.arrayContaining([...rows]));
  expect(new Set(rows).size).toBe(rows.length);
  const first = due.filter(({ due: at, key }) => others === null || inDueOrder({ at, key }, others) < 0);
  expect(rows).toEqual(expect.arrayContaining(first));
}

function compareBucket(table: Table<Row>, index: string, bucket: string, rows: readonly Row[]): void {
  expect(sorted(table.in(index, bucket))).toEqual(sorted(rows));
  expect(table.countIn(index, bucket)).toBe(rows.length);
  const inOrder = keysIn(table, index, bucket);
  expect(inOrder.map((key) => table.rankIn(index, bucket, key))).toEqual([...inOrder.keys()]);
}

function sorted(rows: Iterable<Row>): readonly Row[] {
  return [...rows].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function keysOf(rows: Iterable<Row>): readonly string[] {
  return sorted(rows).map((row) => row.key);
}

function keysIn(table: Table<Row>, index: string, bucket: string): readonly string[] {
  return [...table.in(index, bucket)].map((row) => row.key);
}

function sortedKeys(): SortedKeys {
  const keys = new Set<string>();
  return {
    add: (key) => void keys.add(key),
    delete: (key) => void keys.delete(key),
    range: (from, to) => [...keys].filter((key) => key >= from && key < to).toSorted(),
  };
}
