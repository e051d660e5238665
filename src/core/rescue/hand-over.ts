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
import type { LeaseRow } from '../rows.ts';

type HandOver = Extract<Action, { kind: 'hand_over' }>;
type Wait = HandOver['waits'][number];

/** The action for this one of those who wait; or what else is in its way. */
export function handedOverTo(state: FleetState, action: HandOver, wait: Wait): HandOver | Rejection {
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
  const [wait] = action.waits;
  const leases = wait === undefined ? [] : inTheWayOf(ledger.state, action, wait);
  const refused = refuseGranting(ledger.state, ledger.at) ?? ('code' in leases ? leases : null);
  const ticket = ledger.state.tickets.get(wait?.ticket ?? '');
  if (refused !== null || 'code' in leases || ticket === undefined) return refused;
  const { agentId, sessionId } = ticket;
  return ledger.group(() => {
    begin();
    endLeasesTogether(ledger, leases, ending, () => {
      const until = ledger.at + LIMITS.claimMs;
      ledger.emit({ type: 'lease.offered', agentId, sessionId, ticket: ticket.ticket, until, revived: false });
    });
    resolveCyclesOf(ledger, sessionId);
    return null;
  });
}

/**
 * The holder's leases that stand in the way of the wait; a rejection where others' do too. An offer is nobody's lease and is not
 * taken back, whoever has it.
 */
function inTheWayOf(
  state: FleetState,
  { sessionId }: HandOver,
  { ticket, agentId }: Wait,
): readonly LeaseRow[] | Rejection {
  const row = state.tickets.get(ticket);
  const tokens = new Set<number>();
  for (const blocker of row === undefined ? [] : blockersOf(state, row)) {
    if (blocker.kind === 'waiter') continue;
    const isOwn = blocker.kind === 'holder' && blocker.sessionId === sessionId;
    if (!isOwn || tokens.size > LEASES_AT_ONCE) return notAlone(agentId, blocker);
    tokens.add(blocker.token ?? 0);
  }
  return [...tokens].flatMap((token) => state.leases.get(String(token)) ?? []);
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
