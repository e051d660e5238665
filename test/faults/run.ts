// `npm run test:faults [-- --seed N --rounds N|--round N --only STORE,FAULT,WORKLOAD --jobs N]`: agents on every store, under every fault, with every
// workload, in real processes with real servers. What they heard is judged (`check/judge.ts`). Exits 1 where anything is wrong,
// or where a fault was felt in no round; prints the command that repeats what failed, and why the cells are missing that are.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cell, cellsFor, commandFor, notApplicable } from './matrix.ts';
import { type Played, playCells } from './play-cells.ts';

const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rounds: { type: 'string', default: '1' },
    round: { type: 'string' },
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: '2' },
  },
});

const PROBLEMS_TOLD = 8;

const seed = Number(flags.seed);
let folder: string | null = null;
const cells = cellsFor(flags.only);
const upTo = Array.from({ length: Number(flags.rounds) }, (_, i) => i + 1);
const rounds = flags.round === undefined ? upTo : [Number(flags.round)];
// Whatever was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
console.log(`seed ${seed}, ${rounds.length} of each cell`);
const played = await playCells(cells, { seed, rounds, jobs: Number(flags.jobs), onPlayed: tell });
tellMissing(cells);
process.exitCode = sumUp(played) ? 0 : 1;

function tell({ cell, round, report, broke, tookMs }: Played): void {
  const name = nameOf(cell).padEnd(40);
  const took = `${(tookMs / 1_000).toFixed(1)} s`.padStart(7);
  if (report === null) {
    console.log(`BROKE   ${name}${took}  ${broke ?? ''}`);
  } else {
    const { problems, calls, grants, repeated, unknown, what, bit } = report;
    const verdict = problems.length > 0 ? 'FAILED' : 'passed';
    const counts = `${calls} calls, ${grants} grants, ${repeated} repeated, ${unknown} unknown`;
    console.log(`${verdict}  ${name}${took}  ${counts}; ${what}${bit ? '' : ' (not felt)'}`);
    for (const problem of problems.slice(0, PROBLEMS_TOLD)) console.log(`          ${problem}`);
    if (report.evidence !== null) console.log(`          judged: ${keep(cell, report.evidence)}`);
    if (problems.length > PROBLEMS_TOLD) console.log(`          and ${problems.length - PROBLEMS_TOLD} more`);
  }
  if (isBad({ report })) console.log(`          again: ${commandFor(cell, seed, round)}`);
}

/** Where everything is that was judged: the calls as they were heard, and the log. */
function keep(cell: Cell, evidence: object): string {
  folder ??= mkdtempSync(join(tmpdir(), 'brigade-faults-judged-'));
  const file = join(folder, `${nameOf(cell).replaceAll(' ', '-')}-${seed}.json`);
  writeFileSync(file, JSON.stringify(evidence, null, 1));
  return file;
}

function tellMissing(asked: readonly Cell[]): void {
  const rows = new Map(asked.map(({ store, fault }) => [`${store} ${fault}`, { store, fault }]));
  const missing = [...rows.values()].flatMap(({ store, fault }) => {
    const why = notApplicable(store, fault);
    return why === null ? [] : [`  ${store.padEnd(12)} ${fault.padEnd(15)} ${why}`];
  });
  if (missing.length > 0) console.log(`not applicable:\n${missing.join('\n')}`);
}

/** True when all is well. */
function sumUp(all: readonly Played[]): boolean {
  const bad = all.filter(isBad);
  const reports = all.flatMap(({ report }) => report ?? []);
  const sum = (of: (report: (typeof reports)[number]) => number): number =>
    reports.reduce((total, each) => total + of(each), 0);
  const margins = reports.flatMap(({ leastMarginMs }) => leastMarginMs ?? []);
  const unfelt = [...Map.groupBy(all, ({ cell }) => `${cell.store} ${cell.fault}`)].flatMap(([of, each]) =>
    each.some(({ report }) => report?.bit === true) ? [] : [of],
  );
  console.log(
    `${all.length} rounds, ${bad.length} bad: ${sum(({ calls }) => calls)} calls, ${sum(({ grants }) => grants)} grants, ` +
      `${sum(({ repeated }) => repeated)} repeated, ${sum(({ unknown }) => unknown)} never answered; the smallest margin between the end of a ` +
      `belief and the next holder's ${margins.length === 0 ? 'was not seen' : `${Math.min(...margins).toFixed(0)} ms`}`,
  );
  for (const of of unfelt) console.log(`${of} was felt in no round`);
  for (const { cell, round } of bad) console.log(`  ${commandFor(cell, seed, round)}`);
  return bad.length === 0 && unfelt.length === 0;
}

function isBad({ report }: Pick<Played, 'report'>): boolean {
  return report === null || report.problems.length > 0;
}

function nameOf({ store, fault, workload }: Cell): string {
  return `${store} ${fault} ${workload}`;
}
