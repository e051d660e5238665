// What is heard: the caller's answer, then what happened to the others, as clauses in the order of the log.
//
//   granted A B · renewed A · queued 2 T · offered T · released A · withdrew · holds · stale held by WHO · version 3
//   is AGENT · resumed · warned · keeps handle · revoked A · done · nothing · refused CODE
//   proceed C · guide C · pause C · because CODE · labels N · stays paused · sent M · KIND from WHO M · no messages · more
//   now LIFECYCLE · still LIFECYCLE · adopted · same
//   WHO granted A · WHO offered T · WHO lapsed T · WHO expired A · WHO revoked A · WHO dropped A · WHO gave back A
//   WHO passed WHO · WHO aborted T · WHO timed out T · WHO left T · WHO closed · WHO lost · H lapsed · suspected WHO...
//   AGENT paused (by policy) · AGENT archived (by policy) · AGENT restored (by coming back)
//
// A clause may be cut short at the end (`ana expired` for `ana expired A`), but no clause may be missing or too many.

import type { FleetEvent } from '../../../src/core/event.ts';
import type { FleetState } from '../../../src/core/fleet-state.ts';
import type { Reason } from '../../../src/core/governance/check-in.ts';
import { isRejection } from '../../../src/core/rejection.ts';
import type { Answer, RefusedLease } from '../../../src/core/reply.ts';
import { keyOf, type Names, type Thing } from './names.ts';

type Word = string | Thing;
type Clause = readonly Word[];

export interface Heard {
  readonly answer: Answer | null;
  /** What was logged since the row before. */
  readonly events: readonly FleetEvent[];
  /** Session of the caller; null for operators and Brigade. */
  readonly sessionId: string | null;
  /** The state after the row. */
  readonly state: FleetState;
}

/** Why `expected` is not what was heard, or null. Takes new names where it meets them. */
export function compareHeard(expected: string, heard: Heard, names: Names): string | null {
  const clauses = [...answerClauses(heard), ...eventClauses(heard, names)];
  const wanted = expected === '-' ? [] : expected.split(/,\s*/);
  const told = clauses.map((clause) => clause.map((word) => show(word, names)).join(' ')).join(', ') || '-';
  if (wanted.length !== clauses.length) return `heard: ${told}`;
  for (const [i, clause] of clauses.entries()) {
    const flaw = compareClause(wanted[i] as string, clause, names);
    if (flaw !== null) return `heard: ${told} (${flaw})`;
  }
  return null;
}

function compareClause(wanted: string, clause: Clause, names: Names): string | null {
  const words = wanted.split(' ');
  if (words.length > clause.length) return `no more than ${clause.map((word) => show(word, names)).join(' ')}`;
  for (const [i, word] of words.entries()) {
    const heard = clause[i] as Word;
    const flaw =
      typeof heard === 'string'
        ? word === heard || word === '_'
          ? null
          : `"${heard}", not "${word}"`
        : names.name(word, heard);
    if (flaw !== null) return flaw;
  }
  return null;
}

function show(word: Word, names: Names): string {
  return typeof word === 'string' ? word : (names.nameOf(word) ?? `[${keyOf(word)}]`);
}

function answerClauses({ answer, state, events }: Heard): readonly Clause[] {
  if (answer === null) return [];
  if (isRejection(answer)) return [['refused', answer.code]];
  switch (answer.op) {
    case 'acquire': {
      if (answer.status === 'queued') {
        const ticket = ticketOf(answer.ticket ?? '');
        return [answer.offeredUntil === null ? ['queued', String(answer.position), ticket] : ['offered', ticket]];
      }
      return [[answer.status, ...answer.leases.map(tokenOf)], ...answer.refused.map(refusedClause)];
    }
    case 'release': {
      const more = answer.more ? [['more']] : [];
      return [['released', ...answer.released.map(tokenOf)], ...answer.refused.map(refusedClause), ...more];
    }
    case 'withdraw':
      return [answer.withdrawn ? ['withdrew', ...answer.released.map(tokenOf)] : ['nothing']];
    case 'check':
      if (answer.holds) return [['holds']];
      return [answer.holder === null ? ['stale', 'free'] : ['stale', 'held', 'by', answer.holder.agentId]];
    case 'hand_off':
      return [['offered', { kind: 'offer', offer: answer.offer }]];
    case 'answer_handoff':
      return [answer.lease === null ? ['declined'] : ['granted', tokenOf(answer.lease)]];
    case 'put_state':
      return [['version', String(answer.version)]];
    case 'check_in': {
      const named = answer.checkInId === null ? [] : [{ kind: 'check-in', checkInId: answer.checkInId } as const];
      return [[answer.verdict, ...named], ...answer.reasons.map(because)];
    }
    case 'record_outcome':
      return [['labels', String(answer.calibration.labels)]];
    case 'recover':
      return answer.resumed ? [['resumed']] : [['stays', 'paused'], ...answer.reasons.map(because)];
    case 'send_message':
      return [['sent', messageOf(answer.messageId, state)]];
    case 'read_messages': {
      const read = answer.messages.map(({ from, kind, messageId }) => [
        kind,
        'from',
        from,
        messageOf(messageId, state),
      ]);
      return [...(read.length === 0 ? [['no', 'messages']] : read), ...(answer.more ? [['more']] : [])];
    }
    case 'lifecycle':
      return [[answer.changed ? 'now' : 'still', answer.lifecycle]];
    case 'adopt_policy':
      return [[answer.changed ? 'adopted' : 'same']];
    case 'import':
      return [[answer.changed ? 'imported' : 'same']];
    case 'revoke':
      return [['revoked', ...answer.revoked.map(tokenOf)]];
    case 'rescue':
      return [['rescued']];
    case 'done':
      // Whoever watches by itself has told it before it is asked to.
      if (answer.changed && isAboutAlerts(events)) return [];
      return [[answer.changed ? 'done' : 'nothing'], ...(answer.more ? [['more']] : [])].filter(
        ([word]) => word !== 'nothing' || state.fleet === null,
      );
    case 'register':
      return [
        ['is', answer.agentId],
        ...(answer.resumed ? [['resumed']] : []),
        ...(answer.warnings.length > 0 ? [['warned']] : []),
        ...(answer.handleAccepted ? [] : [['keeps', 'handle']]),
      ];
  }
}

/** What is told of alerts is checked by what is open, and not heard by whoever speaks. */
function isAboutAlerts(events: readonly FleetEvent[]): boolean {
  return events.length > 0 && events.every(({ type }) => type.startsWith('alert.') || type.startsWith('incident.'));
}

function eventClauses(heard: Heard, names: Names): readonly Clause[] {
  return heard.events.flatMap((event) => {
    const clause = eventClause(event, heard, names);
    return clause === null ? [] : [clause];
  });
}

/** What others see of an event; null for what the answer says already and for what nobody needs to be told. */
function eventClause(event: FleetEvent, heard: Heard, names: Names): Clause | null {
  const who = names.labelOf(event.sessionId ?? '');
  const isOwn = event.sessionId === heard.sessionId;
  switch (event.type) {
    case 'wait.ended':
      if (isOwn && isAnswered(event.ticket, heard)) return null;
      return waitEndedClause(event, who, heard);
    case 'lease.expired':
      return [who, 'expired', tokenOf(event)];
    case 'lease.revoked':
      return isAuthorities(heard) ? null : [who, 'revoked', tokenOf(event)];
    case 'lease.dropped':
      return [who, 'dropped', tokenOf(event)];
    case 'lease.released':
      if (event.why === 'undelivered') return [who, 'gave', 'back', tokenOf(event)];
      return isOwn && isReleased(event.token, heard) ? null : [who, 'released', tokenOf(event)];
    case 'lease.offered':
      return isOwn && isAnswered(event.ticket, heard) ? null : [who, 'offered', ticketOf(event.ticket)];
    case 'offer.lapsed':
      return [who, 'lapsed', ticketOf(event.ticket)];
    case 'wait.passed':
      return [who, 'passed', names.labelOf(heard.state.tickets.get(event.passed)?.sessionId ?? event.passed)];
    case 'session.closed':
      return isOwn ? null : [who, 'closed'];
    case 'session.lost':
      return [who, 'lost'];
    case 'agent.paused':
      return event.by === 'policy' ? [event.agentId ?? '', 'paused'] : null;
    case 'agent.archived':
      return event.by === 'policy' ? [event.agentId ?? '', 'archived'] : null;
    case 'agent.restored':
      return event.by === 'return' ? [event.agentId ?? '', 'restored'] : null;
    case 'handoff.ended':
      if (heard.answer !== null && !isRejection(heard.answer) && heard.answer.op === 'answer_handoff') return null;
      return [{ kind: 'offer', offer: event.offer }, event.outcome];
    case 'deadlock.suspected':
      return ['suspected', ...event.agents];
    case 'granting.suspended':
      return ['granting', 'suspended'];
    case 'granting.resumed':
      return ['granting', 'resumed'];
    case 'names.folded':
      return ['names', 'folded'];
    case 'line.unsettled':
      return ['left', 'due'];
    default:
      return null;
  }
}

function waitEndedClause(event: FleetEvent & { type: 'wait.ended' }, who: string, heard: Heard): Clause | null {
  switch (event.outcome) {
    case 'granted':
      return [who, 'granted', ...event.tokens.map((token) => tokenOf({ token, resource: resourceOf(heard, token) }))];
    case 'withdrawn':
      return heard.answer === null ? [who, 'withdrew', ticketOf(event.ticket)] : null;
    case 'timed_out':
      return [who, 'timed', 'out', ticketOf(event.ticket)];
    case 'deadlock':
      return [who, 'aborted', ticketOf(event.ticket)];
    case 'session_ended':
      return [who, 'left', ticketOf(event.ticket)];
  }
}

function isAnswered(ticket: string, { answer }: Heard): boolean {
  if (answer === null) return false;
  if (!isRejection(answer)) return (answer.op === 'acquire' || answer.op === 'withdraw') && answer.ticket === ticket;
  return answer.details.ticket === ticket;
}

function isReleased(token: number | undefined, { answer }: Heard): boolean {
  if (answer === null || isRejection(answer)) return false;
  return (answer.op === 'release' || answer.op === 'withdraw') && answer.released.some((each) => each.token === token);
}

function isAuthorities({ answer }: Heard): boolean {
  return answer !== null && !isRejection(answer) && answer.op === 'revoke';
}

function resourceOf({ events, state }: Heard, token: number): string {
  const granted = events.find((event) => event.type === 'lease.granted' && event.seq === token);
  return granted?.resource ?? state.leases.get(String(token))?.resource ?? '';
}

function refusedClause(refused: RefusedLease): Clause {
  return ['refused', refused.code];
}

function tokenOf({ token, resource }: { readonly token?: number; readonly resource?: string }): Thing {
  return { kind: 'token', token: token ?? 0, resource: resource ?? '' };
}

function because({ code }: Reason): Clause {
  return ['because', code];
}

function messageOf(messageId: string, { messages }: FleetState): Thing {
  return { kind: 'message', messageId, seq: messages.get(messageId)?.seq ?? 0 };
}

function ticketOf(ticket: string): Thing {
  return { kind: 'ticket', ticket };
}
