// Acting on a finding. The finding is proved again in the decision that acts on it: by the state as it is then, and by what
// was seen of processes right before. Where it does not stand any more nothing is done, and the answer says what has changed.
//
//   the evidence allows it     any agent in good standing, and operators
//   everything else            operators
//
// What allows it: the process is proved gone, or nothing was heard of the holder for as long as policy allows while somebody
// waits. A stopped process is there: it may go on and believe what it held. No rescue signals a process.

import type { RescueCommand } from '../command.ts';
import { allFindings } from '../diagnosis/diagnose.ts';
import { type Finding, type FindingId, isNamed, parseFindingId } from '../diagnosis/finding.ts';
import type { FleetEvent } from '../event.ts';
import { EVENTS_TOLD, foreseen } from '../foreseen.ts';
import { isWanted } from '../lease/conflict.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { isRejection, type Rejection, reject } from '../rejection.ts';
import type { Answer, RescueReply } from '../reply.ts';
import { utf8Bytes } from '../resource/key-text.ts';
import type { SessionRow } from '../rows.ts';
import { durationText } from '../view/duration-text.ts';
import { oneLine } from '../view/one-line.ts';
import { sentenceOf } from '../view/sentence.ts';
import { carryOut } from './carry-out.ts';
import { chosenAction } from './chosen-action.ts';
import { presenceSeen } from './seen.ts';

export type Rescuer =
  /** Null: somebody who only wants to know what would be done. */
  | { readonly kind: 'agent'; readonly session: SessionRow | null }
  /** `operator:<name>`. */
  | { readonly kind: 'operator'; readonly name: string };

export function rescue(ledger: Ledger, command: RescueCommand, rescuer: Rescuer): Answer {
  const { finding: asked, reason, seen } = command;
  const id = parseFindingId(asked);
  if (id === null) return noFinding(asked);
  const flaw = checkReason(reason);
  if (flaw !== null) return flaw;
  const own = { store: null, desk: null };
  const findings = allFindings({ state: ledger.state, at: ledger.at, presence: presenceSeen(ledger.state, seen), own });
  const finding = findings.find((each) => isNamed(each, id));
  if (finding === undefined) return notAnyMore(ledger, id, asked, findings);
  const action = chosenAction(ledger.state, finding, command);
  if (isRejection(action)) return action;
  const refused = refuse(finding, action.who, action.means, rescuer);
  if (refused !== null) return refused;
  const by = rescuer.kind === 'operator' ? rescuer.name : (rescuer.session?.agentId ?? 'you');
  const session = rescuer.kind === 'agent' ? rescuer.session : null;
  const events = carryOut(ledger, { finding, named: id.ref, action, reason, seen, by, session });
  if (isRejection(events)) return events;
  return replyOf(finding.id, action.means, events);
}

/** The repeat of a rescue: what an append that was cut left undone is done now. What was chosen is one group, never cut. */
export function repeatRescue(ledger: Ledger, command: RescueCommand, rescuer: Rescuer, means: string): Answer {
  if (command.do !== undefined && command.do !== 'revoke') return replyOf(command.finding, means, []);
  const again = rescue(ledger, command, rescuer);
  return isRejection(again) ? replyOf(command.finding, means, []) : again;
}

function replyOf(finding: string, means: string, events: readonly FleetEvent[]): RescueReply {
  const done = events
    .filter(isResult)
    .slice(0, EVENTS_TOLD)
    .map((event) => `${sentenceOf(event)}.`);
  return { op: 'rescue', finding, means, done, ...foreseen(events) };
}

/** What a rescuer wants to hear of; the rest is in the events. */
function isResult(event: FleetEvent): boolean {
  return RESULTS.has(event.type) || (event.type === 'wait.ended' && event.outcome !== 'granted');
}

const RESULTS: ReadonlySet<FleetEvent['type']> = new Set([
  'lease.revoked',
  'lease.shortened',
  'lease.dropped',
  'lease.granted',
  'lease.offered',
  'session.lost',
  'session.closed',
  'message.sent',
  'agent.paused',
]);

function refuse(
  { message, sessions }: Finding,
  who: 'agent' | 'operator',
  means: string,
  rescuer: Rescuer,
): Rejection | null {
  if (rescuer.kind === 'operator') return null;
  if (who === 'operator')
    return reject('NOT_SAFE', {
      message: `${message} The evidence is not enough to ${means} without an operator.`,
      next: 'Ask an operator to do it: in a terminal, or with the operator token.',
      details: { who },
    });
  if (rescuer.session === null || rescuer.session.sessionId !== sessions[0]) return null;
  return reject('NOT_SAFE', {
    message: 'That is about your own session, and this call shows that you are there.',
    next: 'Release what you do not need any more.',
  });
}

/** What has changed since somebody read the finding. */
function notAnyMore({ state, at }: Ledger, id: FindingId, asked: string, findings: readonly Finding[]): Rejection {
  const other = findings.find(({ refs }) => refs.includes(id.ref));
  const lease = state.leases.get(id.ref);
  const session = state.sessions.get(lease?.sessionId ?? state.tickets.get(id.ref)?.sessionId ?? id.ref);
  const shown = oneLine(asked, SHOWN);
  const changed =
    other !== undefined
      ? `It is another one now: ${other.message}`
      : lease !== undefined
        ? `${lease.agentId} holds ${lease.resource} still, and was heard of ${durationText(at - Math.max(session?.activeAt ?? 0, lease.usedAt))} ago; ${isWanted(state, lease) ? 'somebody waits for it' : 'nobody waits for it'}.`
        : session?.state === 'live'
          ? `${session.agentId} is there.`
          : 'What it was about is over.';
  return reject('NOT_SAFE', {
    message: `${shown} does not stand now. ${changed}`,
    next: other === undefined ? 'Look again: brigade diagnose.' : `Look again, or act on ${oneLine(other.id, SHOWN)}.`,
    details: { finding: shown, now: other?.id ?? null },
  });
}

const SHOWN = 300;

function noFinding(asked: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `${JSON.stringify(oneLine(asked, SHOWN))} is no finding.`,
    next: 'Name one as diagnose shows it, as in silent_holder:task:stew:812.',
    details: { path: 'finding' },
  });
}

function checkReason(reason: string): Rejection | null {
  if (reason.trim() !== '' && utf8Bytes(reason) <= LIMITS.textBytes) return null;
  return reject('INVALID_ARGUMENT', {
    message: `A rescue needs a reason, of at most ${LIMITS.textBytes} bytes.`,
    next: 'Say why: whom it concerns is told, and the log keeps it.',
    details: { path: 'reason' },
  });
}
