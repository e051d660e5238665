// Passing what a holder cannot go on with to one of those who wait for it, ahead of whoever stands before it in line.
//
// The leases in its way are revoked, and it is offered what it waits for: a call that waits claims that at once, one that is
// away has the time of any offer, and where it lapses the line goes on in its order. Those before it keep their places.

import { resolveCyclesOf } from '../deadlock/resolve.ts';
import { namesText } from '../diagnosis/facts.ts';
import type { Action } from '../diagnosis/finding.ts';
import { refuseGranting } from '../fleet/granting.ts';
import type { FleetState } from '../fleet-state.ts';
import { type Ending, endLeasesTogether } from '../lease/end.ts';
import { blockersOf } from '../lease/line.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { type Rejection, reject } from '../rejection.ts';
import type { Blocker } from '../reply.ts';
import type { LeaseRow, TicketRow } from '../rows.ts';

type HandOver = Extract<Action, { kind: 'hand_over' }>;

/** The action for this one of those who wait; or what else is in its way. */
export function handedOverTo(state: FleetState, action: HandOver, wait: TicketRow): HandOver | Rejection {
  const inTheWay = inTheWayOf(state, action, wait);
  if ('code' in inTheWay) return inTheWay;
  const [first] = action.waits;
  const what = namesText(inTheWay.map(({ resource }) => resource));
  const [from = ''] = inTheWay.map(({ agentId }) => agentId);
  return {
    ...action,
    who: wait.ticket === first?.ticket ? action.whoFirst : 'operator',
    waits: [wait],
    means: `hand ${what} over from ${from} to ${wait.agentId}`,
  };
}

/** `begin` is written first, in the same group. */
export function handOver(ledger: Ledger, action: HandOver, ending: Ending, begin: () => void): Rejection | null {
  const refused = refuseGranting(ledger.state, ledger.at);
  if (refused !== null) return refused;
  const [wait] = action.waits;
  if (wait === undefined) return null;
  const leases = inTheWayOf(ledger.state, action, wait);
  if ('code' in leases) return leases;
  const { agentId, sessionId, ticket } = wait;
  return ledger.group(() => {
    begin();
    endLeasesTogether(ledger, leases, ending, () => {
      const until = ledger.at + LIMITS.claimMs;
      ledger.emit({ type: 'lease.offered', agentId, sessionId, ticket, until, revived: false });
    });
    resolveCyclesOf(ledger, sessionId);
    return null;
  });
}

/**
 * The holder's leases that stand in the way of the wait; a rejection where others' do too. An offer is nobody's lease and is not
 * taken back, whoever has it.
 */
function inTheWayOf(state: FleetState, { sessionId }: HandOver, wait: TicketRow): readonly LeaseRow[] | Rejection {
  const tokens = new Set<number | null>();
  for (const blocker of blockersOf(state, wait)) {
    if (blocker.kind === 'waiter') continue;
    const isOwn = blocker.kind === 'holder' && blocker.sessionId === sessionId;
    if (!isOwn || tokens.size > LEASES_AT_ONCE) return notAlone(wait.agentId, blocker);
    tokens.add(blocker.token);
  }
  return [...state.leases.in('session', sessionId)].filter(({ token }) => tokens.has(token));
}

const LEASES_AT_ONCE = 64;

function notAlone(to: string, { kind, agentId, resource }: Pick<Blocker, 'kind' | 'agentId' | 'resource'>): Rejection {
  const what = kind === 'offer' ? `${resource}, which ${agentId} has the offer of,` : `${resource} of ${agentId}`;
  return reject('NOT_SAFE', {
    message: `${to} waits for ${what} as well, so it could not go on with what is handed over.`,
    next: 'See to that first, or name another one who waits.',
    details: { agentId, resource },
  });
}
