// Who sends to a target, and what became of what was sent.
//
// One coordinator at a time works for a target: it claims it for a while, in the log, and goes on claiming while there is work.
// Whoever finds its process gone, or the time over, claims it instead. So an alert is sent once per fleet, and not once per
// coordinator; where a sender dies between a try and its record the same message is sent again under the same id.

import type { ClaimDeliveryCommand, RetryDeliveriesCommand, SettleDeliveriesCommand } from '../command.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { reject } from '../rejection.ts';
import type { Answer } from '../reply.ts';
import type { DeliveryRow } from '../rows.ts';
import { done } from '../session/presence.ts';
import { retryDelayMs } from './back-off.ts';
import { deliveryKey } from './due.ts';
import { type DeliveryTarget, targetNamed, targetsOf } from './target.ts';

/** Takes, renews or gives back the work for a target. Changed nothing where another one has it. */
export function claimDelivery(ledger: Ledger, { target, worker, gone, release }: ClaimDeliveryCommand): Answer {
  const { state, at } = ledger;
  if (targetNamed(state, target) === null) return done(false);
  const claim = state.targets.get(target)?.claim ?? null;
  const isOwn = claim?.worker.id === worker.id;
  if (release) {
    if (!isOwn || claim.until <= at) return done(false);
    ledger.emit({ type: 'delivery.claimed', target, worker, until: at, instead: null });
    return done(true);
  }
  const isOver = claim === null || claim.until <= at;
  const isGone = !isOver && !isOwn && claim.worker.id === gone;
  if (!(isOver || isOwn || isGone) || isDisabled(state, target)) return done(false);
  const until = at + LIMITS.deliveryClaimMs;
  ledger.emit({ type: 'delivery.claimed', target, worker, until, instead: isGone ? gone : null });
  return done(true);
}

/** Records what became of tries. What was delivered counts whoever sent it; a failure only where its sender has the work. */
export function settleDeliveries(ledger: Ledger, command: SettleDeliveriesCommand): Answer {
  const { target, outcomes } = command;
  const named = targetNamed(ledger.state, target);
  if (named === null) return done(false);
  const known = outcomes.flatMap((outcome) => {
    const row = ledger.state.deliveries.get(deliveryKey(target, outcome.message));
    return row === undefined ? [] : [{ row, outcome }];
  });
  const delivered = known.filter(({ outcome }) => outcome.result === 'delivered').map(({ row }) => row.message);
  if (delivered.length > 0) ledger.emit({ type: 'delivery.done', target, messages: delivered });
  if (ledger.state.targets.get(target)?.claim?.worker.id !== command.worker) return done(delivered.length > 0);
  for (const { row, outcome } of known) if (row.state === 'open') fail(ledger, named, row, outcome);
  return done(known.length > 0);
}

type Outcome = SettleDeliveriesCommand['outcomes'][number];

function fail(ledger: Ledger, target: DeliveryTarget, row: DeliveryRow, outcome: Outcome): void {
  if (outcome.result === 'delivered') return;
  const { message } = row;
  const { name } = target;
  const attempts = row.attempts + 1;
  const { detail } = outcome;
  const delayMs = retryDelayMs(target, { ...outcome, attempts });
  if (outcome.result === 'gone') ledger.emit({ type: 'delivery.disabled', target: name, detail });
  // Who is disabled is told the message when it is enabled again, or never: it is as if given up.
  if (outcome.result !== 'failed' || delayMs === null)
    ledger.emit({ type: 'delivery.dead', target: name, message, attempts, detail });
  else {
    const nextAt = ledger.at + delayMs;
    ledger.emit({ type: 'delivery.retrying', target: name, message, attempt: attempts, nextAt, detail });
  }
}

/** An operator asks for what was given up, and enables a target that had said it wants nothing more. */
export function retryDeliveries(ledger: Ledger, { target }: RetryDeliveriesCommand): Answer {
  const { state } = ledger;
  if (targetNamed(state, target) === null) return unknownTarget(state, target);
  const messages = Array.from(state.deliveries.in('dead', target), ({ message }) => message);
  const waiting = state.deliveries.countIn('open', target);
  if (messages.length === 0 && waiting === 0 && !isDisabled(state, target)) return done(false);
  ledger.emit({ type: 'delivery.reopened', target, messages: messages.toSorted((a, b) => a - b) });
  return done(true);
}

export function isDisabled(state: FleetState, target: string): boolean {
  return (state.targets.get(target)?.disabled ?? null) !== null;
}

function unknownTarget(state: FleetState, target: string): Answer {
  const names = targetsOf(state).map(({ name }) => name);
  return reject('INVALID_ARGUMENT', {
    message: `The policy in force names no target ${target}.`,
    next:
      names.length === 0
        ? 'Name one under alerts.deliver of .brigade/policy.json, and adopt it: brigade policy apply.'
        : `There are ${names.join(', ')}: brigade alerts hooks.`,
    details: { target },
  });
}
