// The single checks of `doctor`. Each looks at one thing and changes nothing.

import { clockFinding } from '../../../app/clock-check.ts';
import type { Health } from '../../../app/coordinator.ts';
import { flawOfLog } from '../../../app/examine-log.ts';
import { longestRest } from '../../../app/trouble.ts';
import { FORMAT } from '../../../core/event.ts';
import { countedLong } from '../../../core/view/count-text.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import type { FleetView, SessionView } from '../../../core/view/views.ts';
import type { Beat } from '../../../ports/event-store.ts';
import type { LogFileReport } from '../../../ports/log-file.ts';
import { grantingNext } from '../../answer/granting-next.ts';
import { seenFrom } from '../../answer/seen-names.ts';
import type { Checked, Finding } from './doctor-report.ts';
import type { KeptExamination } from './examine-kept.ts';

export function checkFile(report: LogFileReport): Checked {
  const findings = report.findings.map((problem) => ({
    code: 'STORE_DAMAGED',
    message: `SQLite found damage in ${report.file}: ${problem}.`,
    next: 'Stop the agents, keep a copy of the file and its -wal, and put a backup in its place: `brigade store restore FILE`.',
  }));
  const trouble = report.checkpointTrouble === null ? [] : [checkpointFinding(report.checkpointTrouble)];
  const size = bytesText(report.fileBytes + report.walBytes);
  const means =
    report.durability === 'host' ? 'answers survive a power loss' : 'answers survive the death of a process only';
  return {
    name: 'store',
    detail: `${report.file}, ${size}, SQLite ${report.libraryVersion} by ${report.driver}, ${means}`,
    findings: [...findings, ...trouble],
  };
}

function checkpointFinding(trouble: string): Finding {
  return {
    code: 'CHECKPOINT_FAILED',
    message: `The write-ahead log could not be folded back: ${trouble}.`,
    next: 'Look whether the disk is full; it is tried again by every process that stays.',
  };
}

export function checkSchema({ report, head, batches, tooNew }: KeptExamination): Checked {
  const isNewer = head.format > FORMAT;
  const message = isNewer
    ? `The log is written in format ${head.format}; this version of Brigade knows up to ${FORMAT}.`
    : `A newer version of Brigade wrote this log from number ${tooNew?.seq ?? 0} on: ${tooNew?.problem ?? ''}`;
  const next = 'This version can neither read nor write it; start a version at least as new as the one that wrote it.';
  const format = batches === 0 ? '' : `, log format ${head.format}`;
  return {
    name: 'schema',
    detail: report === null ? `log format ${head.format}` : `tables of version ${report.schemaVersion}${format}`,
    findings: isNewer || tooNew !== null ? [{ code: 'STORE_VERSION', message, next }] : [],
  };
}

export function checkChain(examination: KeptExamination, asked: string | undefined): Checked {
  const { head, events, batches, hashAt, tooNew } = examination;
  const findings: Finding[] = [];
  const flaw = flawOfLog(examination);
  const whole = batches === 0 ? 'That is its beginning' : `Up to number ${head.seq} it is whole`;
  if (flaw !== null) {
    findings.push({
      code: 'CHAIN_BROKEN',
      message: `The log is damaged or was changed: ${flaw}. ${whole}; what comes after it was not checked.`,
      next: examination.report === null ? MEND_SERVER : MEND_FILE,
    });
  }
  if (asked !== undefined && hashAt === null) {
    findings.push({
      code: 'HEAD_UNKNOWN',
      message: `No batch of this log has the hash ${asked.slice(0, 64)}: it is not the log that the hash was kept from.`,
      next: 'Compare with the place where the hash was kept. If it is right, history was replaced since then.',
    });
  }
  const held = asked === undefined || hashAt === null ? '' : `; the hash given stands at number ${hashAt}`;
  const unread = tooNew === null ? '' : `; the content from number ${tooNew.seq} on is too new and was not checked`;
  return {
    name: 'chain',
    detail: `${countedLong(events, 'event')} in ${countedLong(batches, 'batch', 'batches')}${flaw === null ? '' : ' are whole'}, head ${head.seq} with hash ${head.hash}${held}${unread}`,
    findings,
  };
}

const MEND_FILE =
  'Stop the agents, keep a copy of the file, and put a backup in its place: `brigade store restore FILE`.';
const MEND_SERVER =
  'Stop the agents, and restore a backup beside it under another name: `brigade store restore FILE --fleet NAME`, with BRIGADE_FLEET=NAME on every host from then on.';

export function checkRules(examination: KeptExamination, worktree: string): Checked {
  const { text } = seenFrom(worktree);
  const why = whyRulesUnchecked(examination);
  if (why !== null) return { name: 'rules', detail: `not checked: ${why}`, findings: [], isUnchecked: true };
  const findings = examination.violations.map(({ invariant, detail }) => ({
    code: 'INVARIANT_BROKEN',
    message: `The rule ${invariant} is broken: ${text(detail)}.`,
    next: 'Revoke or release what is wrong (`brigade revoke RES --token N --reason ...`), then `brigade store repair`.',
  }));
  const detail = findings.length > 0 ? `${findings.length} broken` : 'hold over the whole state';
  return { name: 'rules', detail, findings };
}

/** Rules are about the whole state, and half of it breaks some that the whole keeps. */
function whyRulesUnchecked(examination: KeptExamination): string | null {
  if (!examination.isWhole) return 'the beginning of the log was archived';
  if (flawOfLog(examination) !== null) return 'the log is damaged';
  return examination.tooNew === null ? null : 'the log is too new for this version';
}

/** What this host has seen of the log, against the log. */
export function checkWitness({ trouble, head, traits }: Pick<Health, 'trouble' | 'head' | 'traits'>): Checked {
  if (trouble?.code !== 'STORE_REGRESSED') {
    const detail = trouble === null ? `the log reaches what this host has seen of it (${head.seq})` : 'not compared';
    return { name: 'witness', detail, findings: [] };
  }
  const next =
    'Find out who removed or replaced the log; a backup is put in place with `brigade store restore FILE`. Else the next change ' +
    `starts a new epoch, and granting rests for at most ${longestRest(traits.sharedAcrossHosts)}.`;
  return {
    name: 'witness',
    detail: 'the log is not what was seen before',
    findings: [{ code: trouble.code, message: trouble.message, next }],
  };
}

export function checkGranting({ granting }: FleetView): Checked {
  if (granting.ok) return { name: 'granting', detail: 'locks are granted', findings: [] };
  const { code, why, resumesInMs } = granting;
  if (code === 'STORE_MOVED') {
    const finding = { code, message: `${why}. Nothing is decided in this log any more.`, next: grantingNext(granting) };
    return { name: 'granting', detail: 'this log has ended', findings: [finding] };
  }
  const when = resumesInMs === null ? 'an operator says so' : `${durationText(resumesInMs)} have passed`;
  return {
    name: 'granting',
    detail: `rests until ${when}`,
    findings: [
      {
        code,
        message: `Nothing is granted until ${when}: ${why}.`,
        next: 'Look at the other findings; then `brigade store repair --reason ...` lets it go on at once.',
      },
    ],
  };
}

export function checkClock(wallAt: string, lastWallAt: string | null): Checked {
  const finding = clockFinding(wallAt, lastWallAt);
  return { name: 'clock', detail: wallAt, findings: finding === null ? [] : [finding] };
}

/** Sessions whose process is gone, and ended ones that still hold. */
export function checkLeftovers(sessions: readonly SessionView[]): Checked {
  const gone = sessions.filter((session) => session.state === 'live' && session.presence === 'gone');
  const holding = sessions.filter(
    ({ state, presence, leases, waits }) => (state !== 'live' || presence === 'gone') && leases + waits > 0,
  );
  const findings = holding.map(({ agentId, state, leases, waits }) => ({
    code: 'LEFTOVER',
    message: `${agentId}'s session ${state === 'live' ? 'has lost its process' : `is ${state}`} and still has ${countedLong(leases, 'lock')} and ${countedLong(waits, 'wait')}.`,
    next: 'Nothing needs to be done: whoever asks for one of them is served at once, and any `brigade mcp` clears them within 2 s.',
  }));
  const idle = gone.length - gone.filter((session) => holding.includes(session)).length;
  const unseen = sessions.filter(
    ({ state, presence, processes }) => state === 'live' && presence === 'unknown' && processes.length > 0,
  ).length;
  const note = [
    idle === 0 ? '' : `, ${countedLong(idle, 'session')} of gone processes without locks`,
    unseen === 0 ? '' : `, ${countedLong(unseen, 'session')} of an earlier start, another container or machine`,
  ].join('');
  return {
    name: 'leftovers',
    detail: findings.length === 0 ? `nothing is held by anybody gone${note}` : `${findings.length} found${note}`,
    findings,
  };
}

/** Of a log in a file, which only one kernel may write. */
export function checkPlaces(moving: readonly Beat[]): Checked {
  const findings = [...new Set(moving.map(({ bootId }) => bootId))].map((bootId) => ({
    code: 'STORE_UNSAFE',
    message: `Another kernel (boot ${bootId.slice(0, 8)}) writes this file too. That corrupts a SQLite log.`,
    next: 'End the processes there. To share a fleet between machines use `brigade serve` or Redis.',
  }));
  return {
    name: 'places',
    detail: findings.length === 0 ? 'only this kernel writes the log' : 'another kernel writes it',
    findings,
  };
}

function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
