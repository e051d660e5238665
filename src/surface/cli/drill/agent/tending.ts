// A quiet piece of work, as agents do it all day: take what it needs, change it, give it back, and now and then say what was
// done. No file grows by it, because nobody knows when a demo ends.

import { setTimeout as pause } from 'node:timers/promises';
import type { PlannedPiece } from '../protocol.ts';
import { withMark } from '../workspace-files.ts';
import { acquire, release } from './locks.ts';
import { type Desk, editFile } from './updates.ts';

/** Nobody looks at the clock here: long enough for the slowest machine. */
const TTL_MS = 60_000;

/** A wait that would have closed a circle, and a lease that ended on the way, end the piece; the next one is another. */
export async function tend(desk: Desk, piece: PlannedPiece): Promise<void> {
  const { calls, notebook, agentId } = desk;
  await pause(piece.pauseMs);
  const resources = piece.files.map((file) => `file:${file}`);
  const held = await acquire(calls, notebook, { resources, reason: piece.summary, update: null, ttlMs: TTL_MS });
  if ('aborted' in held) return;
  for (const [i, file] of piece.files.entries()) {
    const token = held.leases[i]?.token ?? 0;
    const change = (text: string): string => withMark(text, piece.line, agentId);
    await editFile(desk, held, { file, token, dwellMs: piece.dwellMs, change });
  }
  await release(calls, notebook, held);
  if (piece.report === null) return;
  const { confidence, isTested } = piece.report;
  const outcomes = [{ kind: 'tests', ok: isTested }];
  await calls.call('check_in', { summary: piece.summary, confidence, outcomes });
}
