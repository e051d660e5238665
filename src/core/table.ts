// Tables of frozen rows with indexes, and overlays over them.
//
// A batch is decided on an overlay: it holds only the rows that changed, and is merged into its parent after the append
// or dropped after a conflict. Nothing is ever copied whole, and a reader of the parent sees nothing of it before the merge.
// Overlays nest (batch over merged state, command over batch). Rows stand in the order in which they came to be, one that
// was removed and made anew at the end; in a bucket, those that stood in it from their beginning do so in the same order.

import { BucketOrder } from './bucket-order.ts';

/** Names of index buckets a row stands in. */
export type IndexKeys<Row> = (row: Row) => readonly string[];

export interface TableSpec<Row> {
  readonly name: string;
  readonly keyOf: (row: Row) => string;
  /** Hash indexes: bucket name -> rows. */
  readonly indexes: Readonly<Record<string, IndexKeys<Row>>>;
  /** Earliest moment at which the row may fall due; Infinity for never. A lower bound: the rule itself is asked again. */
  readonly deadlineOf?: (row: Row) => number;
  /** Strings under which ranges of rows are found, for trees of paths. */
  readonly sortKeysOf?: (row: Row) => readonly string[];
}

/** An ordered set of strings; the one structure that tables borrow from outside. */
export interface SortedKeys {
  add(key: string): void;
  delete(key: string): void;
  /** Keys with `from <= key < to`, ascending. */
  range(from: string, to: string): Iterable<string>;
}

export interface Table<Row> {
  readonly spec: TableSpec<Row>;
  readonly size: number;
  get(key: string): Row | undefined;
  set(row: Row): void;
  delete(key: string): void;
  rows(): Iterable<Row>;
  /** Rows of one bucket; those that stood in it from their beginning in the order in which they came to be. */
  in(index: string, bucket: string): Iterable<Row>;
  /** How many rows stand in the bucket. */
  countIn(index: string, bucket: string): number;
  /** How many rows of the bucket stand before this one, which stands in it, in the order of `in`; not walked. */
  rankIn(index: string, bucket: string, key: string): number;
  /** How many (row, bucket) pairs the whole index has: zero means that no bucket needs to be asked. */
  weight(index: string): number;
  /** Rows whose sort key lies in [from, to). */
  between(from: string, to: string): Iterable<Row>;
  /** Rows that may be due at `at`. */
  maybeDue(at: number): Iterable<Row>;
  /** Some of them, the earliest among them, without looking at the others: of the table itself at most `count`. */
  firstDue(at: number, count: number): FirstDue<Row>;
  /** Lower bound of the next deadline; Infinity when there is none. */
  nextDeadline(): number;
}

/** A moment, and within it a key. */
export interface DuePlace {
  readonly at: number;
  readonly key: string;
}

export interface FirstDue<Row> {
  readonly rows: readonly Row[];
  /** No other row is due before that place; null when there is no other. */
  readonly others: DuePlace | null;
}

/** By time; within a moment, keys that end in numbers, as those of leases and tickets do, in the order of the numbers. */
export function inDueOrder(a: DuePlace, b: DuePlace): number {
  return a.at - b.at || a.key.length - b.key.length || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** Lower bound of when the row falls due: never, where rows of its table do not. */
function dueOf<Row>({ deadlineOf }: TableSpec<Row>, row: Row): number {
  return deadlineOf?.(row) ?? Number.POSITIVE_INFINITY;
}

const SEPARATOR = '\u0000';
const HEAP_SLACK = 1024;

/** What changed, for invariants and effects. `after` is undefined for a removed row. */
export interface Change<Row> {
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

/** Never written: the rows of an overlay that changed nothing. */
const UNCHANGED: Map<string, null> = new Map();

/** Owns its rows. The merged state of a coordinator is made of these. */
export class BaseTable<Row extends object> implements Table<Row> {
  readonly spec: TableSpec<Row>;
  readonly #rows = new Map<string, Row>();
  readonly #indexes: Record<string, BaseIndex<Row>> = {};
  readonly #indexList: readonly BaseIndex<Row>[];
  readonly #sorted: SortedKeys | null;
  readonly #deadlines = new DeadlineHeap();

  constructor(spec: TableSpec<Row>, sorted: SortedKeys | null) {
    this.spec = spec;
    this.#sorted = spec.sortKeysOf === undefined ? null : sorted;
    for (const [index, keysOf] of Object.entries(spec.indexes)) {
      this.#indexes[index] = { keysOf, buckets: new Map(), orders: new Map(), weight: 0 };
    }
    this.#indexList = Object.values(this.#indexes);
  }

  get size(): number {
    return this.#rows.size;
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  set(row: Row): void {
    const key = this.spec.keyOf(row);
    const before = this.#rows.get(key);
    this.#rows.set(key, Object.freeze(row));
    this.#reindex(key, before, row);
    const deadline = dueOf(this.spec, row);
    const known = before === undefined ? Number.POSITIVE_INFINITY : dueOf(this.spec, before);
    if (deadline === Number.POSITIVE_INFINITY || deadline === known) return;
    this.#deadlines.push(deadline, key);
    // Entries of ended rows stay until they surface; without this, short leases with long TTLs would pile up.
    if (this.#deadlines.size > 2 * this.#rows.size + HEAP_SLACK) this.#rebuildDeadlines();
  }

  delete(key: string): void {
    const before = this.#rows.get(key);
    if (before === undefined) return;
    this.#rows.delete(key);
    this.#reindex(key, before, undefined);
  }

  rows(): Iterable<Row> {
    return this.#rows.values();
  }

  in(index: string, bucket: string): Iterable<Row> {
    const keys = this.#indexes[index]?.buckets.get(bucket);
    if (keys === undefined) return NO_ROWS;
    if (typeof keys !== 'string') return this.#rowsOf(keys);
    const row = this.#rows.get(keys);
    return row === undefined ? NO_ROWS : [row];
  }

  countIn(index: string, bucket: string): number {
    const keys = this.#indexes[index]?.buckets.get(bucket);
    if (keys === undefined) return 0;
    return typeof keys === 'string' ? 1 : keys.size;
  }

  rankIn(index: string, bucket: string, key: string): number {
    const found = this.#indexes[index];
    const keys = found?.buckets.get(bucket);
    if (found === undefined || keys === undefined || typeof keys === 'string') return 0;
    let order = found.orders.get(bucket);
    if (order === undefined) {
      order = new BucketOrder(keys);
      found.orders.set(bucket, order);
    }
    return order.before(key);
  }

  weight(index: string): number {
    return this.#indexes[index]?.weight ?? 0;
  }

  *between(from: string, to: string): Iterable<Row> {
    if (this.#sorted === null) return;
    for (const entry of this.#sorted.range(from, to)) {
      const row = this.#rows.get(entry.slice(entry.indexOf(SEPARATOR) + 1));
      if (row !== undefined) yield row;
    }
  }

  *maybeDue(at: number): Iterable<Row> {
    for (const key of this.#deadlines.upTo(at)) {
      const row = this.#rows.get(key);
      if (row !== undefined && dueOf(this.spec, row) <= at) yield row;
    }
  }

  firstDue(at: number, count: number): FirstDue<Row> {
    const rows = new Set<Row>();
    const { taken, next } = this.#deadlines.take(at, (key) => {
      if (rows.size >= count) return false;
      const row = this.#rows.get(key);
      if (row !== undefined && dueOf(this.spec, row) <= at) rows.add(row);
      return true;
    });
    // They are as due as they were.
    for (const place of taken) this.#deadlines.push(place.at, place.key);
    return { rows: [...rows], others: next };
  }

  nextDeadline(): number {
    return this.#deadlines.earliest();
  }

  /**
   * Forgets deadlines of rows that are gone and moves those that the rule puts later (renewed by reference). Changes no
   * row: the heap only ever holds lower bounds. Where so many are due by the rule, the others are left for another time.
   */
  settleDeadlines(at: number, ruleOf: (row: Row) => number, enough: number): void {
    const settled = new Map<string, number>();
    let due = 0;
    this.#deadlines.take(at, (key) => {
      if (due >= enough) return false;
      if (settled.has(key)) return true;
      const row = this.#rows.get(key);
      const deadline = row === undefined ? Number.POSITIVE_INFINITY : ruleOf(row);
      settled.set(key, deadline);
      if (deadline <= at) due += 1;
      return true;
    });
    for (const [key, deadline] of settled)
      if (deadline !== Number.POSITIVE_INFINITY) this.#deadlines.push(deadline, key);
  }

  #rebuildDeadlines(): void {
    this.#deadlines.clear();
    for (const [key, row] of this.#rows) {
      const deadline = dueOf(this.spec, row);
      if (deadline !== Number.POSITIVE_INFINITY) this.#deadlines.push(deadline, key);
    }
  }

  *#rowsOf(keys: ReadonlySet<string>): Iterable<Row> {
    for (const key of keys) {
      const row = this.#rows.get(key);
      if (row !== undefined) yield row;
    }
  }

  #reindex(key: string, before: Row | undefined, after: Row | undefined): void {
    for (const index of this.#indexList) {
      const from = before === undefined ? NONE : index.keysOf(before);
      const to = after === undefined ? NONE : index.keysOf(after);
      if (!sameKeys(from, to)) moveKey(index, key, from, to);
    }
    if (this.#sorted === null || this.spec.sortKeysOf === undefined) return;
    const from = before === undefined ? NONE : this.spec.sortKeysOf(before);
    const to = after === undefined ? NONE : this.spec.sortKeysOf(after);
    if (sameKeys(from, to)) return;
    for (const sortKey of from) this.#sorted.delete(sortKey + SEPARATOR + key);
    for (const sortKey of to) this.#sorted.add(sortKey + SEPARATOR + key);
  }
}

interface BaseIndex<Row> {
  readonly keysOf: IndexKeys<Row>;
  /** Most buckets hold one row; those keep its key without a set around it. */
  readonly buckets: Map<string, string | Set<string>>;
  /** Of the buckets in which somebody's rank was asked for. */
  readonly orders: Map<string, BucketOrder>;
  weight: number;
}

function moveKey<Row>(index: BaseIndex<Row>, key: string, from: readonly string[], to: readonly string[]): void {
  for (const bucket of from) if (!to.includes(bucket)) leave(index, bucket, key);
  for (const bucket of to) if (!from.includes(bucket)) enter(index, bucket, key);
}

function leave<Row>(index: BaseIndex<Row>, bucket: string, key: string): void {
  const keys = index.buckets.get(bucket);
  if (keys === undefined) return;
  index.weight -= 1;
  if (typeof keys === 'string') {
    index.buckets.delete(bucket);
    return;
  }
  keys.delete(key);
  if (keys.size > 0) index.orders.get(bucket)?.remove(key);
  else {
    index.buckets.delete(bucket);
    index.orders.delete(bucket);
  }
}

function enter<Row>(index: BaseIndex<Row>, bucket: string, key: string): void {
  const keys = index.buckets.get(bucket);
  index.weight += 1;
  if (keys === undefined) index.buckets.set(bucket, key);
  else if (typeof keys === 'string') index.buckets.set(bucket, new Set([keys, key]));
  else {
    keys.add(key);
    index.orders.get(bucket)?.append(key);
  }
}

type Move = 'entered' | 'left' | 'reentered';
const COUNTS: Readonly<Record<Move, number>> = { entered: 1, left: -1, reentered: 0 };

/** Only what changed, over a parent. Merged into it or dropped, never copied. */
export class OverlayTable<Row extends object> implements Table<Row> {
  readonly spec: TableSpec<Row>;
  readonly #parent: Table<Row>;
  /** Nearly all tables of an overlay stay as they were: a map is made with the first change. */
  #rows: Map<string, Row | null> = UNCHANGED;
  /** index -> bucket -> key -> how it moved, relative to the parent. */
  #moves: Record<string, Map<string, Map<string, Move>>> | null = null;
  /** Rows of the parent that were removed here and made anew: they stand at the end, as they would without an overlay. */
  #reborn: Set<string> | null = null;
  #weights: Record<string, number> | null = null;
  #size = 0;
  #earliest = Number.POSITIVE_INFINITY;

  constructor(parent: Table<Row>) {
    this.spec = parent.spec;
    this.#parent = parent;
  }

  get size(): number {
    return this.#parent.size + this.#size;
  }

  get isClean(): boolean {
    return this.#rows.size === 0;
  }

  #own(): Map<string, Row | null> {
    if (this.#rows === UNCHANGED) this.#rows = new Map();
    return this.#rows;
  }

  get(key: string): Row | undefined {
    const own = this.#rows.get(key);
    if (own !== undefined) return own === null ? undefined : own;
    return this.#parent.get(key);
  }

  set(row: Row): void {
    const key = this.spec.keyOf(row);
    const before = this.get(key);
    if (before === undefined) {
      this.#size += 1;
      if (this.#rows !== UNCHANGED && this.#rows.delete(key) && this.#parent.get(key) !== undefined) {
        this.#reborn ??= new Set();
        this.#reborn.add(key);
      }
    }
    this.#own().set(key, Object.freeze(row));
    this.#reindex(key, before, row);
    const deadline = dueOf(this.spec, row);
    if (deadline < this.#earliest) this.#earliest = deadline;
  }

  delete(key: string): void {
    const before = this.get(key);
    if (before === undefined) return;
    this.#size -= 1;
    this.#own().set(key, null);
    this.#reindex(key, before, undefined);
  }

  *rows(): Iterable<Row> {
    for (const row of this.#parent.rows()) {
      const key = this.spec.keyOf(row);
      const own = this.#rows.get(key);
      if (own === undefined) yield row;
      else if (own !== null && this.#reborn?.has(key) !== true) yield own;
    }
    for (const [key, row] of this.#rows) {
      if (row !== null && (this.#reborn?.has(key) === true || this.#parent.get(key) === undefined)) yield row;
    }
  }

  in(index: string, bucket: string): Iterable<Row> {
    return this.#rows.size === 0 ? this.#parent.in(index, bucket) : this.#merged(index, bucket);
  }

  *#merged(index: string, bucket: string): Iterable<Row> {
    const moves = this.#moves?.[index]?.get(bucket);
    for (const row of this.#parent.in(index, bucket)) {
      const key = this.spec.keyOf(row);
      if (moves?.has(key) === true) continue;
      yield this.#rows.get(key) ?? row;
    }
    if (moves === undefined) return;
    for (const [key, move] of moves) if (move !== 'left') yield this.#rows.get(key) as Row;
  }

  countIn(index: string, bucket: string): number {
    let count = this.#parent.countIn(index, bucket);
    const moves = this.#moves?.[index]?.get(bucket);
    if (moves !== undefined) for (const move of moves.values()) count += COUNTS[move];
    return count;
  }

  rankIn(index: string, bucket: string, key: string): number {
    const moves = this.#moves?.[index]?.get(bucket);
    if (moves === undefined) return this.#parent.rankIn(index, bucket, key);
    const own = moves.get(key);
    const isHere = own === 'entered' || own === 'reentered';
    const rank = isHere ? this.#parent.countIn(index, bucket) : this.#parent.rankIn(index, bucket, key);
    let moved = 0;
    let isBehind = false;
    for (const [each, move] of moves) {
      if (each === key) isBehind = true;
      // It stood before in the parent, and no longer does there.
      if (move !== 'entered' && (isHere || this.#parent.rankIn(index, bucket, each) < rank)) moved -= 1;
      if (move !== 'left' && isHere && !isBehind) moved += 1;
    }
    return rank + moved;
  }

  weight(index: string): number {
    return this.#parent.weight(index) + (this.#weights?.[index] ?? 0);
  }

  *between(from: string, to: string): Iterable<Row> {
    for (const row of this.#parent.between(from, to)) {
      if (!this.#rows.has(this.spec.keyOf(row))) yield row;
    }
    for (const row of this.#rows.values()) {
      if (row === null) continue;
      if (this.spec.sortKeysOf?.(row).some((key) => key >= from && key < to)) yield row;
    }
  }

  *maybeDue(at: number): Iterable<Row> {
    for (const row of this.#parent.maybeDue(at)) {
      if (!this.#rows.has(this.spec.keyOf(row))) yield row;
    }
    if (this.#earliest <= at) yield* this.#ownDue(at);
  }

  firstDue(at: number, count: number): FirstDue<Row> {
    const { rows, others } = this.#parent.firstDue(at, count);
    const unchanged = rows.filter((row) => !this.#rows.has(this.spec.keyOf(row)));
    return { rows: this.#earliest > at ? unchanged : [...unchanged, ...this.#ownDue(at)], others };
  }

  *#ownDue(at: number): Iterable<Row> {
    for (const row of this.#rows.values()) {
      if (row !== null && dueOf(this.spec, row) <= at) yield row;
    }
  }

  nextDeadline(): number {
    return Math.min(this.#parent.nextDeadline(), this.#earliest);
  }

  /** Every changed row, before and after. */
  *changes(): Iterable<Change<Row>> {
    for (const [key, row] of this.#rows) yield { before: this.#parent.get(key), after: row ?? undefined };
  }

  /** Makes the parent what this overlay shows. The overlay must not be used afterwards. */
  mergeIntoParent(): void {
    for (const [key, row] of this.#rows) {
      if (row === null || this.#reborn?.has(key) === true) this.#parent.delete(key);
      if (row !== null) this.#parent.set(row);
    }
  }

  #reindex(key: string, before: Row | undefined, after: Row | undefined): void {
    for (const [index, keysOf] of Object.entries(this.spec.indexes)) {
      const from = before === undefined ? NONE : keysOf(before);
      const to = after === undefined ? NONE : keysOf(after);
      if (sameKeys(from, to)) continue;
      for (const bucket of from) if (!to.includes(bucket)) this.#move(index, bucket, key, false);
      for (const bucket of to) if (!from.includes(bucket)) this.#move(index, bucket, key, true);
    }
  }

  #move(index: string, bucket: string, key: string, enters: boolean): void {
    this.#moves ??= {};
    this.#weights ??= {};
    this.#weights[index] = (this.#weights[index] ?? 0) + (enters ? 1 : -1);
    this.#moves[index] ??= new Map();
    const moves = this.#moves[index];
    let bucketMoves = moves.get(bucket);
    if (bucketMoves === undefined) {
      bucketMoves = new Map();
      moves.set(bucket, bucketMoves);
    }
    const before = bucketMoves.get(key);
    if (!enters) {
      if (before === 'entered') bucketMoves.delete(key);
      else bucketMoves.set(key, 'left');
    } else if (before === undefined) bucketMoves.set(key, 'entered');
    else {
      // A row that left and enters again stands where the parent has it; one made anew stands at the end.
      bucketMoves.delete(key);
      if (this.#reborn?.has(key) === true) bucketMoves.set(key, 'reentered');
    }
  }
}

const NONE: readonly string[] = [];
const NO_ROWS: readonly never[] = [];

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

/** A binary heap of (deadline, key), holding lower bounds; entries of gone rows are dropped when they surface. */
class DeadlineHeap {
  readonly #at: number[] = [];
  readonly #keys: string[] = [];

  push(at: number, key: string): void {
    let i = this.#at.length;
    this.#at.push(at);
    this.#keys.push(key);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#isBefore(i, parent)) break;
      this.#swap(i, parent);
      i = parent;
    }
  }

  get size(): number {
    return this.#at.length;
  }

  clear(): void {
    this.#at.length = 0;
    this.#keys.length = 0;
  }

  earliest(): number {
    return this.#at[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Keys with a deadline at or before `at`, each once; visits only those. */
  upTo(at: number): Iterable<string> {
    const found = new Set<string>();
    const open = [0];
    while (open.length > 0) {
      const i = open.pop() as number;
      if (i >= this.#at.length || (this.#at[i] as number) > at) continue;
      found.add(this.#keys[i] as string);
      open.push(2 * i + 1, 2 * i + 2);
    }
    return found;
  }

  /** Takes the entries up to `at` out, in their order, for as long as `wants` says so of the next one; answers where it stopped. */
  take(
    at: number,
    wants: (key: string) => boolean,
  ): { readonly taken: readonly DuePlace[]; readonly next: DuePlace | null } {
    const taken: DuePlace[] = [];
    while (this.earliest() <= at) {
      const place = this.#placeOf(0);
      if (!wants(place.key)) return { taken, next: place };
      taken.push(place);
      this.#pop();
    }
    return { taken, next: null };
  }

  #isBefore(a: number, b: number): boolean {
    const before = (this.#at[a] as number) - (this.#at[b] as number);
    return before === 0 ? inDueOrder(this.#placeOf(a), this.#placeOf(b)) < 0 : before < 0;
  }

  #placeOf(i: number): DuePlace {
    return { at: this.#at[i] as number, key: this.#keys[i] as string };
  }

  #pop(): void {
    const lastAt = this.#at.pop() as number;
    const lastKey = this.#keys.pop() as string;
    if (this.#at.length > 0) {
      this.#at[0] = lastAt;
      this.#keys[0] = lastKey;
      this.#sink();
    }
  }

  #sink(): void {
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      if (left >= this.#at.length) return;
      const right = left + 1;
      const child = right < this.#at.length && this.#isBefore(right, left) ? right : left;
      if (!this.#isBefore(child, i)) return;
      this.#swap(i, child);
      i = child;
    }
  }

  #swap(a: number, b: number): void {
    const at = this.#at[a] as number;
    const key = this.#keys[a] as string;
    this.#at[a] = this.#at[b] as number;
    this.#keys[a] = this.#keys[b] as string;
    this.#at[b] = at;
    this.#keys[b] = key;
  }
}
