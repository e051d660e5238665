// The program of the thread that examines a log from end to end, with a connection of its own. It changes nothing.

import { parentPort, workerData } from 'node:worker_threads';
import { examineLog, flawOfLog } from './app/examine-log.ts';
import { verifyArchives } from './app/retention/verify-archives.ts';
import { createStore, type ExamineOrder, type ExamineTold, hasher, openArchives } from './compose.ts';
import type { LogExamined } from './ports/log-examiner.ts';

const { log: where, folder, fleetId } = workerData as ExamineOrder;
const log = await createStore(where, { opensDamaged: true });
try {
  await log.open();
  tell({ examined: await examine() });
} finally {
  await log.close();
}

async function examine(): Promise<LogExamined> {
  const found = await examineLog(log, { hasher, onProgress: (reached) => tell({ reached }) });
  const { head, events, batches, chainBreak, unreadable, firstSeq, base } = found;
  const problem = flawOfLog(found);
  const flaw = problem === null ? null : { seq: (chainBreak ?? unreadable)?.seq ?? null, problem };
  const whole = { checkedTo: head.seq, headHash: head.hash, events, batches };
  if (fleetId === null) return { ...whole, archives: 0, flaw };
  const kept = await verifyArchives(await openArchives(folder), hasher, fleetId, { firstSeq, prevHash: base.hash });
  const [worst] = kept.problems;
  const broken =
    worst === undefined ? null : { seq: null, problem: `the archive ${worst.file} does not fit: ${worst.problem}` };
  return { ...whole, archives: kept.archives, flaw: flaw ?? broken };
}

function tell(told: ExamineTold): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread, not a window
  parentPort?.postMessage(told);
}
