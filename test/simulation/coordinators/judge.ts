// Judges answers against the log: what was said to be done is there, in the name of the caller, and a repeat says the
// same.

import type { Command } from '../../../src/core/command.ts';
import { isRejection } from '../../../src/core/rejection.ts';
import type { AcquireReply, Answer, Reply } from '../../../src/core/reply.ts';
import { BrokenPromise } from '../../support/witness.ts';
import type { Observer } from './observer.ts';

/** Throws when the answer claims something that the log does not say. */
export function expectLogged(log: Observer, command: Command, answer: Answer, sessionId: string): void {
  if (isRejection(answer) || command.dryRun === true) return;
  log.look();
  const scope = command.by.kind === 'operator' ? 'operator' : sessionId;
  const isMarked = log.everMarked.has(`${scope} ${command.requestId}`);
  if (answer.op === 'acquire') expectGrants(log, command, answer, sessionId);
  else expect(isLogged(log, command, answer, isMarked), answer.op, command, answer);
}

function isLogged(log: Observer, command: Command, answer: Reply, isMarked: boolean): boolean {
  switch (answer.op) {
    case 'register':
      return log.sessions.has(answer.sessionId);
    case 'release':
      return answer.released.every(({ token }) => log.released.has(token));
    case 'withdraw':
      return !answer.withdrawn || log.withdrawn.has(answer.ticket) || answer.released.length > 0;
    case 'hand_off':
      return isMarked && log.offers.has(answer.offer);
    case 'answer_handoff':
      return isMarked;
    case 'put_state':
      return isMarked && wrote(log, command, answer);
    case 'check_in':
      return isMarked && log.checkIns.has(answer.checkInId ?? '');
    case 'send_message':
      return isMarked && log.messages.has(answer.messageId);
    case 'record_outcome':
      return isMarked;
    case 'recover':
      return isMarked === answer.resumed;
    case 'lifecycle':
    case 'adopt_policy':
      return isMarked === answer.changed;
    default:
      return true;
  }
}

function expectGrants(log: Observer, command: Command, answer: AcquireReply, sessionId: string): void {
  for (const { token, resource, mode } of answer.leases) {
    const grant = log.grants.get(token);
    const isOver = log.state.leases.get(String(token)) === undefined;
    // What was granted to a wait that took so long that the lease has ended is told by what was asked for.
    const isRight = grant?.sessionId === sessionId && grant.resource === resource && (isOver || grant.mode === mode);
    expect(isRight, `grant of ${token}`, command, answer);
  }
  if (answer.ticket !== null) expect(log.tickets.get(answer.ticket) === sessionId, 'ticket', command, answer);
}

/** The version that was answered was written by this request; or the log has been lost since. */
function wrote(log: Observer, { requestId }: Command, { key, version }: Extract<Reply, { op: 'put_state' }>): boolean {
  for (const put of log.puts.values()) {
    if (put.key === key && put.version === version) return put.requestId === requestId;
  }
  return log.epochs.length > 0;
}

/** Throws when a repeat was answered with something else than the first time. */
export function expectSameEffect(command: Command, first: Reply, again: Reply): void {
  const isSame = first.op === again.op && isSameEffect(first, again);
  if (!isSame) {
    throw new BrokenPromise(
      'repeats',
      `${command.op} ${command.requestId}: ${JSON.stringify(first)} and then ${JSON.stringify(again)}`,
    );
  }
}

function isSameEffect(first: Reply, again: Reply): boolean {
  switch (first.op) {
    case 'put_state':
      return again.op === 'put_state' && again.version === first.version;
    case 'hand_off':
      return again.op === 'hand_off' && again.offer === first.offer;
    case 'check_in':
      return again.op === 'check_in' && JSON.stringify(again) === JSON.stringify(first);
    case 'send_message':
      return again.op === 'send_message' && again.messageId === first.messageId;
    case 'record_outcome':
      return again.op === 'record_outcome' && again.checkInId === first.checkInId;
    case 'recover':
      // What was refused left nothing to be remembered by, and may be granted now.
      return again.op === 'recover' && (again.resumed || !first.resumed);
    case 'register':
      return again.op === 'register' && again.sessionId === first.sessionId;
    case 'withdraw':
      return again.op === 'withdraw' && again.ticket === first.ticket;
    case 'release':
      // One that released nothing left nothing to be remembered by.
      return again.op === 'release' && (first.released.length === 0 || isWithin(again.released, first.released));
    case 'acquire':
      return again.op === 'acquire' && isSameWait(first, again);
    default:
      return true;
  }
}

/** Of what was granted at once, nothing else can come; of what was waited for, only what its ticket was granted. */
function isSameWait(first: AcquireReply, again: AcquireReply): boolean {
  if (first.ticket === null) return again.ticket === null && isWithin(again.leases, first.leases);
  if (again.ticket !== null && again.ticket !== first.ticket) return false;
  return first.leases.length === 0 || isWithin(again.leases, first.leases);
}

function isWithin(some: readonly { readonly token: number }[], all: readonly { readonly token: number }[]): boolean {
  const tokens = new Set(all.map(({ token }) => token));
  return some.every(({ token }) => tokens.has(token));
}

function expect(isTrue: boolean, what: string, command: Command, answer: Answer): void {
  if (!isTrue)
    throw new BrokenPromise(
      'acknowledged',
      `no ${what} in the log: ${JSON.stringify(command)} ${JSON.stringify(answer)}`,
    );
}
