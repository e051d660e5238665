// Check-ins of many agents in one process, durable: how fast they are answered when there are many behind them, what they
// leave in memory, and whether an export of all of it needs more memory than that of a half. After the first 40,000 as much is
// known of each agent as ever will be.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Coordinator } from '../src/app/coordinator.ts';
import { summaryKey } from '../src/core/governance/check-in.ts';
import { isRejection } from '../src/core/rejection.ts';
import { brigadeBin } from '../test/support/brigade-bin.ts';
import type { Cook } from '../test/support/fleet-rig.ts';
import { cookHere, openLibrary } from '../test/support/library-cook.ts';
import { Scratch } from '../test/support/scratch.ts';
import type { Figure } from './support/figure.ts';

const AGENTS = 200;
const CHECK_INS = 100_000;
const HALF = CHECK_INS / 2;
const LATE = CHECK_INS / 5;
const HEAP = '--max-old-space-size=160';
/** Under way at once: agents that report at the same moment. */
const AT_ONCE = 4;

export async function measure(): Promise<readonly Figure[]> {
  const scratch = new Scratch();
  try {
    const fleet = await openLibrary(scratch.root, { ...process.env, ...scratch.env });
    const cooks = await Promise.all(Array.from({ length: AGENTS }, (_, i) => cookHere(fleet, `cook-${letters(i)}`)));
    const reporter = new Reporter(fleet.coordinator, cooks);
    await reporter.report(HALF);
    const half = memory();
    const halfPeak = await exportPeak(scratch);
    await reporter.report(HALF);
    const whole = memory();
    const wholePeak = await exportPeak(scratch);
    await fleet.close();
    const late = reporter.tookMs.slice(-LATE).toSorted((a, b) => a - b);
    const at = (share: number): number => late[Math.floor((late.length - 1) * share)] ?? Number.NaN;
    return [
      { what: 'check-ins answered', value: reporter.rate, unit: '/s' },
      { what: 'answer after 80,000, median', value: at(0.5), unit: 'ms' },
      { what: 'answer after 80,000, 99th percentile', value: at(0.99), unit: 'ms', target: { atMost: 5 } },
      { what: 'memory with 50,000', value: half, unit: 'MiB' },
      { what: 'memory with 100,000', value: whole, unit: 'MiB' },
      { what: 'of what it was with 50,000', value: whole / half, unit: 'times', target: { atMost: 1.1 } },
      { what: 'peak memory of an export of 50,000', value: halfPeak, unit: 'MiB' },
      { what: 'peak memory of an export of 100,000', value: wholePeak, unit: 'MiB' },
      { what: 'export of twice as much', value: wholePeak / halfPeak, unit: 'times', target: { atMost: 1.25 } },
    ];
  } finally {
    await scratch.close();
  }
}

class Reporter {
  readonly tookMs: number[] = [];
  readonly #coordinator: Coordinator;
  readonly #cooks: readonly Cook[];
  #said = 0;
  #spentMs = 0;

  constructor(coordinator: Coordinator, cooks: readonly Cook[]) {
    this.#coordinator = coordinator;
    this.#cooks = cooks;
  }

  get rate(): number {
    return (this.#said / this.#spentMs) * 1000;
  }

  async report(count: number): Promise<void> {
    const until = this.#said + count;
    const beganMs = performance.now();
    const work = async (): Promise<void> => {
      while (this.#said < until) await this.#checkIn();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    this.#spentMs += performance.now() - beganMs;
  }

  async #checkIn(): Promise<void> {
    this.#said += 1;
    const n = this.#said;
    const cook = this.#cooks[n % AGENTS] as Cook;
    const summary = `piece ${n}: moved the reading of settings into a file of its own and ran what tests it`;
    const digest = createHash('sha256').update(summaryKey(summary)).digest('hex').slice(0, 24);
    const outcomes = [{ kind: 'tests', ok: n % 7 !== 0, evidence: '' }];
    const ask = { op: 'check_in', summary, digest, complexity: 0.4, confidence: 0.8, outcomes } as const;
    const beganMs = performance.now();
    const { answer } = await this.#coordinator.submit({ ...cook.head(`c-${n}`), ...ask, plan: null, parameters: null });
    this.tookMs.push(performance.now() - beganMs);
    if (isRejection(answer)) throw new Error(JSON.stringify(answer));
  }
}

/** What is in use after everything unused was given back, MiB. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/**
 * The most memory that a whole export needed, MiB. Without a bound to its heap Node collects garbage when it likes; with this
 * one an export that kept what it has written would not come to its end.
 */
async function exportPeak(scratch: Scratch): Promise<number> {
  const child = spawn(process.execPath, [HEAP, brigadeBin, 'export', '--format', 'ndjson'], {
    cwd: scratch.root,
    env: { PATH: process.env.PATH ?? '', ...scratch.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let peak = 0;
  let bytes = 0;
  for await (const chunk of child.stdout) {
    bytes += (chunk as Buffer).length;
    peak = Math.max(peak, peakOf(child.pid ?? 0) ?? 0);
  }
  if (child.exitCode !== 0 && child.exitCode !== null) throw new Error(`the export ended with ${child.exitCode}`);
  if (bytes === 0) throw new Error('nothing was exported');
  return peak;
}

/** Linux keeps the highest resident size of a process. Null when it is gone. */
function peakOf(pid: number): number | null {
  try {
    const [, kib] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return kib === undefined ? null : Number(kib) / 1024;
  } catch {
    return null;
  }
}

/** Names that nobody takes for another one: digits look alike. */
function letters(i: number): string {
  const alphabet = 'abcdefghkmnpqrstuvwxyz';
  return [Math.floor(i / alphabet.length), i % alphabet.length].map((n) => alphabet[n] ?? 'x').join('');
}
