// What an agent may become, in one table.
//
//              pause      resume     archive    restore      retire
//   active     paused     -          archived   -            retired
//   paused     (*)        active     archived   -            retired
//   archived   refused    refused    -          as it was    retired
//   retired    refused    refused    refused    refused      -
//
//   -    it is so already: nothing is logged, and the answer says so
//   (*)  an operator's word stands over a pause by policy, and says so in the log; otherwise it is paused already
//
// Who is restored is what it was when it was archived: an archive is no way out of a pause. Retired is for ever.

import type { LifecycleCommand } from '../command.ts';
import type { Lifecycle } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { policyFor } from '../governance/policy.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { type Rejection, reject } from '../rejection.ts';
import type { Answer, LifecycleReply } from '../reply.ts';
import { utf8Bytes } from '../resource/key-text.ts';
import type { AgentRow } from '../rows.ts';

type Action = LifecycleCommand['op'];
type Outcome = 'paused' | 'active' | 'archived' | 'restored' | 'retired' | 'same' | 'refused';

const TABLE: Readonly<Record<Lifecycle, Readonly<Record<Action, Outcome>>>> = {
  active: { pause: 'paused', resume: 'same', archive: 'archived', restore: 'same', retire: 'retired' },
  paused: { pause: 'paused', resume: 'active', archive: 'archived', restore: 'same', retire: 'retired' },
  archived: { pause: 'refused', resume: 'refused', archive: 'same', restore: 'restored', retire: 'retired' },
  retired: { pause: 'refused', resume: 'refused', archive: 'refused', restore: 'refused', retire: 'same' },
};

/** An operator's word on what an agent may do. */
export function changeLifecycle(ledger: Ledger, command: LifecycleCommand): Answer {
  const invalid = checkReason(command);
  if (invalid !== null) return invalid;
  const agent = ledger.state.agents.get(command.agentId);
  if (agent === undefined) return unknownAgent(ledger.state, command.agentId);
  const outcome = TABLE[agent.lifecycle][command.op];
  if (outcome === 'refused') return refuse(agent, command.op);
  const isSame = outcome === 'same' || (command.op === 'pause' && agent.pause?.by === 'operator');
  if (!isSame) emitChange(ledger, command, agent);
  return { ...lifecycleReply(ledger.state, command.agentId, agent.lifecycle), changed: !isSame };
}

/** The repeat of such a word: what it made of the agent then, and what that holds now. */
export function repeatLifecycle(state: FleetState, { agentId }: LifecycleCommand, remembered: string | null): Answer {
  const told = JSON.parse(remembered ?? '{}') as Pick<LifecycleReply, 'was' | 'lifecycle'>;
  return { ...lifecycleReply(state, agentId, told.was), lifecycle: told.lifecycle, changed: true };
}

function emitChange(ledger: Ledger, { op, reason }: LifecycleCommand, { agentId, lifecycle: was }: AgentRow): void {
  switch (op) {
    case 'pause':
      pauseAgent(ledger, { agentId, lifecycle: was }, reason);
      return;
    case 'resume':
      ledger.emit({ type: 'agent.resumed', agentId, by: 'operator', reason });
      return;
    case 'archive':
      ledger.emit({ type: 'agent.archived', agentId, by: 'operator', was, reason });
      return;
    case 'restore':
      ledger.emit({ type: 'agent.restored', agentId, by: 'operator', reason });
      return;
    case 'retire':
      ledger.emit({ type: 'agent.retired', agentId, was, reason });
  }
}

/** By an operator's word, whoever speaks it. */
export function pauseAgent(
  ledger: Ledger,
  { agentId, lifecycle: was }: Pick<AgentRow, 'agentId' | 'lifecycle'>,
  reason: string,
): void {
  const leases = policyFor(ledger.state.fleet?.policy?.content ?? null, agentId).onPause;
  ledger.emit({ type: 'agent.paused', agentId, by: 'operator', was, reason, reasons: [], leases });
}

function lifecycleReply(state: FleetState, agentId: string, was: Lifecycle): Omit<LifecycleReply, 'changed'> {
  const lifecycle = state.agents.get(agentId)?.lifecycle ?? was;
  let leases = 0;
  for (const { sessionId } of state.sessions.in('liveAgent', agentId))
    leases += state.leases.countIn('session', sessionId);
  return { op: 'lifecycle', agentId, was, lifecycle, leases };
}

function checkReason({ op, reason }: LifecycleCommand): Rejection | null {
  if (reason.trim() !== '' && utf8Bytes(reason) <= LIMITS.textBytes) return null;
  return reject('INVALID_ARGUMENT', {
    message: `To ${op} an agent needs a reason, of at most ${LIMITS.textBytes} bytes.`,
    next: 'Say why: the agent is told, and the log keeps it.',
  });
}

/** UNKNOWN_AGENT, with the nearest that there are. */
export function unknownAgent(state: FleetState, agentId: string): Rejection {
  const near: string[] = [];
  for (const agent of state.agents.rows()) {
    if (near.length === NEAR) break;
    if (isNear(agent.agentId, agentId)) near.push(agent.agentId);
  }
  return reject('UNKNOWN_AGENT', {
    message: `There is no agent ${JSON.stringify(agentId.slice(0, 80))} in this fleet.`,
    next: near.length === 0 ? 'brigade agents --all lists them.' : `Did you mean ${near.join(' or ')}?`,
    details: { agentId: agentId.slice(0, 80), near },
  });
}

/** One is the beginning of the other, or a part of it that is long enough to mean something. */
function isNear(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return long.startsWith(short) || (short.length >= NEAR_LENGTH && long.includes(short));
}

const NEAR = 3;
const NEAR_LENGTH = 4;

function refuse({ agentId, lifecycle }: AgentRow, op: Action): Rejection {
  if (lifecycle === 'retired')
    return reject('AGENT_RETIRED', {
      message: `${agentId} is retired, and that is for ever.`,
      next: 'Register another agent.',
      details: { agentId },
    });
  return reject('AGENT_ARCHIVED', {
    message: `${agentId} is archived; it cannot be ${op === 'pause' ? 'paused' : 'resumed'}.`,
    next: 'Restore it first.',
    details: { agentId },
  });
}
