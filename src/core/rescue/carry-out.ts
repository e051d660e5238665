// Doing what helps. Every rescue begins with one event that says who rescued whom, by which finding, on what evidence and why;
// what it changes follows in the same group.

import { pauseAgent } from '../agent/lifecycle.ts';
import type { SendMessageCommand } from '../command.ts';
import { resolveCycles } from '../deadlock/resolve.ts';
import type { Action, Finding } from '../diagnosis/finding.ts';
import { settleDue } from '../due.ts';
import type { FleetEvent } from '../event.ts';
import { type Ending, endLease, endLeasesInTurn } from '../lease/end.ts';
import { shorten } from '../lease/shorten.ts';
import { Ledger } from '../ledger.ts';
import { sendAsOperator, sendMessage } from '../message/rules.ts';
import { isRejection, type Rejection } from '../rejection.ts';
import type { LeaseRow, SessionRow } from '../rows.ts';
import { oneLine } from '../view/one-line.ts';
import { handOver } from './hand-over.ts';
import type { SeenSession } from './seen.ts';

export interface Rescue {
  readonly finding: Finding;
  /** The lease, wait or session by which somebody named it; null where nobody did. */
  readonly named: string | null;
  readonly action: Action;
  readonly reason: string;
  readonly seen: readonly SeenSession[];
  /** An agent id, `operator:<name>`, or `policy`. */
  readonly by: string;
  /** Of the agent that rescues; null for everybody else. */
  readonly session: SessionRow | null;
}

/** Carries it out; answers what was written. */
export function carryOut(ledger: Ledger, rescue: Rescue): readonly FleetEvent[] | Rejection {
  const first = ledger.groups.length;
  const refused = act(ledger, rescue);
  if (refused !== null) return refused;
  settleDue(ledger);
  return ledger.groups.slice(first).flat();
}

function act(ledger: Ledger, rescue: Rescue): Rejection | null {
  const { action } = rescue;
  switch (action.kind) {
    case 'revoke':
      revoke(ledger, rescue, action.tokens);
      return null;
    case 'close_session':
      ledger.group(() => close(ledger, rescue, action.sessionId));
      return null;
    case 'ask':
      return ask(ledger, rescue, action.token);
    case 'break_ring':
      ledger.group(() => {
        say(ledger, rescue);
        resolveCycles(ledger, action.ticket);
      });
      return null;
    case 'shorten':
      ledger.group(() => {
        say(ledger, rescue);
        shorten(ledger, leasesOf(ledger, action.tokens), rescue.by, reasonOf(rescue));
      });
      return null;
    case 'hand_over':
      return handOver(ledger, action, endingOf(rescue), () => say(ledger, rescue));
    case 'pause':
      ledger.group(() => {
        say(ledger, rescue);
        pause(ledger, rescue, action.agentIds);
      });
      return null;
  }
}

/** The lease by which the finding was named comes last: where the append is cut, the repeat finds what is left by it. */
function revoke(ledger: Ledger, rescue: Rescue, tokens: readonly number[]): void {
  const isNamed = ({ token }: LeaseRow): number => Number(String(token) === rescue.named);
  const [first, ...others] = leasesOf(ledger, tokens).toSorted((a, b) => isNamed(a) - isNamed(b));
  if (first === undefined) return;
  const ending = endingOf(rescue);
  ledger.group(() => {
    say(ledger, rescue);
    endLease(ledger, first, ending);
  });
  endLeasesInTurn(ledger, others, ending);
}

function leasesOf({ state }: Ledger, tokens: readonly number[]): readonly LeaseRow[] {
  return tokens.flatMap((token) => state.leases.get(String(token)) ?? []);
}

function endingOf(rescue: Rescue): Ending {
  return { how: 'revoked', by: rescue.by, reason: reasonOf(rescue) };
}

function reasonOf({ reason, finding }: Rescue): string {
  return `${reason} (${finding.code})`;
}

function pause(ledger: Ledger, rescue: Rescue, agentIds: readonly string[]): void {
  for (const agentId of agentIds) {
    const agent = ledger.state.agents.get(agentId);
    if (agent?.lifecycle === 'active') pauseAgent(ledger, agent, reasonOf(rescue));
  }
}

/** By what was seen of its processes where they are gone; else on the rescuer's word. */
function close(ledger: Ledger, rescue: Rescue, sessionId: string): void {
  const session = ledger.state.sessions.get(sessionId);
  if (session?.state !== 'live') return;
  const { agentId } = session;
  const dead = rescue.seen.find((each) => each.sessionId === sessionId)?.dead ?? [];
  const gone = dead.filter((each) =>
    session.attachments.some(({ attachmentId }) => attachmentId === each.attachmentId),
  );
  say(ledger, rescue);
  for (const { attachmentId, evidence } of gone)
    ledger.emit({ type: 'session.detached', agentId, sessionId, attachmentId, how: 'dead', evidence });
  const { by, reason } = rescue;
  if (gone.length === 0) ledger.emit({ type: 'session.closed', agentId, sessionId, why: `${by} closed it: ${reason}` });
  else {
    const evidence = oneLine(gone.map((each) => each.evidence).join('; '), EVIDENCE_LENGTH);
    ledger.emit({ type: 'session.lost', agentId, sessionId, evidence: `${evidence}; seen by ${by}` });
  }
}

/** Tried first: whoever cannot be written to was not asked. */
function ask(ledger: Ledger, rescue: Rescue, token: number): Rejection | null {
  const trial = send(new Ledger(ledger.state, ledger.moment, rescue.by, ''), rescue, token);
  if (trial !== null) return trial;
  return ledger.group(() => {
    say(ledger, rescue);
    return send(ledger, rescue, token);
  });
}

function send(ledger: Ledger, { finding, reason, by, session }: Rescue, token: number): Rejection | null {
  const lease = ledger.state.leases.get(String(token));
  if (lease === undefined) return null;
  const text = `Please let go of ${oneLine(lease.resource, NAME_LENGTH)} as soon as you can. ${oneLine(reason, REASON_LENGTH)} (${oneLine(finding.message, EVIDENCE_LENGTH)})`;
  const command: SendMessageCommand = {
    op: 'send_message',
    by: { kind: 'system', name: 'rescue' },
    requestId: '',
    bodyHash: '',
    to: lease.agentId,
    kind: 'task',
    text,
    replyTo: null,
    resource: lease.resource,
  };
  const answer = session === null ? sendAsOperator(ledger, command, by) : sendMessage(ledger, command, session);
  return isRejection(answer) ? answer : null;
}

/** The event that a rescue begins with, about whoever is to blame. */
function say(ledger: Ledger, { finding, action, reason }: Rescue): void {
  const [agentId] = finding.agents;
  const [sessionId] = finding.sessions;
  const [resource] = finding.resources;
  ledger.emit({
    type: 'rescue.done',
    ...(agentId === undefined ? {} : { agentId }),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(resource === undefined ? {} : { resource }),
    ...('tokens' in action ? { token: action.tokens[0] ?? 0 } : {}),
    finding: finding.id,
    action: action.kind,
    means: action.means,
    evidence: [finding.message, ...finding.evidence].slice(0, EVIDENCE).map((each) => oneLine(each, EVIDENCE_LENGTH)),
    reason,
  });
}

/** Sentences of evidence in the log, and the length of each. */
const EVIDENCE = 8;
const EVIDENCE_LENGTH = 400;
const NAME_LENGTH = 300;
const REASON_LENGTH = 500;
