// Can the log be written? Reading goes on when it cannot, so nothing else of what `doctor` looks at would tell.

import type { Health } from '../../../app/coordinator.ts';
import type { HostProcess } from '../../../app/host-processes.ts';
import type { Checked, Finding } from './doctor-report.ts';
import { stoppedText } from './stopped-text.ts';

/** `isLocked`: somebody keeps the write lock; null where there is none. `rows`: the processes of this host. */
export function checkWriting(
  isLocked: boolean | null,
  trouble: Health['trouble'],
  rows: readonly HostProcess[],
): Checked {
  const findings = [
    ...(isLocked === true ? [lockedFinding(rows)] : []),
    ...troubleFindings(trouble, isLocked === true),
  ];
  const well = isLocked === null ? 'nothing is known to stand against it' : 'nobody keeps the log locked';
  return { name: 'writing', detail: findings.length === 0 ? well : 'not possible', findings };
}

function lockedFinding(rows: readonly HostProcess[]): Finding {
  const stopped = stoppedText(rows);
  return {
    code: 'STORE_UNAVAILABLE',
    message: `Nobody can write the log: a process keeps it locked. ${stopped?.who ?? 'It may be stopped, or a program that is none of Brigade.'}`,
    next:
      stopped?.next ??
      'Look for a stopped process that has the file open (`fuser -v .brigade/brigade.db`), and let it go on or end it. Reading still works.',
  };
}

/** What the desk, or this process, met when it last wrote or read. A log that was lost is told by the witness. */
function troubleFindings(trouble: Health['trouble'], isLocked: boolean): readonly Finding[] {
  if (trouble === null || trouble.code === 'STORE_REGRESSED') return [];
  if (isLocked && trouble.code === 'STORE_UNAVAILABLE') return [];
  const next = 'It is tried again with the next call. If it stays, look at the other findings.';
  return [{ code: trouble.code, message: trouble.message, next }];
}
