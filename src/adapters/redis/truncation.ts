// Cutting off the beginning of a log. The point is moved in one step, provided that a snapshot covers it; what stood before is
// out of reach from then on, and removed a little at a time. Whoever died in between leaves that to the next one.

import { EMPTY_HEAD, type LogHead } from '../../ports/event-store.ts';
import { truncationPoints } from '../../ports/snapshot-rules.ts';
import { headArgs } from './entry.ts';
import type { LogKeys } from './log-keys.ts';
import type { Step } from './redis-calls.ts';
import type { RedisLog } from './redis-log.ts';
import type { RedisSnapshots } from './redis-snapshots.ts';
import { MOVE_BASE } from './scripts/move-base.ts';

export interface Truncation {
  readonly keys: LogKeys;
  readonly log: RedisLog;
  readonly snapshots: RedisSnapshots;
  readonly step: Step;
}

/** Entries looked at by one call. */
const CUT_AT_ONCE = 1_000;

/** Removes batches that end before `before` and are covered by a snapshot. Answers the first number still kept. */
export async function truncate(truncation: Truncation, before: number): Promise<number> {
  const { keys, log, snapshots, step } = truncation;
  const numbers = await snapshots.numbers();
  const point = await coveredPoint(truncation, truncationPoints(numbers, before));
  if (point !== null) {
    const places = [keys.head, keys.log, keys.snapshots];
    await step((link, untilMs) => link.run(MOVE_BASE, places, headArgs(point), untilMs));
  }
  const { base } = await step((link, untilMs) => log.start(link, untilMs));
  if (base.seq > EMPTY_HEAD.seq) await removeBefore(truncation, base.seq, numbers);
  const { batches } = await step((link, untilMs) => log.start(link, untilMs));
  return batches[0]?.firstSeq ?? base.seq + 1;
}

/** The head after the newest of these numbers that a whole snapshot of this very log covers. */
async function coveredPoint({ log, snapshots, step }: Truncation, points: readonly number[]): Promise<LogHead | null> {
  for (const seq of points) {
    const head = await step((link, untilMs) => log.headAt(link, seq, untilMs));
    if (head !== null && (await snapshots.load(seq))?.hash === head.hash) return head;
  }
  return null;
}

async function removeBefore(
  { keys, snapshots, step }: Truncation,
  seq: number,
  numbers: readonly number[],
): Promise<void> {
  await snapshots.forget(numbers.filter((number) => number < seq));
  const cut = ['XTRIM', keys.log, 'MINID'];
  const upTo = `${seq}-1`;
  for (;;) {
    const some = [...cut, '~', upTo, 'LIMIT', String(CUT_AT_ONCE)];
    if (Number(await step((link, untilMs) => link.send(some, untilMs))) === 0) break;
  }
  // The rest lies in one node of the stream.
  await step((link, untilMs) => link.send([...cut, '=', upTo], untilMs));
}
