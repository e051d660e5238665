// Causes of alerts that happen in one moment. They are told in the group of the events that are the cause, so no process that
// dies in between keeps them from being told. What ends the subject of an alert closes it in the same way.

import type { FleetEvent } from '../event.ts';
import { fleetPolicy } from '../governance/policy.ts';
import type { Ledger } from '../ledger.ts';
import { ALERTS, type AlertCause, type AlertCode } from './alert.ts';
import { restCause } from './lasting/granting-rests.ts';
import { pauseCause } from './lasting/paused-agent.ts';
import { clockCause } from './moment/clock-trouble.ts';
import { deadlockCause } from './moment/deadlock.ts';
import { collisionCause } from './moment/identity-collision.ts';
import { bypassCause } from './moment/lease-bypassed.ts';
import { lostCause } from './moment/session-lost.ts';
import { close, isSilenced, openAlertOf, raise, repeat } from './raise.ts';

/** Raises what `events`, a group about to be closed, give cause to, and closes what they end. */
export function raiseFrom(ledger: Ledger, events: readonly FleetEvent[]): void {
  for (const event of events) {
    for (const { code, subject, why } of endsIn(event)) closeEnded(ledger, code, subject, why);
    const cause = causeIn(ledger, event, events);
    if (cause !== null) tell(ledger, cause);
  }
}

/**
 * Opens an alert; where one is open and the cause is of a moment, it has happened again, which is told now and then. True when
 * anything was told.
 */
export function tell(ledger: Ledger, cause: AlertCause): boolean {
  const open = openAlertOf(ledger, cause);
  const { seq } = ledger;
  if (open === null) raise(ledger, cause);
  else if (!ALERTS[cause.code].lasts && open.acknowledged === null && !isSilenced(ledger, cause)) {
    const { closeAfterMs } = fleetPolicy(ledger.state.fleet?.policy?.content ?? null).alerts;
    if (open.toldAt + closeAfterMs <= ledger.at) repeat(ledger, open, cause);
  }
  return ledger.seq > seq;
}

function causeIn(ledger: Ledger, event: FleetEvent, group: readonly FleetEvent[]): AlertCause | null {
  const { state } = ledger;
  switch (event.type) {
    case 'wait.ended':
      return event.outcome === 'deadlock' ? deadlockCause(event) : null;
    case 'session.lost':
      return lostCause(state, event);
    case 'file.edited':
      return bypassCause(state, event, group);
    case 'session.opened':
      return collisionCause(state, event);
    case 'place.anchored':
      return clockCause(ledger.before, event);
    case 'agent.paused': {
      const agent = state.agents.get(event.agentId ?? '');
      return agent?.lifecycle === 'paused' ? pauseCause(agent) : null;
    }
    case 'granting.suspended':
    case 'invariant.broken':
    case 'epoch.started':
      return restCause(state, event.at);
    default:
      return null;
  }
}

interface Ended {
  readonly code: AlertCode;
  readonly subject: string;
  readonly why: string;
}

/** Subjects of alerts that are no more. */
function endsIn(event: FleetEvent): readonly Ended[] {
  switch (event.type) {
    case 'lease.released':
    case 'lease.expired':
    case 'lease.revoked':
    case 'lease.dropped':
      return [{ code: 'silent_holder', subject: String(event.token), why: 'The lease has ended.' }];
    case 'wait.ended':
      return (['starvation', 'offer_lapses'] as const).map((code) => {
        return { code, subject: event.ticket, why: `The wait has ended: ${event.outcome.replace('_', ' ')}.` };
      });
    case 'lease.offered':
      return [{ code: 'starvation', subject: event.ticket, why: 'It has its turn.' }];
    case 'agent.resumed':
    case 'agent.archived':
    case 'agent.retired': {
      const subject = event.agentId ?? '';
      return [{ code: 'paused_agent', subject, why: `${subject} is ${event.type.slice('agent.'.length)}.` }];
    }
    case 'granting.resumed':
      return (['log_regressed', 'invariant_broken'] as const).map((code) => {
        return { code, subject: '', why: 'Granting goes on.' };
      });
    default:
      return [];
  }
}

function closeEnded(ledger: Ledger, code: AlertCode, subject: string, why: string): void {
  const open = openAlertOf(ledger, { code, subject });
  if (open !== null && ledger.fits(1, why.length)) close(ledger, open, why);
}
