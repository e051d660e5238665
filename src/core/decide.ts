// Deciding: what a command changes, and what its caller hears.
//
// Pure: the same state, command and moment always give the same decision. All changes are in the decision's draft, forked from
// the state; the state itself is not touched. First whatever is due is settled, then the command meets the result.

import { isAllowed } from './agent/allowed.ts';
import { changeLifecycle } from './agent/lifecycle.ts';
import { raiseFrom, tell } from './alert/causes.ts';
import { acknowledgeAlert, silenceAlert } from './alert/commands.ts';
import { wallJumpCause } from './alert/moment/clock-trouble.ts';
import { storeCause } from './alert/moment/store-trouble.ts';
import { settleAlerts } from './alert/watch.ts';
import { importAgent, importHistory } from './audit/import.ts';
import type { CallerOf, Command, CommandOf } from './command.ts';
import { openDeliveries } from './delivery/open.ts';
import { claimDelivery, retryDeliveries, settleDeliveries } from './delivery/rules.ts';
import { parseFindingId } from './diagnosis/finding.ts';
import { settleDue, settleTouching } from './due.ts';
import { type FleetEvent, FORMAT, type RequestMark } from './event.ts';
import { noteArchived } from './fleet/archived.ts';
import { reportBreak, resumeGranting } from './fleet/granting.ts';
import { refuseMoved } from './fleet/moved.ts';
import { type FleetState, forkState } from './fleet-state.ts';
import { foreseen } from './foreseen.ts';
import { adoptPolicy } from './governance/adopt-policy.ts';
import { checkIn, recordOutcome, recover } from './governance/check-in-rules.ts';
import { policyDiff } from './governance/policy-diff.ts';
import { beginEdit } from './hook/begin-edit.ts';
import { endTurn } from './hook/end-turn.ts';
import { noteEdits } from './hook/note-edits.ts';
import { closeIncident, noteIncident } from './incident/commands.ts';
import type { Moment } from './instant.ts';
import { acquire } from './lease/acquire.ts';
import { awaitTicket, leaveWait, undelivered, withdraw } from './lease/await.ts';
import { check } from './lease/fence.ts';
import { answerHandoff, handOff } from './lease/hand-off.ts';
import { noteStale } from './lease/refusal.ts';
import { release } from './lease/release.ts';
import { renew } from './lease/renew.ts';
import { revoke } from './lease/revoke.ts';
import { Ledger } from './ledger.ts';
import { LIMITS } from './limits.ts';
import { readMessages, sendAsOperator, sendMessage } from './message/rules.ts';
import { isRejection, type Rejection, reject } from './rejection.ts';
import { repeat } from './repeat.ts';
import type { Answer } from './reply.ts';
import { recall } from './request-memory.ts';
import { rescue } from './rescue/rescue.ts';
import { utf8Bytes } from './resource/key-text.ts';
import type { SessionRow } from './rows.ts';
import { liveSession, refuseLifecycle, refuseOperator, sessionOfHandle } from './session/credential.ts';
import { attach, closeSession, detach, done, hear, isSignOfWork, recordActivity, touch } from './session/presence.ts';
import { register } from './session/register.ts';
import { putState } from './state/put.ts';

export interface Decision {
  /** What to append, in order. A group is all or nothing; an append may be cut between groups only. */
  readonly groups: readonly (readonly FleetEvent[])[];
  readonly answer: Answer;
  /** The state after the groups; merge it into `state` when they are appended, else drop it. */
  readonly draft: FleetState;
}

/** Commands whose effect is remembered by their requestId. The others are harmless to repeat as they are. */
const REMEMBERED: ReadonlySet<Command['op']> = new Set([
  'register',
  'acquire',
  'withdraw',
  'renew',
  'release',
  'hand_off',
  'answer_handoff',
  'put_state',
  'check_in',
  'record_outcome',
  'recover',
  'send_message',
  'pause',
  'resume',
  'archive',
  'restore',
  'retire',
  'adopt_policy',
  'revoke',
  'rescue',
  'set_token',
  'acknowledge_alert',
  'unacknowledge_alert',
  'silence_alert',
  'note_incident',
  'close_incident',
  'retry_deliveries',
]);

/** What they end is due this moment: nobody should have to wait for the next command. */
const LEAVES_WORK: ReadonlySet<Command['op']> = new Set([
  'detach',
  'close_session',
  'check_in',
  'recover',
  'pause',
  'resume',
  'archive',
  'restore',
  'retire',
]);

export function decide(state: FleetState, command: Command, moment: Moment): Decision {
  const moved = refuseMoved(state);
  if (moved !== null) return { groups: [], answer: moved, draft: forkState(state) };
  const ledger = new Ledger(state, moment, 'brigade', command.requestId, tellOf);
  if (state.fleet === null && command.op !== 'found') return { groups: [], answer: notFounded(), draft: ledger.state };
  const more = settleDue(ledger);
  if (more) settleTouching(ledger, resourcesOf(state, command).slice(0, LIMITS.resourcesPerAcquire));
  const own = ledger.groups.length;
  const answer = answerOf(ledger, command, more);
  if (LEAVES_WORK.has(command.op)) settleDue(ledger);
  if (command.dryRun === true) return onlyForeseen(state, answer, ledger.groups.slice(own).flat());
  return { groups: ledger.groups, answer, draft: ledger.state };
}

/** What was due before the command came is not of its making, and is no part of what it would do. */
function onlyForeseen(state: FleetState, answer: Answer, events: readonly FleetEvent[]): Decision {
  const told = isRejection(answer) ? answer : { ...answer, foreseen: foreseen(events) };
  return { groups: [], answer: told, draft: forkState(state) };
}

/** What a group gives cause to is part of it: alerts, and messages about them to those outside. */
function tellOf(ledger: Ledger, events: readonly FleetEvent[]): void {
  raiseFrom(ledger, events);
  openDeliveries(ledger);
}

/** What the command is about: whatever is due there is settled first, however much else is due. */
function resourcesOf(state: FleetState, command: Command): readonly string[] {
  switch (command.op) {
    case 'acquire':
    case 'begin_edit':
      return command.resources;
    case 'await':
    case 'withdraw':
    case 'leave_wait':
    case 'undelivered':
      return state.tickets.get(command.ticket)?.resources ?? [];
    case 'renew':
      return command.leases.map((lease) => lease.resource);
    case 'release':
      return command.leases === 'all' ? [] : command.leases.map((lease) => lease.resource);
    case 'check':
    case 'hand_off':
    case 'revoke':
      return [command.resource];
    case 'rescue':
      return resourcesNamedIn(state, command.finding);
    case 'put_state':
      return [`state:${command.key}`, ...('token' in command.condition ? [command.condition.resource] : [])];
    default:
      return [];
  }
}

/** The lease or the wait that a finding is about. */
function resourcesNamedIn(state: FleetState, finding: string): readonly string[] {
  const ref = parseFindingId(finding)?.ref ?? '';
  const lease = state.leases.get(ref);
  return lease === undefined ? (state.tickets.get(ref)?.resources ?? []) : [lease.resource];
}

function answerOf(ledger: Ledger, command: Command, more: boolean): Answer {
  const flaw = checkRequestId(command);
  if (flaw !== null) return flaw;
  const { by } = command;
  switch (by.kind) {
    case 'session':
      return asSession(ledger, command, by);
    case 'operator':
      return asOperator(ledger, command, by);
    case 'process':
      return OF_HOOKS.has(command.op) ? asSession(ledger, command, by) : notYours(command);
    case 'system':
      return asSystem(ledger, command, more);
  }
}

/** What a hook may do for a session whose handle it cannot show. */
const OF_HOOKS: ReadonlySet<Command['op']> = new Set(['begin_edit', 'note_edits', 'end_turn']);

function asSession(ledger: Ledger, command: Command, by: CallerOf<'session' | 'process'>): Answer {
  if (command.op === 'register') return remembering(ledger, command, 'register', '', () => register(ledger, command));
  const session = liveSession(ledger.state, by);
  if (isRejection(session)) return session;
  const { lifecycle = 'active' } = ledger.state.agents.get(session.agentId) ?? {};
  const isHeard = isAllowed(lifecycle, command.op) || isDone(ledger.state, command, session);
  const refused = isHeard ? null : refuseLifecycle(ledger.state, session);
  if (refused !== null) return refused;
  const answer = remembering(ledger, command, session.sessionId, session.agentId, () =>
    sessionCommand(ledger, command, session),
  );
  if (isRejection(answer)) ledger.as(session.agentId, () => noteStale(ledger, session, command, answer));
  else if (isSignOfWork(command, answer)) {
    const current = ledger.state.sessions.get(session.sessionId);
    const isPaused = ledger.state.agents.get(session.agentId)?.lifecycle !== 'active';
    if (current?.state === 'live' && !isPaused)
      ledger.as(session.agentId, () => recordActivity(ledger, current, noticesSeenBy(command)));
  }
  return answer;
}

/** A hook, which shows no handle, has seen none. */
function noticesSeenBy({ by }: Command): number {
  return by.kind === 'session' ? (by.noticesSeen ?? 0) : 0;
}

function sessionCommand(ledger: Ledger, command: Command, session: SessionRow): Answer {
  switch (command.op) {
    case 'acquire':
      return acquire(ledger, command, session);
    case 'await':
      return awaitTicket(ledger, command, session);
    case 'leave_wait':
      return leaveWait(ledger, command, session);
    case 'undelivered':
      return undelivered(ledger, command, session);
    case 'withdraw':
      return withdraw(ledger, command, session);
    case 'renew':
      return renew(ledger, command, session);
    case 'release':
      return release(ledger, command, session);
    case 'begin_edit':
      return beginEdit(ledger, command, session);
    case 'note_edits':
      return noteEdits(ledger, command, session);
    case 'end_turn':
      return endTurn(ledger, command, session);
    case 'check':
      return check(ledger, command, session);
    case 'hand_off':
      return handOff(ledger, command, session);
    case 'answer_handoff':
      return answerHandoff(ledger, command, session);
    case 'put_state':
      return putState(ledger, command, session);
    case 'check_in':
      return checkIn(ledger, command, session);
    case 'record_outcome':
      return recordOutcome(ledger, command, session);
    case 'recover':
      return recover(ledger, command, session);
    case 'send_message':
      return sendMessage(ledger, command, session);
    case 'read_messages':
      return readMessages(ledger, command, session);
    case 'note_incident':
      return noteIncident(ledger, command);
    case 'rescue':
      return rescue(ledger, command, { kind: 'agent', session });
    case 'hear':
      return hear(ledger, session, noticesSeenBy(command));
    case 'attach':
      return attach(ledger, command, session);
    case 'close_session':
      return closeSession(ledger, command, session);
    default:
      return notYours(command);
  }
}

function asOperator(ledger: Ledger, command: Command, by: CallerOf<'operator'>): Answer {
  const refused = refuseOperator(ledger.state, by);
  if (refused !== null) return refused;
  const actor = `operator:${by.name}`;
  switch (command.op) {
    case 'revoke':
      return remembering(ledger, command, 'operator', actor, () => revoke(ledger, command, actor));
    case 'rescue':
      return remembering(ledger, command, 'operator', actor, () =>
        rescue(ledger, command, { kind: 'operator', name: actor }),
      );
    case 'set_token':
      return remembering(ledger, command, 'operator', actor, () => {
        ledger.emit({ type: 'operator.token_set', kind: command.kind, tokenHash: command.tokenHash });
        return done(true);
      });
    case 'pause':
    case 'resume':
    case 'archive':
    case 'restore':
    case 'retire':
      return remembering(ledger, command, 'operator', actor, () => changeLifecycle(ledger, command));
    case 'adopt_policy':
      return remembering(ledger, command, 'operator', actor, () => adoptPolicy(ledger, command));
    case 'record_outcome':
      return remembering(ledger, command, 'operator', actor, () => recordOutcome(ledger, command, null));
    case 'send_message':
      return remembering(ledger, command, 'operator', actor, () => sendAsOperator(ledger, command, actor));
    case 'import_agent':
      return ledger.as(actor, () => importAgent(ledger, command));
    case 'import_history':
      return ledger.as(actor, () => importHistory(ledger, command));
    case 'resume_granting':
      return ledger.as(actor, () => resumeGranting(ledger, command));
    case 'acknowledge_alert':
    case 'unacknowledge_alert':
      return remembering(ledger, command, 'operator', actor, () => acknowledgeAlert(ledger, command));
    case 'silence_alert':
      return remembering(ledger, command, 'operator', actor, () => silenceAlert(ledger, command));
    case 'note_incident':
      return remembering(ledger, command, 'operator', actor, () => noteIncident(ledger, command));
    case 'close_incident':
      return remembering(ledger, command, 'operator', actor, () => closeIncident(ledger, command));
    case 'retry_deliveries':
      return remembering(ledger, command, 'operator', actor, () => retryDeliveries(ledger, command));
    default:
      return notYours(command);
  }
}

function asSystem(ledger: Ledger, command: Command, more: boolean): Answer {
  switch (command.op) {
    case 'register':
      return remembering(ledger, command, 'register', 'brigade', () => register(ledger, command));
    case 'check':
      return check(ledger, command, null);
    case 'rescue':
      // Whoever has no session may ask what one could do.
      if (command.dryRun !== true) return notYours(command);
      return ledger.as('you', () => rescue(ledger, command, { kind: 'agent', session: null }));
    case 'note_edits':
      return noteEdits(ledger, command, ledger.state.sessions.get(command.sessionId ?? '') ?? null);
    case 'detach':
      return detach(ledger, command);
    case 'touch':
      return touch(ledger, command);
    case 'sweep':
      return done(false, more);
    case 'watch':
      return done(settleAlerts(ledger));
    case 'report_store_trouble':
      return done(tell(ledger, storeCause(command)));
    case 'report_clock_jump':
      return done(tell(ledger, wallJumpCause(command)));
    case 'claim_delivery':
      return claimDelivery(ledger, command);
    case 'settle_deliveries':
      return settleDeliveries(ledger, command);
    case 'found':
      if (ledger.state.fleet !== null) return done(false);
      return found(ledger, command);
    case 'move_format': {
      const from = ledger.state.fleet?.format ?? FORMAT;
      if (from >= FORMAT) return done(false);
      ledger.emit({ type: 'format.moved', from, to: FORMAT });
      return done(true);
    }
    case 'anchor': {
      const { placeId, bootId, timeNamespace, machineId, host, anchorAt, anchorMonoMs, goesOn, why } = command;
      const clock = timeNamespace === undefined ? { bootId } : { bootId, timeNamespace };
      const machine = { ...(machineId === undefined ? {} : { machineId }), ...(goesOn === true ? { goesOn } : {}) };
      ledger.emit({ type: 'place.anchored', placeId, ...clock, ...machine, host, anchorAt, anchorMonoMs, why });
      return done(true);
    }
    case 'mark_drill':
      ledger.emit({ type: 'drill.marked', label: command.label, note: command.note });
      return done(true);
    case 'note_archived':
      return noteArchived(ledger, command);
    case 'report_break':
      return reportBreak(ledger, command);
    default:
      return notYours(command);
  }
}

/** Answers a repeat from memory, else decides with the mark by which a repeat will be recognised. */
function remembering(ledger: Ledger, command: Command, scope: string, actor: string, run: () => Answer): Answer {
  return ledger.as(actor === '' ? 'brigade' : actor, () => {
    if (!REMEMBERED.has(command.op)) return run();
    const known = recall(ledger.state, scope, command.requestId, command.bodyHash);
    if (known !== null) return isRejection(known) ? known : repeat(ledger, command, known, actor);
    const mark: RequestMark = { id: command.requestId, bodyHash: command.bodyHash, scope, op: command.op };
    return ledger.marked(isPartOfMany(ledger, command) ? null : mark, run);
  });
}

/** What was done before the agent was paused is answered as it was, and nothing is done by that; a wait that goes on is not over. */
function isDone(state: FleetState, { op, requestId, bodyHash }: Command, { sessionId }: SessionRow): boolean {
  if (!REMEMBERED.has(op)) return false;
  const known = recall(state, sessionId, requestId, bodyHash);
  return (
    known !== null && !isRejection(known) && (known.ticket === null || state.tickets.get(known.ticket) === undefined)
  );
}

/** A `release all` beyond one decision is asked again with the same id: only its last part is remembered. */
function isPartOfMany(ledger: Ledger, command: Command): boolean {
  if (command.op !== 'release' || command.leases !== 'all' || command.by.kind !== 'session') return false;
  const session = sessionOfHandle(ledger.state, command.by.handleHash);
  return session !== null && ledger.state.leases.countIn('session', session.sessionId) > LIMITS.releasesPerDecision;
}

function checkRequestId({ requestId }: Command): Rejection | null {
  if (requestId !== '' && utf8Bytes(requestId) <= LIMITS.requestIdBytes) return null;
  return reject('INVALID_ARGUMENT', {
    message: `A requestId has 1 to ${LIMITS.requestIdBytes} bytes.`,
    next: 'Use a fresh random id for each new call.',
  });
}

function notYours(command: Command): Rejection {
  if (AUTHORITY.has(command.op))
    return reject('OPERATOR_REQUIRED', {
      message: `${command.op} needs an operator.`,
      next: 'Run it in a terminal, or set BRIGADE_OPERATOR_TOKEN.',
    });
  return reject('CREDENTIAL_REQUIRED', { message: `${command.op} needs a session.`, next: 'Call register first.' });
}

const AUTHORITY: ReadonlySet<Command['op']> = new Set([
  'revoke',
  'set_token',
  'resume_granting',
  'pause',
  'resume',
  'archive',
  'restore',
  'retire',
  'adopt_policy',
  'import_agent',
  'import_history',
  'acknowledge_alert',
  'unacknowledge_alert',
  'silence_alert',
  'close_incident',
  'retry_deliveries',
]);

function found(ledger: Ledger, { fleetId, policy }: CommandOf<'found'>): Answer {
  ledger.group(() => {
    ledger.emit({ type: 'fleet.founded', fleetId, format: FORMAT });
    if (policy === undefined) return;
    const reason = 'Found in the workspace when the fleet was founded.';
    ledger.emit({ type: 'policy.adopted', policy, diff: policyDiff({}, policy), reason });
  });
  return done(true);
}

function notFounded(): Rejection {
  return reject('STORE_UNAVAILABLE', {
    message: 'This log has no fleet yet.',
    next: 'Try again in a moment; opening it founds one.',
    retryAfterMs: 100,
  });
}
