// `npm run bench` runs the suite (bench/suite) and prints its tables; JSON and pictures go to `bench-results/`, or where `--out` says.
//
//   --quick            a tenth of the time, to see whether all of it works; its figures are rough
//   --only a,b         only these sections; `--list` names them
//   --all              also those that take long; `--huge` with the log of ten million events
//   --runs N           how often each is measured (3; with --quick once); figures are medians
//   --publish          also bench/results.json, and every document that tells a figure, are written anew
//
// `npm run bench -- NAME` runs bench/NAME.ts alone, five times, and prints each figure's median with its target. `--runs` and,
// where a benchmark has a length, `--minutes` change how much is measured, `--store` what, where there is a choice. With `--json`
// the figures of all runs are printed as JSON, and the table beside it.
//
// Exits 1 when a median misses its target.

import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runNamed } from './support/run-named.ts';

const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string' },
    minutes: { type: 'string' },
    store: { type: 'string' },
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    huge: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    only: { type: 'string' },
    out: { type: 'string', default: 'bench-results' },
    publish: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});
const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.replace(/\.ts$/, ''));
const [name] = positionals;

if (flags.list) process.exitCode = await list();
else if (name === undefined) process.exitCode = await suite();
else if (names.includes(name)) process.exitCode = await named(name);
else {
  console.error(`There is no benchmark ${name}; --list names all.`);
  process.exitCode = 2;
}

function named(benchmark: string): Promise<number> {
  return runNamed(benchmark, {
    runs: Number(flags.runs ?? 5),
    isJson: flags.json,
    ...(flags.minutes === undefined ? {} : { minutes: Number(flags.minutes) }),
    ...(flags.store === undefined ? {} : { store: flags.store }),
  });
}

async function suite(): Promise<number> {
  const [{ runSuite }, { SECTIONS, sectionOf }] = await Promise.all([
    import('./suite/run-suite.ts'),
    import('./suite/sections.ts'),
  ]);
  const chosen = flags.only?.split(',').map(sectionOf) ?? SECTIONS.filter(({ isLong }) => flags.all || isLong !== true);
  const outcome = await runSuite({
    isQuick: flags.quick,
    isHuge: flags.huge,
    runs: Number(flags.runs ?? (flags.quick ? 1 : 3)),
    sections: chosen,
    folder: flags.out,
    say: (line) => console.log(line),
  });
  console.log(outcome.missed === 0 ? '\nPASS' : `\nFAIL: ${outcome.missed} targets missed`);
  if (flags.publish) {
    const { publish } = await import('./suite/publish.ts');
    for (const file of publish(outcome.results)) console.log(`written: ${file}`);
  }
  return outcome.missed === 0 ? 0 : 1;
}

async function list(): Promise<number> {
  const { SECTIONS } = await import('./suite/sections.ts');
  console.log('Sections of the suite (--only):');
  for (const section of SECTIONS)
    console.log(`  ${section.name}: ${section.title}${section.isLong === true ? ' (long: --all, or named)' : ''}`);
  console.log(`Benchmarks by name: ${names.join(', ')}`);
  return 0;
}
