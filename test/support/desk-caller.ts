// A process that asks its desk without end, and may be the desk, for tests that kill and stop the desk. Every caller in
// it takes a lock of its own, counts under it and gives it back. It sends what was acknowledged, what was refused, and how
// long the slowest call took. Arguments: the workspace, a name, how many callers, the pause after each call in ms.

import { setTimeout as pass } from 'node:timers/promises';
import type { Outcome } from '../../src/app/coordinator.ts';
import type { Command } from '../../src/core/command.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { Acknowledged } from './acknowledged.ts';
import { type Cook, codeOf, leased } from './fleet-rig.ts';
import { cookHere, openLibrary } from './library-cook.ts';

export interface CallerReport {
  readonly heard: readonly Acknowledged[];
  readonly refused: readonly { readonly code: string; readonly message: string; readonly tookMs: number }[];
  readonly longestMs: number;
  /** Callers, by their number, that finished a turn since the last report. */
  readonly busy: readonly number[];
}

const REPORT_MS = 50;

const [root = '', name = '', callers = '1', pauseMs = '0'] = process.argv.slice(2);
const fleet = await openLibrary(root, process.env, 'host', true);
let heard: Acknowledged[] = [];
let refused: { code: string; message: string; tookMs: number }[] = [];
let longestMs = 0;
const busy = new Set<number>();

const cooks = await Promise.all(Array.from({ length: Number(callers) }, (_, i) => cookHere(fleet, `${name}-x${i}x`)));
process.send?.('ready');
for (const [i, cook] of cooks.entries()) void work(cook, i);
setInterval(report, REPORT_MS);
process.on('disconnect', () => process.exit());

async function work(cook: Cook, index: number): Promise<never> {
  const own = `${name}-${index}`;
  const resource = `task:${own}`;
  for (let turn = 0; ; turn += 1) {
    const id = (what: string): string => `${own}-${what}-${turn}`;
    const granted = await asked(() => cook.acquire(resource, { waitMs: 5_000, requestId: id('grant') }));
    const token = codeOf(granted) === 'none' ? leased(granted).leases[0]?.token : undefined;
    if (token !== undefined) {
      heard.push({ kind: 'granted', requestId: id('grant'), token });
      const put = await ask(cook, id('put'), {
        op: 'put_state',
        key: `count-${own}`,
        value: turn,
        condition: { resource, token },
      });
      if ('version' in put.answer)
        heard.push({ kind: 'put', requestId: id('put'), key: `count-${own}`, version: put.answer.version });
      const released = await ask(cook, id('release'), { op: 'release', leases: [{ resource, token }] });
      if (codeOf(released) === 'none') heard.push({ kind: 'released', requestId: id('release'), token });
    }
    busy.add(index);
  }
}

type Ask =
  | Omit<Extract<Command, { op: 'put_state' }>, 'by' | 'requestId' | 'bodyHash'>
  | Omit<Extract<Command, { op: 'release' }>, 'by' | 'requestId' | 'bodyHash'>;

function ask(cook: Cook, requestId: string, body: Ask): Promise<Outcome> {
  return asked(() => fleet.coordinator.submit({ ...cook.head(requestId), ...body }));
}

async function asked(call: () => Promise<Outcome>): Promise<Outcome> {
  const beganMs = performance.now();
  const outcome = await call();
  const tookMs = performance.now() - beganMs;
  longestMs = Math.max(longestMs, tookMs);
  const { answer } = outcome;
  if (isRejection(answer)) refused.push({ code: answer.code, message: answer.message, tookMs });
  // house-allow sleeping-test: a caller that does something else between two calls
  if (Number(pauseMs) > 0) await pass(Number(pauseMs));
  return outcome;
}

function report(): void {
  const said: CallerReport = { heard, refused, longestMs, busy: [...busy] };
  [heard, refused, longestMs] = [[], [], 0];
  busy.clear();
  process.send?.(said);
}
