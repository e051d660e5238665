// The repeat of a request: decided again right after, it must answer the same and do nothing twice. Tried on a draft that is
// dropped, so that the simulation goes on as if nobody had asked again.

import type { Command } from '../../src/core/command.ts';
import { decide } from '../../src/core/decide.ts';
import type { EventType } from '../../src/core/event.ts';
import type { FleetState } from '../../src/core/fleet-state.ts';
import type { Moment } from '../../src/core/instant.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { Answer } from '../../src/core/reply.ts';
import { BrokenPromise } from '../support/witness.ts';

/** What no repeat may log. A claim of an offer, and a wait that goes on, are what a repeat is for. */
const NEVER_TWICE: ReadonlySet<EventType> = new Set([
  'agent.registered',
  'session.opened',
  'lease.queued',
  'state.put',
  'handoff.offered',
  'operator.token_set',
  'checkin.recorded',
  'outcome.recorded',
  'agent.paused',
  'agent.resumed',
  'agent.archived',
  'agent.restored',
  'agent.retired',
  'policy.adopted',
  'message.sent',
  'rescue.done',
]);

/** Throws when the same command, decided on the state it led to, is not recognised. */
export function checkRepeat(state: FleetState, command: Command, first: Answer, moment: Moment): void {
  if (isRejection(first) || command.dryRun === true || command.op === 'close_session') return;
  const again = decide(state, command, moment);
  const [before, after] = [outcomeOf(command, first), outcomeOf(command, again.answer)];
  if (before !== after) throw new BrokenPromise('repeats', `${command.op} answered ${before}, then ${after}`);
  const twice = again.groups.flat().find((event) => NEVER_TWICE.has(event.type));
  if (twice !== undefined) throw new BrokenPromise('repeats', `${command.op} logged ${twice.type} twice`);
}

/** What of an answer stays the same for ever; times, places in line and promotions of others do not. */
function outcomeOf({ op }: Command, answer: Answer): string {
  if (isRejection(answer)) return answer.code;
  switch (answer.op) {
    case 'acquire':
      // A ticket says all: its offer may have been claimed by the repeat.
      // Whoever tries an edit again has what it took the first time.
      return (
        answer.ticket ??
        `${op === 'begin_edit' ? 'held' : answer.status} ${answer.leases.map(({ resource, token }) => `${resource} ${token}`).join(', ')}`
      );
    case 'release':
      return JSON.stringify([answer.released, answer.refused.map(({ token, code }) => [token, code])]);
    case 'withdraw':
      return JSON.stringify([answer.withdrawn, answer.released]);
    case 'register':
      return JSON.stringify([answer.agentId, answer.sessionId, answer.resumed, answer.warnings]);
    case 'check':
      return JSON.stringify([answer.holds, answer.currentToken]);
    case 'hand_off':
      return JSON.stringify([answer.offer, answer.to, answer.until]);
    case 'answer_handoff':
      return JSON.stringify([answer.offer, answer.accepted, answer.lease?.token]);
    case 'put_state':
      return String(answer.version);
    case 'check_in':
      return JSON.stringify(answer);
    case 'record_outcome':
      return answer.checkInId;
    case 'recover':
      return String(answer.resumed);
    case 'send_message':
      return answer.messageId;
    case 'read_messages':
      return 'read';
    case 'lifecycle':
      return JSON.stringify([answer.agentId, answer.was, answer.lifecycle, answer.changed]);
    case 'adopt_policy':
      return JSON.stringify(answer.diff);
    case 'import':
      return answer.agentId;
    case 'revoke':
      return JSON.stringify(answer.revoked);
    case 'rescue':
      return answer.means;
    case 'done':
      return 'done';
  }
}
