// The repeat of a remembered request: the same outcome, tokens and ticket, with facts as they stand now.

import { repeatLifecycle } from './agent/lifecycle.ts';
import type { Command, CommandOf } from './command.ts';
import { type RememberedCheckIn, repeatOutcome } from './governance/check-in-rules.ts';
import { rejoin } from './lease/await.ts';
import { factsOf } from './lease/lease-facts.ts';
import { repeatRelease } from './lease/release.ts';
import { repeatRevoke } from './lease/revoke.ts';
import { answerOfTicket } from './lease/ticket-answer.ts';
import type { Ledger } from './ledger.ts';
import { sentReply } from './message/rules.ts';
import type { AcquireReply, Answer } from './reply.ts';
import { type Rescuer, repeatRescue } from './rescue/rescue.ts';
import type { RequestRow } from './rows.ts';
import { sessionOfHandle } from './session/credential.ts';
import { done } from './session/presence.ts';
import { repeatRegister } from './session/register.ts';

/** Answers a command whose effect is in the log already. Does nothing twice; a wait that goes on is parked again. */
export function repeat(ledger: Ledger, command: Command, row: RequestRow, actor: string): Answer {
  const outcome = row.outcome ?? '';
  switch (command.op) {
    case 'register':
      return repeatRegister(ledger, command, row);
    case 'acquire':
      return repeatAcquire(ledger, command, row);
    case 'renew':
      return held(ledger, row.leases, 'renewed');
    case 'release':
      return repeatRelease(ledger, command, row);
    case 'withdraw':
      return { op: 'withdraw', ticket: command.ticket, withdrawn: true, released: row.leases.map(refOf) };
    case 'hand_off':
      return {
        op: 'hand_off',
        offer: outcome,
        to: command.to,
        until: ledger.state.handoffs.get(outcome)?.until ?? ledger.at,
      };
    case 'answer_handoff':
      return {
        op: 'answer_handoff',
        offer: command.offer,
        accepted: outcome === 'accepted',
        lease: factsOf(ledger.state, row.leases, ledger.at)[0] ?? null,
      };
    case 'put_state':
      return { op: 'put_state', key: command.key, version: Number(outcome) };
    case 'check_in':
      return { op: 'check_in', ...(JSON.parse(outcome) as RememberedCheckIn) };
    case 'record_outcome':
      return repeatOutcome(ledger.state, command);
    case 'recover':
      return { op: 'recover', resumed: true, reasons: [] };
    case 'send_message':
      return sentReply(ledger.state, outcome, command.to);
    case 'pause':
    case 'resume':
    case 'archive':
    case 'restore':
    case 'retire':
      return repeatLifecycle(ledger.state, command, row.outcome);
    case 'adopt_policy':
      return { op: 'adopt_policy', changed: true, diff: JSON.parse(outcome) as readonly string[] };
    case 'revoke':
      return repeatRevoke(ledger, command, row, actor);
    case 'rescue':
      return repeatRescue(ledger, command, rescuerOf(ledger, command, actor), outcome);
    default:
      // Only what changed something is remembered.
      return done(true);
  }
}

function rescuerOf({ state }: Ledger, { by }: CommandOf<'rescue'>, actor: string): Rescuer {
  if (by.kind !== 'session') return { kind: 'operator', name: actor };
  return { kind: 'agent', session: sessionOfHandle(state, by.handleHash) };
}

function repeatAcquire(ledger: Ledger, command: CommandOf<'acquire'>, row: RequestRow): Answer {
  if (row.ticket === null) {
    const leases = command.resources.flatMap((asked) => row.leases.filter(({ resource }) => resource === asked));
    return held(ledger, [...new Set(leases)], isRenewal(row) ? 'renewed' : 'granted');
  }
  const waiting = ledger.state.tickets.get(row.ticket);
  return waiting === undefined
    ? answerOfTicket(ledger.state, row.ticket, ledger.at)
    : rejoin(ledger, waiting, command.waitMs);
}

/** Tokens older than the request were kept by it, not granted. */
function isRenewal(row: RequestRow): boolean {
  return row.leases.length > 0 && row.leases.every((lease) => lease.token < row.seq);
}

function held(ledger: Ledger, known: RequestRow['leases'], status: 'granted' | 'renewed'): AcquireReply {
  const leases = factsOf(ledger.state, known, ledger.at);
  return {
    op: 'acquire',
    status,
    leases,
    refused: [],
    ticket: null,
    position: null,
    blockedBy: [],
    parkedUntil: null,
    offeredUntil: null,
  };
}

function refOf({ resource, token }: { resource: string; token: number }): {
  readonly resource: string;
  readonly token: number;
} {
  return { resource, token };
}
