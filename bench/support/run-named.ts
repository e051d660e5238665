// Runs one benchmark several times and prints each figure's median with its target.

import { availableParallelism, cpus } from 'node:os';
import type { Asked, Benchmark, Figure } from './figure.ts';

const FOLDER = new URL('../', import.meta.url);

/** Answers the exit code. */
export async function runNamed(
  benchmark: string,
  { runs, isJson, ...asked }: Asked & { readonly runs: number; readonly isJson: boolean },
): Promise<number> {
  const { measure } = (await import(new URL(`${benchmark}.ts`, FOLDER).href)) as Benchmark;
  const measured: (readonly Figure[])[] = [];
  for (let run = 1; run <= runs; run += 1) {
    process.stderr.write(`run ${run} of ${runs} ...\n`);
    measured.push(await measure(asked));
  }
  const rows = summarize(measured);
  const isKept = rows.every((row) => row.verdict !== 'FAIL');
  const verdict = isKept ? 'PASS' : 'FAIL';
  const machine = `Node ${process.versions.node}, ${availableParallelism()} x ${cpus()[0]?.model ?? 'CPU'}`;
  const title = asked.store === undefined ? benchmark : `${benchmark} on ${asked.store}`;
  const say = isJson ? (line: string) => process.stderr.write(`${line}\n`) : (line: string) => console.log(line);
  say(`${title}: median of ${runs}, ${machine}`);
  for (const line of tableOf(rows)) say(line);
  say(verdict);
  if (isJson) console.log(JSON.stringify({ benchmark, ...asked, machine, runs, verdict, figures: rows }, null, 2));
  return isKept ? 0 : 1;
}

interface Row extends Figure {
  /** Of all runs, lowest first. */
  readonly values: readonly number[];
  readonly verdict: 'PASS' | 'FAIL' | null;
}

/** One row for each figure of the first run, in its order; `value` is the median. */
function summarize(measured: readonly (readonly Figure[])[]): readonly Row[] {
  return (measured[0] ?? []).map((first) => {
    const values = measured.flatMap((figures) =>
      figures.filter(({ what }) => what === first.what).map(({ value }) => value),
    );
    values.sort((a, b) => a - b);
    const value = values[Math.floor(values.length / 2)] ?? Number.NaN;
    return { ...first, value, values, verdict: verdictOn(first.target, value, values) };
  });
}

function verdictOn(target: Figure['target'], median: number, values: readonly number[]): Row['verdict'] {
  if (target === undefined) return null;
  const judged = target.always === true ? values : [median];
  const isKept = judged.every((value) => ('atLeast' in target ? value >= target.atLeast : value <= target.atMost));
  return isKept ? 'PASS' : 'FAIL';
}

function tableOf(rows: readonly Row[]): readonly string[] {
  const lines = [['figure', 'median', 'lowest .. highest', 'target', ''], ...rows.map(cellsOf)];
  const widths = lines.reduce((widest, line) => line.map((cell, i) => Math.max(cell.length, widest[i] ?? 0)), [0]);
  return lines.map((line) =>
    line
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function cellsOf({ what, value, unit, values, target, verdict }: Row): readonly string[] {
  const range = `${shown(values[0])} .. ${shown(values.at(-1))}`;
  return [what, `${shown(value)} ${unit}`, range, target === undefined ? '' : wanted(target), verdict ?? ''];
}

function wanted(target: NonNullable<Figure['target']>): string {
  const bound = 'atLeast' in target ? `>= ${shown(target.atLeast)}` : `<= ${shown(target.atMost)}`;
  return target.always === true ? `${bound}, always` : bound;
}

function shown(value = Number.NaN): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 2 : 0 });
}
