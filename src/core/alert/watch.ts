// Causes of alerts that last: found by looking at the whole state, at a moment. Whoever watches over the fleet looks every half
// second (app/alert-watcher.ts) and has decided what it found; the decision looks again, so nothing is told that is not so.
//
// No event is written for a look. So an alert closes by what can be seen at one moment: at once when its subject is no more
// (the wait has ended, the agent goes on); otherwise when its cause is gone, below half of a threshold where there is one,
// and not before the policy's `closeAfterMs` since it was last told, so that nothing flickers. What happens in a moment has
// no cause that could be seen to go: it closes when it has not happened again for ten minutes.

import { movedFrom } from '../fleet/moved.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { isRescueDue, rescueByPolicy } from '../rescue/by-policy.ts';
import type { AlertRow } from '../rows.ts';
import { durationText } from '../view/duration-text.ts';
import { ALERTS, type AlertCause, causeKey } from './alert.ts';
import { contention } from './lasting/contention.ts';
import { grantingRests } from './lasting/granting-rests.ts';
import { offerLapses } from './lasting/offer-lapses.ts';
import { pausedAgent } from './lasting/paused-agent.ts';
import { silentHolder } from './lasting/silent-holder.ts';
import { starvation } from './lasting/starvation.ts';
import { suspectedDeadlock } from './lasting/suspected-deadlock.ts';
import { type Found, type LastingCause, type Look, lookAt } from './look.ts';
import { close, isSilenced, openAlertOf, raise, repeat, roomForAlerts } from './raise.ts';

export interface AlertChanges {
  readonly open: readonly AlertCause[];
  readonly repeat: readonly { readonly alert: AlertRow; readonly cause: AlertCause }[];
  readonly close: readonly { readonly alert: AlertRow; readonly why: string }[];
  /** Policy wants something taken back from a silent holder. */
  readonly rescue: boolean;
}

/** The gravest first: where there is no room for all, they are told. */
const LASTING: readonly LastingCause[] = [
  grantingRests,
  silentHolder,
  starvation,
  suspectedDeadlock,
  pausedAgent,
  offerLapses,
  contention,
];

/** Alerts opened by one look: the next look is half a second away, and an append has a bound. */
const OPENED_AT_ONCE = 64;
const CHANGED_AT_ONCE = 256;

/** What there should be an alert about and is none, which open ones are to be told again, and which have lost their cause. */
export function alertChanges(state: FleetState, at: Instant): AlertChanges {
  const look = lookAt(state, at);
  const found = new Map<string, Found>();
  for (const { find } of LASTING) for (const each of find(look)) found.set(causeKey(each), each);
  const closed: AlertChanges['close'][number][] = [];
  const repeated: AlertChanges['repeat'][number][] = [];
  for (const alert of state.alerts.in('open', 'open')) {
    if (repeated.length + closed.length >= CHANGED_AT_ONCE) break;
    const key = causeKey(alert);
    const there = found.get(key);
    // What is left is told nowhere yet.
    found.delete(key);
    const why = there === undefined ? whyOver(look, alert) : null;
    if (why !== null) closed.push({ alert, why });
    const cause = isToBeRepeated(look, alert) ? (there?.cause() ?? null) : null;
    if (cause !== null) repeated.push({ alert, cause });
  }
  const open = newlyFound({ state, at }, found.values());
  return { open, repeat: repeated, close: closed, rescue: isRescueDue(state, at) };
}

/** As many as there is room for. */
function newlyFound(
  moment: { readonly state: FleetState; readonly at: Instant },
  found: Iterable<Found>,
): readonly AlertCause[] {
  const room = Math.min(OPENED_AT_ONCE, roomForAlerts(moment));
  const open: AlertCause[] = [];
  for (const each of found) {
    if (open.length >= room) break;
    if (openAlertOf(moment, each) !== null || isSilenced(moment, each)) continue;
    const cause = each.cause();
    if (cause !== null) open.push(cause);
  }
  return open;
}

/**
 * Opens, repeats and closes alerts as the state at the ledger's moment demands, and does then what policy wants done about it.
 * True when anything changed.
 */
export function settleAlerts(ledger: Ledger): boolean {
  const changes = alertChanges(ledger.state, ledger.at);
  for (const { alert, why } of changes.close) close(ledger, alert, why);
  for (const cause of changes.open) raise(ledger, cause);
  for (const { alert, cause } of changes.repeat) repeat(ledger, alert, cause);
  const isRescued = rescueByPolicy(ledger);
  return isRescued || changes.open.length + changes.repeat.length + changes.close.length > 0;
}

/** False where a look can find nothing, so nobody need look: nobody waits, is paused or asks in vain, and all is well. */
export function isWorthWatching(state: FleetState, at: Instant): boolean {
  if (movedFrom(state) !== null) return false;
  if (state.tickets.size > 0 || state.fleet?.suspended != null) return true;
  if (state.alerts.countIn('open', 'open') > 0 || state.agents.countIn('paused', 'paused') > 0) return true;
  for (const { at: refusedAt } of state.refusals.rows()) if (refusedAt + LIMITS.retryEdgeMs > at) return true;
  return false;
}

/** Told once and looked after by nobody. */
function isToBeRepeated({ at, policy }: Look, { toldAt, acknowledged, silenced }: AlertRow): boolean {
  if (acknowledged !== null || (silenced !== null && silenced.until > at)) return false;
  return toldAt + policy.alerts.repeatMs <= at;
}

/** Why the alert is over; null while it is not. */
function whyOver(look: Look, alert: AlertRow): string | null {
  const { closeAfterMs } = look.policy.alerts;
  const toldForMs = look.at - alert.toldAt;
  if (!ALERTS[alert.code].lasts) {
    const quietMs = Math.max(LIMITS.alertQuietMs, closeAfterMs);
    return toldForMs < quietMs ? null : `It has not happened again for ${durationText(quietMs)}.`;
  }
  const over = LASTING.find(({ codes }) => codes.includes(alert.code))?.isOver(look, alert) ?? null;
  if (over === null) return null;
  return over.ended || toldForMs >= closeAfterMs ? over.why : null;
}
