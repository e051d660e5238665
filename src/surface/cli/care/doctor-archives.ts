// Are the archives whole, and does the chain go through all of them into the log?

import { verifyArchives } from '../../../app/retention/verify-archives.ts';
import { archivesPath, hasher, openArchives } from '../../../compose.ts';
import { counted, countedLong } from '../../../core/view/count-text.ts';
import type { SeenFleet } from '../open-fleet.ts';
import type { Checked, Finding } from './doctor-report.ts';
import type { KeptExamination } from './examine-kept.ts';

/** Nothing where nothing was ever archived. */
export async function checkArchives({ host, fleet }: SeenFleet, file: KeptExamination): Promise<readonly Checked[]> {
  const fleetId = fleet.seatPorts.fleetId();
  const { firstSeq, base } = file;
  if (fleetId === null) return [];
  const path = archivesPath(host);
  const report = await verifyArchives(await openArchives(path), hasher, fleetId, { firstSeq, prevHash: base.hash });
  if (report.archives === 0 && !isCut(file)) return [];
  if (report.archives === 0 && file.report === null) return [elsewhere(firstSeq)];
  const findings: Finding[] = report.problems.map(({ file: name, problem }) => ({
    code: 'ARCHIVE_BROKEN',
    message: `The archive ${path}/${name} does not fit the chain: ${problem}.`,
    next: 'Put a copy of it in its place, or of the one before it. The log itself is not affected.',
  }));
  if (report.archives === 0)
    findings.push({
      code: 'ARCHIVE_MISSING',
      message: `The log begins at ${firstSeq}, and no archive in ${path} holds what came before.`,
      next: 'Put the archives back where they were. The log itself is not affected.',
    });
  const { archives, events } = report;
  const detail = `${countedLong(events, 'event')} in ${counted(archives, 'file')}`;
  return [{ name: 'archives', detail, findings }];
}

/** Of several hosts that share a log one keeps the archives. */
function elsewhere(firstSeq: number): Checked {
  const note: Finding = {
    code: 'ARCHIVES_ELSEWHERE',
    message: `The log begins at ${firstSeq}, and what came before is in no archive of this host.`,
    next: 'The host that archived it last goes on. Where that is gone for good, copy its .brigade/archive/ to this one, which then goes on instead.',
  };
  return { name: 'archives', detail: 'on another host', findings: [], notes: [note] };
}

/** Something was cut off; a log that was begun anew after a loss begins as every log does. */
function isCut({ isWhole }: KeptExamination): boolean {
  return !isWhole;
}
