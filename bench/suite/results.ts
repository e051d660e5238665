// The results of a suite: what was measured, when and on which class of machine. Kept in bench/results.json, from which the
// documents are written. Never the name of a host, or a path.

import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { median } from './load/statistics.ts';
import type { Row, Survives, Target } from './section.ts';

/** How many times a bare component may cost less. */
export const BARE_TARGET = 1.5;

const FORMAT = 1;
const KEPT = fileURLToPath(new URL('../results.json', import.meta.url));

export interface MachineClass {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  /** Writes of 4 KiB that its disk makes durable in a second, one after the other. */
  readonly syncsPerSecond: number;
  /** Of the machine at the start, per core: what else it had to do. */
  readonly load: number;
}

/** Median, lowest and highest of the runs. */
export type Cell = readonly [value: number, lowest: number, highest: number];

export interface ResultRow {
  readonly id: string;
  readonly what: string;
  readonly size?: number;
  readonly survives: Survives;
  readonly cells: Readonly<Record<string, Cell>>;
  readonly targets?: Readonly<Record<string, Target>>;
  readonly bare?: string;
  /** How many times what the bare component costs. */
  readonly ratio?: number;
}

export interface SectionResult {
  readonly date: string;
  readonly machine: MachineClass;
  readonly runs: number;
  readonly isQuick: boolean;
  readonly tookSeconds: number;
  readonly rows: readonly ResultRow[];
}

export interface Results {
  readonly format: number;
  readonly sections: Readonly<Record<string, SectionResult>>;
}

/** The results that are kept. */
export function keptResults(): Results {
  const results = JSON.parse(readFileSync(KEPT, 'utf8')) as Results;
  if (results.format !== FORMAT)
    throw new Error(`bench/results.json has format ${results.format}; run npm run bench -- --publish`);
  return results;
}

export function machineClass(syncsPerSecond: number, load: number): MachineClass {
  const cores = availableParallelism();
  return { processor: cpus()[0]?.model ?? 'unknown', cores, node: process.versions.node, syncsPerSecond, load };
}

/** One row of all runs of it, in the order of the first run. `columns[0]` judges it beside its bare component. */
export function summarize(
  runs: readonly (readonly Row[])[],
  column: { readonly name: string; readonly isCost: boolean },
): readonly ResultRow[] {
  const rows = (runs[0] ?? []).map((first) => {
    const all = runs.flat().filter(({ id }) => id === first.id);
    const cells = Object.fromEntries(Object.keys(first.cells).map((name) => [name, cellOf(all, name)]));
    return { ...first, cells };
  });
  const rateOf = (id: string): number => rows.find((row) => row.id === id)?.cells[column.name]?.[0] ?? Number.NaN;
  return rows.map((row) => {
    if (row.bare === undefined) return row;
    const [own, bare] = [rateOf(row.id), rateOf(row.bare)];
    if (Number.isNaN(bare)) throw new Error(`${row.id} is compared with ${row.bare}, which was not measured`);
    return { ...row, ratio: column.isCost ? own / bare : bare / own };
  });
}

function cellOf(rows: readonly Row[], name: string): Cell {
  const values = rows.map(({ cells }) => cells[name] ?? Number.NaN);
  if (!values.every(Number.isFinite)) throw new Error(`${rows[0]?.id}: ${name} was not measured`);
  return [median(values), Math.min(...values), Math.max(...values)];
}

/** Columns whose target was missed; `bare` stands for the ratio. */
export function missed({ cells, targets = {}, ratio }: ResultRow): readonly string[] {
  const names = Object.entries(targets).flatMap(([name, target]) => {
    const value = cells[name]?.[0] ?? Number.NaN;
    const isKept = 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
    return isKept ? [] : [name];
  });
  return ratio === undefined || ratio <= BARE_TARGET ? names : [...names, 'bare'];
}

/** As it is written: a line for each row, five digits. */
export function resultsText(results: Results): string {
  const rounded = (_: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
  return `${JSON.stringify(results, rounded, 1).replace(/\[\s+([^[\]{}]+?)\s+\]/g, (_, inner: string) => `[${inner.replace(/\s+/g, ' ')}]`)}\n`;
}
