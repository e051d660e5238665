// What a row checks besides what was heard, on the state after it.
//
//   B > A                    B is the later token
//   A until 00:37.5          A ends then if nobody does anything more
//   A holds · A is over      A is a lease now, or not any more
//   RES free · RES held by WHO
//   T stands 2               the ticket's place in line now
//   WHO told offered         the newest notice of the session is of this kind
//   WHO waits · WHO waits not
//   KEY is VALUE             governed state
//   AGENT now paused         its lifecycle
//   AGENT updates 3          check-ins that count
//   AGENT lost 2             leases that it lost and is judged by
//   AGENT unread 2           messages for it that it has not said it saw
//   AGENT plans GOAL
//   A asked 1                messages that are about this lease
//   CODE open 2              alerts of this kind that are open
//   CODE retold 1            how often the newest of them was told again

import type { FleetState } from '../../../src/core/fleet-state.ts';
import { leasesOn } from '../../../src/core/lease/conflict.ts';
import { expiresAt } from '../../../src/core/lease/expiry.ts';
import { positionOf } from '../../../src/core/lease/line.ts';
import { mailOf, readUpToOf } from '../../../src/core/message/mailbox.ts';
import { noticesOf } from '../../../src/core/session/notices.ts';
import type { Names } from './names.ts';
import { canonical } from './says.ts';
import { readTime } from './table.ts';

interface CheckContext {
  readonly state: FleetState;
  readonly names: Names;
  /** Time of the table's first row, as written. */
  readonly startsAt: number;
  /** By how much later than written anything was decided. */
  readonly lateMs: number;
  readonly line: number;
}

/** Why the check does not hold, or null. */
export function runCheck(check: string, context: CheckContext): string | null {
  const { state, names, startsAt, lateMs, line } = context;
  const [subject = '', verb = '', ...rest] = check.split(' ');
  const object = rest.join(' ');
  switch (verb) {
    case '>':
      return names.token(subject).token > names.token(object).token ? null : `${check} does not hold`;
    case 'until': {
      const lease = state.leases.get(String(names.token(subject).token));
      if (lease === undefined) return `${subject} is over`;
      const behindMs = expiresAt(state, lease) - (readTime(object, line) - startsAt);
      return behindMs >= 0 && behindMs <= lateMs ? null : `${subject} ends ${behindMs} ms later`;
    }
    case 'holds':
      return holds(state, names.token(subject).token) ? null : `${subject} does not hold`;
    default:
      return otherCheck(subject, verb, object, context);
  }
}

function otherCheck(subject: string, verb: string, object: string, { state, names }: CheckContext): string | null {
  const said = `${verb} ${object}`.trim();
  if (said === 'is over') return holds(state, names.token(subject).token) ? `${subject} still holds` : null;
  if (verb === 'stands') {
    const ticket = state.tickets.get(names.ticket(subject));
    const position = ticket === undefined ? null : positionOf(state, ticket);
    return String(position) === object ? null : `${subject} stands at ${position}`;
  }
  if (verb === 'told') {
    const kind = noticesOf(state, names.session(subject)?.sessionId ?? '', 0).at(-1)?.kind ?? 'nothing';
    return kind === object ? null : `${subject} was told ${kind}`;
  }
  if (verb === 'waits') {
    const waits = state.tickets.countIn('session', names.session(subject)?.sessionId ?? '') > 0;
    return waits === (object !== 'not') ? null : `${subject} ${waits ? 'waits' : 'does not wait'}`;
  }
  if (verb === 'free' || verb === 'held') {
    const holders = [...leasesOn(state, canonical(subject, 'w1'))].map((lease) => names.labelOf(lease.sessionId));
    const told = holders.length === 0 ? 'free' : `held by ${holders.join(' and ')}`;
    return told === said ? null : `${subject} is ${told}`;
  }
  if (verb === 'asked') {
    const asks = state.messages.countIn('lease', String(names.token(subject).token));
    return String(asks) === object ? null : `${asks} messages are about ${subject}`;
  }
  if (verb === 'open' || verb === 'retold') {
    const alerts = [...state.alerts.rows()].filter(({ code }) => code === subject);
    const open = alerts.filter(({ closed }) => closed === null).length;
    const count = verb === 'open' ? open : (alerts.at(-1)?.told ?? 0) - 1;
    return String(count) === object ? null : `${subject} ${verb} ${count}`;
  }
  const ofAgent = agentCheck(subject, verb, state);
  if (ofAgent !== null) return ofAgent === object ? null : `${subject} ${verb} ${ofAgent}`;
  if (verb === 'is') {
    const value = state.entries.get(subject)?.value;
    return String(value) === object ? null : `${subject} is ${String(value)}`;
  }
  throw new Error(`what is checked by "${subject} ${said}"?`);
}

/** What the check asks of the agent; null when it is no question of agents. */
function agentCheck(agentId: string, verb: string, state: FleetState): string | null {
  const conduct = state.conduct.get(agentId);
  switch (verb) {
    case 'now':
      return state.agents.get(agentId)?.lifecycle ?? 'nobody';
    case 'updates':
      return String(conduct?.updates ?? 0);
    case 'lost':
      return String(conduct?.lost.length ?? 0);
    case 'unread':
      return String(mailOf(state, agentId, readUpToOf(state, agentId)).length);
    case 'plans':
      return conduct?.plan?.goal ?? 'nothing';
    default:
      return null;
  }
}

function holds(state: FleetState, token: number): boolean {
  return state.leases.get(String(token)) !== undefined;
}
