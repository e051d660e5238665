// `npm run soak -- --minutes 30`: a real `brigade serve` that is the desk, agents at a steady pace over REST, MCP over HTTP, MCP over
// stdio and the command line, and a `brigade watch`; looked into every few seconds. Retention moves events into archives and snapshots
// are made while it runs. At the end each series is judged (rules.ts): exit code 1 where something grew.
//
//   --out FOLDER     where soak.json and soak.svg go; `bench-results/` by default
//   --break KIND     puts a fault into the server (heap, timers, handles, loop), to see that it is found

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Scratch } from '../../test/support/scratch.ts';
import { waitUntil } from '../../test/support/wait-until.ts';
import { StdioClient } from '../suite/load/stdio-client.ts';
import { shown } from '../suite/render/shown.ts';
import { Crew } from './crew.ts';
import { drawSoak } from './draw.ts';
import { judge, type Verdict } from './judge.ts';
import { ProbedProcess } from './probed-process.ts';
import { RULES } from './rules.ts';
import { Samples } from './samples.ts';

/** The least that a policy may keep. */
const KEEP_EVENTS = 10_000;
/** Archives begin once so many more are there. */
const SEGMENT_EVENTS = 8_192;
const LOOK_MS = 3_000;
/** What is remembered for ten minutes (requests, ended waits) has its size by then. */
const WARM_MAX_SECONDS = 660;
const WARM_SHARE = 0.35;
const MINUTES_MIN = 3;

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    out: { type: 'string', default: 'bench-results' },
    break: { type: 'string' },
  },
});
const minutes = Number(flags.minutes);
if (!(minutes >= MINUTES_MIN)) throw new Error(`--minutes is at least ${MINUTES_MIN}: less says nothing`);
process.exitCode = await soak(minutes * 60);

async function soak(seconds: number): Promise<number> {
  const scratch = new Scratch();
  scratch.write('.brigade/policy.json', JSON.stringify({ retention: { keepEvents: KEEP_EVENTS } }));
  const surroundings = { cwd: scratch.root, env: scratch.env };
  const broken = flags.break === undefined ? {} : { BRIGADE_SOAK_BREAK: flags.break };
  const serve = new ProbedProcess('serve', ['serve', '--port', '0'], {
    ...surroundings,
    env: { ...scratch.env, ...broken },
  });
  const processes = [serve];
  const crew = new Crew();
  try {
    const url = await addressOf(serve);
    const mcp = new ProbedProcess('mcp', ['mcp'], surroundings);
    const watch = new ProbedProcess('watch', ['watch', '--json'], surroundings);
    watch.child.stdout.resume();
    processes.push(mcp, watch);
    const client = await StdioClient.over(mcp.child);
    console.log(`filling the log to the length at which retention begins: ${KEEP_EVENTS + SEGMENT_EVENTS} events`);
    await crew.fill(url, KEEP_EVENTS + SEGMENT_EVENTS);
    await crew.start(url, scratch, (name, args) => client.call(name, args));
    const samples = new Samples(scratch.root, url);
    while (samples.seconds < seconds) {
      await pass(LOOK_MS);
      await samples.take(processes, crew.takePairs());
      if (samples.of('log.wal').length % 20 === 0) console.log(statusOf(samples, crew));
    }
    await crew.end();
    return report(samples, crew, Math.min(WARM_MAX_SECONDS, seconds * WARM_SHARE));
  } finally {
    await crew.end();
    for (const process of processes.toReversed()) await process.end();
    await scratch.close();
  }
}

async function addressOf(serve: ProbedProcess): Promise<string> {
  let text = '';
  serve.child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const look = (): string | undefined => {
    if (serve.child.exitCode !== null) throw new Error(`brigade serve ended: ${text}`);
    return / at (http:\/\/\S+)/.exec(text)?.[1];
  };
  return waitUntil('brigade serve', look, { withinMs: 60_000 });
}

function statusOf(samples: Samples, { counts, wrong }: Crew): string {
  const now = (name: string): string => shown(samples.of(name).at(-1)?.[1]);
  const done = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  return `${Math.round(samples.seconds)} s: heap ${now('serve.heap')} MiB, rss ${now('serve.rss')} MiB, wal ${now('log.wal')} MiB, log ${now('log.file')} MiB, ${now('log.events')} events, ${now('log.archives')} archives, commit ${now('commit.mean')} ms; turns: ${done.join(', ')}; ${wrong.length} wrong${wrong.length === 0 ? '' : `, the last: ${wrong.at(-1)}`}`;
}

function report(samples: Samples, crew: Crew, warmSeconds: number): number {
  const verdicts = RULES.map((rule) => judge(rule, samples.of(rule.series), warmSeconds));
  for (const verdict of verdicts) console.log(lineOf(verdict));
  const findings = [
    ...verdicts.filter(({ isKept }) => !isKept).map(({ series }) => `${series} grew`),
    ...Object.entries(crew.counts)
      .filter(([, count]) => count === 0)
      .map(([name]) => `${name} did nothing`),
    ...crew.wrong.slice(0, 10),
    ...(archived(samples, warmSeconds)
      ? []
      : ['no archive was written after the warm-up: nothing is known of retention']),
  ];
  mkdirSync(flags.out, { recursive: true });
  const told = {
    minutes: Number(flags.minutes),
    warmSeconds,
    counts: crew.counts,
    findings,
    verdicts,
    series: samples.all,
  };
  writeFileSync(join(flags.out, 'soak.json'), `${JSON.stringify(told)}\n`);
  writeFileSync(join(flags.out, 'soak.svg'), drawSoak(samples.all, verdicts, warmSeconds));
  console.log(`${statusOf(samples, crew)}\nwritten: ${join(flags.out, 'soak.json')}, soak.svg`);
  for (const finding of findings) console.log(`  ${finding}`);
  console.log(findings.length === 0 ? 'PASS' : 'FAIL');
  return findings.length === 0 ? 0 : 1;
}

/** Long runs only: archives come every few thousand events. */
function archived(samples: Samples, warmSeconds: number): boolean {
  const archives = samples.of('log.archives');
  const before = archives.find(([seconds]) => seconds >= warmSeconds)?.[1] ?? 0;
  return (archives.at(-1)?.[1] ?? 0) > before;
}

function lineOf({ series, unit, mean, largest, perHour, error, bound, isKept }: Verdict): string {
  const grew = `${perHour < 0 ? '' : '+'}${shown(perHour)} ± ${shown(error)} ${unit}/h`;
  const seen = `mean ${shown(mean)}, largest ${shown(largest)} ${unit}`;
  return `${isKept ? 'ok  ' : 'FAIL'} ${series.padEnd(16)} ${seen.padEnd(40)} ${grew.padEnd(30)} ${bound}`;
}
