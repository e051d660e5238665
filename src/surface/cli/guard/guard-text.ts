// What a guard says: which files, who holds them since when and for what, and what to do instead.

import type { AuditedCommit } from '../../../app/git/audit-commits.ts';
import type { Committer } from '../../../app/git/committer.ts';
import type { Guarded } from '../../../app/git/guard.ts';
import type { HeldChange } from '../../../app/git/judge-changes.ts';
import { counted } from '../../../core/view/count-text.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { resourceText } from '../../../core/view/resource-text.ts';
import { shellQuote } from '../../../core/view/shell-word.ts';

/** Files named; the rest is a number. */
const NAMED = 20;
const PATH_LENGTH = 160;

export interface GuardScene {
  readonly reader: string;
  /** How many files change in all. */
  readonly count: number;
  readonly doing: 'commit' | 'push';
}

/** For people, and for agents that read what git printed; nothing where there is nothing to say. */
export function guardLines(guarded: Guarded, scene: GuardScene): readonly string[] {
  if (guarded.verdict === 'pass') return [];
  return [...heldLines(guarded, scene), ...fleetLines(guarded)];
}

function heldLines({ held, verdict, committer }: Guarded, { reader, count, doing }: GuardScene): readonly string[] {
  if (held.length === 0) return [];
  const what = `${held.length} of ${counted(count, 'changed file')}`;
  const isRefused = verdict === 'refuse';
  const head = isRefused
    ? `brigade guard: this ${doing} is refused, because ${what} ${held.length === 1 ? 'is' : 'are'} held by others:`
    : `brigade guard: ${what} ${held.length === 1 ? 'is' : 'are'} held by agents, who may be at work on ${held.length === 1 ? 'it' : 'them'} now:`;
  return [head, ...fileLines(held, reader), ...adviceLines(held, { isRefused, doing, committer })];
}

function fileLines(held: readonly HeldChange[], reader: string): readonly string[] {
  const shown = held.slice(0, NAMED).map((each) => `  ${fileLine(each, reader)}`);
  return held.length > NAMED ? [...shown, `  ... and ${held.length - NAMED} more`] : shown;
}

function fileLine({ change, lease }: HeldChange, reader: string): string {
  const path = oneLine(change.path, PATH_LENGTH);
  const resource = resourceText(lease.resource, reader);
  const under = resource === `file:${path}` ? '' : ` (${resource})`;
  const since = `since ${new Date(lease.heldSince).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`;
  const idle = lease.idleForMs < 60_000 ? '' : `, idle for ${durationText(lease.idleForMs)}`;
  const reason = lease.reason === '' ? '' : `: ${oneLine(lease.reason, 120)}`;
  return `${path}${under}  ${oneLine(lease.agentId)}, ${since} (${durationText(lease.heldForMs)}${idle})${reason}`;
}

function adviceLines(
  held: readonly HeldChange[],
  { isRefused, doing, committer }: { isRefused: boolean; doing: GuardScene['doing']; committer: Committer },
): readonly string[] {
  const first = held[0]?.change.path ?? '';
  const name = oneLine(first, PATH_LENGTH) === first ? shellQuote(first) : 'FILE';
  if (!isRefused && committer.kind === 'person')
    return ['  It goes ahead, and the holders are told (policy hooks.git.onPerson: warn).'];
  if (!isRefused) return ['  It goes ahead, and is noted (policy hooks.git.onHeld: warn).'];
  const leave =
    doing === 'commit' ? `  Leave them out: git restore --staged -- ${name}` : '  Push without them, or later.';
  const wait = `  Or wait:         brigade acquire ${name} --wait 10m`;
  const ask = `  Or ask:          brigade ask ${name} "what you need it for"`;
  const person =
    committer.kind === 'person'
      ? ['  People are refused by policy hooks.git.onPerson; an operator may change that.']
      : [];
  return [leave, wait, ask, ...person];
}

function fleetLines({ ofFleet, verdict, committer }: Guarded): readonly string[] {
  if (ofFleet.length === 0) return [];
  const names = ofFleet.slice(0, 3).map(({ path }) => oneLine(path, PATH_LENGTH));
  const more = ofFleet.length > names.length ? ` and ${ofFleet.length - names.length} more` : '';
  const list = `${names.join(', ')}${more}`;
  if (verdict !== 'refuse')
    return [
      `brigade guard: ${list} would be committed. The log and its neighbours in .brigade/ are no part of a repository.`,
    ];
  const why = committer.kind === 'agent' ? 'agents write nothing there' : 'people are refused by policy';
  return [
    `brigade guard: this commit is refused, because ${list} ${ofFleet.length === 1 ? 'lies' : 'lie'} in the folder of the fleet, and ${why}.`,
    `  Leave it out: git restore --staged -- .brigade`,
  ];
}

/** Of commits that went past the guards. */
export function auditedLines(audited: readonly AuditedCommit[], reader: string): readonly string[] {
  return audited.flatMap(({ commit, who, held, what, atSeconds }) => [
    `brigade guard: no guard saw ${commit.slice(0, 10)} (${oneLine(what, 80)}), of ${oneLine(who, 80)} at ${new Date(atSeconds * 1_000).toLocaleTimeString('en-GB')}. It changed what was held, and is noted:`,
    ...fileLines(held, reader),
  ]);
}

/** For programs. */
export function guardDocument({ verdict, held, ofFleet, committer }: Guarded, reader: string) {
  return {
    verdict,
    by: spokenCommitter(committer),
    held: held.map((each) => spokenHeld(each, reader)),
    ofFleet: ofFleet.map(({ path }) => path),
  };
}

export function spokenHeld({ change, lease }: HeldChange, reader: string) {
  const { agentId, sessionId, token, mode, reason, heldSince, heldForMs, idleForMs, alive } = lease;
  return {
    path: change.path,
    change: change.kind,
    resource: resourceText(lease.resource, reader),
    holder: { agentId, sessionId },
    token,
    mode,
    reason,
    heldSinceAt: heldSince,
    heldForMs,
    idleForMs,
    alive,
  };
}

function spokenCommitter(committer: Committer) {
  if (committer.kind === 'person') return { kind: 'person' };
  const agents = committer.sessions.map(({ agentId, sessionId }) => ({ agentId, sessionId }));
  return { kind: 'agent', how: committer.how, agents };
}

export function spokenAudits(audited: readonly AuditedCommit[], reader: string) {
  return audited.map((each) => spokenAudit(each, reader));
}

export function spokenAudit({ commit, who, atSeconds, what, held }: AuditedCommit, reader: string) {
  const committedAt = new Date(atSeconds * 1_000).toISOString();
  return { kind: 'commit', commit, who, what, committedAt, held: held.map((each) => spokenHeld(each, reader)) };
}
