// Turns at one lock, and what a hand-over takes.

import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { handOvers } from '../../../hand-over.ts';
import { CONTENDERS, HOLD_MS, TURNS, takeTurns } from '../../../turns.ts';
import { quantile } from '../../load/statistics.ts';
import type { Turn } from '../../peers/locks/contender-process.ts';
import { LOCK_LIBRARIES, type LockLibrary } from '../../peers/locks/lock-library.ts';
import { startPlace } from '../../peers/servers.ts';
import { startPeer } from '../../peers/start-peer.ts';
import type { Ask, Row } from '../../section.ts';

const PROGRAM = fileURLToPath(new URL('../../peers/locks/contender-process.ts', import.meta.url));
const ROUNDS = 500;
const QUICK_ROUNDS = 50;

export async function measure({ isQuick }: Ask): Promise<readonly Row[]> {
  const rows = [await ownTurns(), await ownHandOvers(isQuick ? QUICK_ROUNDS : ROUNDS)];
  for (const library of LOCK_LIBRARIES) {
    const place = await startPlace(library.needs);
    if (place === null) continue;
    try {
      rows.push(await turnsOf(library, place.place));
    } finally {
      await place.close();
    }
  }
  return rows;
}

async function ownTurns(): Promise<Row> {
  const { togetherMs, bypasses, waitsMs } = await takeTurns();
  const cells = { makespan: togetherMs, bypasses, longest: waitsMs.at(-1) ?? Number.NaN };
  return { id: 'line.desk', what: 'Brigade', survives: 'disk', cells, targets: { bypasses: { atMost: 0 } } };
}

async function ownHandOvers(rounds: number): Promise<Row> {
  const tookMs = await handOvers('auto', rounds);
  const cells = { p50: quantile(tookMs, 0.5), p99: quantile(tookMs, 0.99) };
  const targets = { p50: { atMost: 5 }, p99: { atMost: 10 } };
  return { id: 'line.hand-over', what: 'Brigade, hand-overs', survives: 'disk', cells, targets };
}

async function turnsOf({ name, what, survives }: LockLibrary, place: string): Promise<Row> {
  const contenders = await Promise.all(
    Array.from({ length: CONTENDERS }, () => startPeer(PROGRAM, [name, place, 'the-lock'])),
  );
  try {
    const beganMs = performance.now();
    for (const { child } of contenders) child.send({ turns: TURNS, holdMs: HOLD_MS });
    const told = await Promise.all(contenders.map(({ child }) => once(child, 'message') as Promise<[Turn[]]>));
    const makespan = performance.now() - beganMs;
    const turns = told.flatMap(([taken]) => taken);
    const longest = Math.max(...turns.map(({ askedMs, hadMs }) => hadMs - askedMs));
    return { id: `line.${name}`, what, survives, cells: { makespan, bypasses: bypassesIn(turns), longest } };
  } finally {
    for (const contender of contenders) await contender.end();
  }
}

/** Grants to somebody while another one waited who had asked at least a turn earlier. */
function bypassesIn(turns: readonly Turn[]): number {
  const isPassed = (had: Turn): boolean =>
    turns.some(({ askedMs, hadMs }) => askedMs + HOLD_MS < had.askedMs && hadMs > had.hadMs);
  return turns.filter(isPassed).length;
}
