// `npm run bench -- NAME` runs bench/NAME.ts five times and prints each figure's median with its target. Exits 1 when a
// median misses its target. Without a name it lists the benchmarks. `--runs` and, where a benchmark has a length, `--minutes`
// change how much is measured.

import { readdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Asked, Benchmark, Figure } from './figure.ts';

const notBenchmarks = [
  'run.ts',
  'figure.ts',
  'used-machine.ts',
  'caller.ts',
  'callers.ts',
  'autocannon.d.ts',
  'http-load.ts',
  'stream-readers.ts',
  'mcp-peer.ts',
  'long-log.ts',
  'crowd.ts',
  'crowd-sizes.ts',
  'processor.ts',
  'visitor.ts',
];
const folder = new URL('.', import.meta.url);

const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '5' }, minutes: { type: 'string' } },
});
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !notBenchmarks.includes(file))
  .map((file) => file.replace(/\.ts$/, ''));
const [name] = positionals;

if (name === undefined || !names.includes(name)) {
  console.log(
    `Which benchmark? npm run bench -- NAME [--runs N] [--minutes N], NAME one of: ${names.join(', ') || '(none yet)'}`,
  );
  process.exitCode = 2;
} else {
  process.exitCode = await runBenchmark(
    name,
    Number(flags.runs),
    flags.minutes === undefined ? {} : { minutes: Number(flags.minutes) },
  );
}

async function runBenchmark(benchmark: string, runs: number, asked: Asked): Promise<number> {
  const { measure } = (await import(new URL(`${benchmark}.ts`, folder).href)) as Benchmark;
  const measured: (readonly Figure[])[] = [];
  for (let run = 1; run <= runs; run += 1) {
    process.stderr.write(`run ${run} of ${runs} ...\n`);
    measured.push(await measure(asked));
  }
  const rows = summarize(measured);
  console.log(
    `${benchmark}: median of ${runs}, Node ${process.versions.node}, ${availableParallelism()} x ${cpus()[0]?.model ?? 'CPU'}`,
  );
  printTable(rows);
  const isKept = rows.every((row) => row.verdict !== 'FAIL');
  console.log(isKept ? 'PASS' : 'FAIL');
  return isKept ? 0 : 1;
}

interface Row {
  readonly what: string;
  readonly median: string;
  readonly range: string;
  readonly target: string;
  readonly verdict: 'PASS' | 'FAIL' | '';
}

/** One row for each figure of the first run, in its order. */
function summarize(measured: readonly (readonly Figure[])[]): readonly Row[] {
  return (measured[0] ?? []).map(({ what, unit, target }) => {
    const values = measured.flatMap((figures) =>
      figures.filter((figure) => figure.what === what).map(({ value }) => value),
    );
    values.sort((a, b) => a - b);
    const median = values[Math.floor(values.length / 2)] ?? Number.NaN;
    const show = (value: number): string =>
      value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 2 : 0 });
    const range = `${show(values[0] ?? Number.NaN)} .. ${show(values.at(-1) ?? Number.NaN)}`;
    if (target === undefined) return { what, median: `${show(median)} ${unit}`, range, target: '', verdict: '' };
    const isKept = 'atLeast' in target ? median >= target.atLeast : median <= target.atMost;
    const wanted = 'atLeast' in target ? `>= ${show(target.atLeast)}` : `<= ${show(target.atMost)}`;
    return { what, median: `${show(median)} ${unit}`, range, target: wanted, verdict: isKept ? 'PASS' : 'FAIL' };
  });
}

function printTable(rows: readonly Row[]): void {
  const head = { what: 'figure', median: 'median', range: 'lowest .. highest', target: 'target', verdict: '' };
  const columns = ['what', 'median', 'range', 'target', 'verdict'] as const;
  const widths = columns.map((column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  for (const row of [head, ...rows]) {
    console.log(
      columns
        .map((column, index) => row[column].padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}
