// `npm run bench -- NAME` runs bench/NAME.ts five times and prints each figure's median with its target. Exits 1 when a
// median misses its target. Without a name it lists the benchmarks. `--runs` and, where a benchmark has a length, `--minutes`
// change how much is measured, `--store` what, where there is a choice. With `--json` the figures of all runs are printed as JSON,
// and the table beside it.

import { readdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Asked, Benchmark, Figure } from './support/figure.ts';

const folder = new URL('.', import.meta.url);

const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    minutes: { type: 'string' },
    store: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'run.ts')
  .map((file) => file.replace(/\.ts$/, ''));
const [name] = positionals;

if (name === undefined || !names.includes(name)) {
  console.log(
    `Which benchmark? npm run bench -- NAME [--runs N] [--minutes N] [--store KIND] [--json], NAME one of: ${names.join(', ')}`,
  );
  process.exitCode = 2;
} else {
  process.exitCode = await runBenchmark(name, Number(flags.runs), {
    ...(flags.minutes === undefined ? {} : { minutes: Number(flags.minutes) }),
    ...(flags.store === undefined ? {} : { store: flags.store }),
  });
}

async function runBenchmark(benchmark: string, runs: number, asked: Asked): Promise<number> {
  const { measure } = (await import(new URL(`${benchmark}.ts`, folder).href)) as Benchmark;
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
  const say = flags.json ? (line: string) => process.stderr.write(`${line}\n`) : (line: string) => console.log(line);
  say(`${title}: median of ${runs}, ${machine}`);
  for (const line of tableOf(rows)) say(line);
  say(verdict);
  if (flags.json) console.log(JSON.stringify({ benchmark, ...asked, machine, runs, verdict, figures: rows }, null, 2));
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
