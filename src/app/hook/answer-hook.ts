// What a hook call means, whatever client it comes from.
//
//   before an edit    its files are leased to the client's session, all or none; else it is denied, or a person asked
//   after it          told in the log: who changed what, under which lease
//   session start     who is here, what is locked, what there is to read: for the agent that begins
//   end of the turn   what hooks took for it is free
//   session end       everything is
//
// Never throws. What nobody can say is a fault, and what becomes of the edit then is policy.

import { DEFAULT_POLICY, fleetPolicy, type HooksPolicy } from '../../core/governance/policy.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import type { AcquireReply, DoneReply, Reply } from '../../core/reply.ts';
import { bodyHash } from '../body-hash.ts';
import { narrow, type SeatOutcome } from '../seat/seat-outcome.ts';
import type { Body, Plan } from '../seat/session-calls.ts';
import { setupRejection } from '../setup-rejection.ts';
import { rejectionOf } from '../trouble.ts';
import { denialText, forbiddenText } from './denial.ts';
import { editKeysOf } from './edit-keys.ts';
import { ALLOW, type HookAnswer, type HookCall, type HookCaller, type HookMoment } from './hook-call.ts';
import type { HookPorts } from './hook-ports.ts';
import { type HookSession, hookSessionOf } from './hook-session.ts';
import { pathText } from './path-text.ts';
import { whoIsHere } from './who-is-here.ts';

export async function answerHook(ports: HookPorts, call: HookCall, caller: HookCaller): Promise<HookAnswer> {
  const { moment } = call;
  if (moment.kind === 'other' || isIdle(moment)) return ALLOW;
  let policy: HooksPolicy | null = null;
  try {
    policy = await policyInForce(ports);
    const session = await hookSessionOf(ports, call, { caller, subagents: policy.subagents });
    if (isRejection(session)) return faultOf(session, policy);
    return await answer({ ports, call, session, policy }, moment);
  } catch (error) {
    const rejection = setupRejection(error) ?? rejectionOf(error);
    if (rejection.code === 'INTERNAL') ports.seat.logger.error({ err: error }, 'a hook failed by a fault of ours');
    return faultOf(rejection, policy);
  }
}

interface Asked {
  readonly ports: HookPorts;
  readonly call: HookCall;
  readonly session: HookSession;
  readonly policy: HooksPolicy;
}

function answer(asked: Asked, moment: Exclude<HookMoment, { kind: 'other' }>): Promise<HookAnswer> {
  switch (moment.kind) {
    case 'before':
      return before(asked, moment);
    case 'after':
      return after(asked, moment);
    case 'session-start':
      return begin(asked, moment);
    case 'turn-end':
      return endTurn(asked);
    case 'session-end':
      return endSession(asked, moment);
  }
}

/** A tool that changes no file. */
function isIdle(moment: HookMoment): boolean {
  return (moment.kind === 'before' || moment.kind === 'after') && moment.targets.length === 0;
}

/** The settings of hooks; the defaults where no fleet is founded yet. */
async function policyInForce({ seat }: HookPorts): Promise<HooksPolicy> {
  const { adopted } = await seat.coordinator.view({ kind: 'policy' });
  return adopted === null ? DEFAULT_POLICY.hooks : fleetPolicy(adopted.content).hooks;
}

async function before(asked: Asked, moment: Extract<HookMoment, { kind: 'before' }>): Promise<HookAnswer> {
  const { ports, call, session, policy } = asked;
  const found = await editKeysOf(moment.targets, placeOf(asked), ports);
  if (isRejection(found)) return faultOf(found, policy);
  if (found.forbidden !== null) return { kind: 'deny', reason: forbiddenText(found.forbidden) };
  const { keys } = found;
  if (keys.length === 0) return ALLOW;
  const names = keys.map((key) => pathText(key, session.worktree.id));
  const reason = `editing ${names.slice(0, NAMES_IN_REASON).join(', ')}${names.length > NAMES_IN_REASON ? ' ...' : ''}`;
  const edit = { op: 'begin_edit', resources: keys, tool: moment.tool, label: call.label, reason } as const;
  const { answer: told, at } = await submit<AcquireReply>(asked, 'acquire', edit);
  if (isRejection(told)) return refusedBy(told, policy);
  if (told.status !== 'queued') return ALLOW;
  const denial = denialText(told, { at, reader: session.worktree.id, tool: moment.tool });
  return { kind: policy.onHeld, reason: denial };
}

const NAMES_IN_REASON = 3;

async function after(asked: Asked, moment: Extract<HookMoment, { kind: 'after' }>): Promise<HookAnswer> {
  if (!moment.isDone) return ALLOW;
  const found = await editKeysOf(moment.targets, placeOf(asked), asked.ports);
  if (isRejection(found) || found.keys.length === 0) return ALLOW;
  const { tool } = moment;
  await submit<DoneReply>(asked, 'done', {
    op: 'note_edits',
    resources: found.keys,
    tool,
    label: asked.call.label,
    via: 'hook',
  });
  return ALLOW;
}

async function begin(asked: Asked, { how }: Extract<HookMoment, { kind: 'session-start' }>): Promise<HookAnswer> {
  const { ports, session } = asked;
  const known = await session.calls.sessions.default.peek();
  if (known !== null) await session.calls.sessions.learn(known);
  return {
    kind: 'allow',
    note: await whoIsHere(ports.seat.coordinator, { how, worktree: session.worktree.id, own: known }),
  };
}

async function endTurn(asked: Asked): Promise<HookAnswer> {
  if (asked.session.isOwnAgent) return endSession(asked, { kind: 'session-end', isReplaced: false });
  await endEdits(asked, { op: 'end_turn', label: asked.call.label });
  return ALLOW;
}

async function endSession(
  asked: Asked,
  { isReplaced }: Extract<HookMoment, { kind: 'session-end' }>,
): Promise<HookAnswer> {
  await endEdits(asked, { op: 'end_turn', label: null, ofAll: true });
  // Its MCP server goes on; its session ends with it.
  if (isReplaced || asked.session.by !== null) return ALLOW;
  await ask(asked, { op: 'close_session', why: 'its client ended the session' });
  return ALLOW;
}

async function endEdits(asked: Asked, body: Extract<Body, { op: 'end_turn' }>): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const { answer: told } = await ask(asked, body);
    if (isRejection(told) || !told.more) return;
  }
}

/** More than any session may hold. */
const ROUNDS_MAX = 1_000;

/** In the name of the client's session, which is registered if need be. */
function submit<R extends Reply>(asked: Asked, op: R['op'], body: Body): Promise<SeatOutcome<R>> {
  const { by, calls, shown } = asked.session;
  return by === null ? calls.act<R>(op, { session: shown }, planOf(body)) : submitBy<R>(asked, by, op, body);
}

/** The same, but registers nobody. */
function ask(asked: Asked, body: Body): Promise<SeatOutcome<DoneReply>> {
  const { by, calls, shown } = asked.session;
  return by === null
    ? calls.ask<DoneReply>('done', { session: shown }, planOf(body))
    : submitBy<DoneReply>(asked, by, 'done', body);
}

function planOf(body: Body): Plan {
  return { asked: body, body: () => body };
}

async function submitBy<R extends Reply>(
  { ports, session }: Asked,
  by: NonNullable<HookSession['by']>,
  op: R['op'],
  body: Body,
): Promise<SeatOutcome<R>> {
  const { hasher, ids, coordinator } = ports.seat;
  const head = { by, requestId: ids.newId('req'), bodyHash: bodyHash(hasher, body) };
  const outcome = narrow<R>(await coordinator.submit({ ...body, ...head }), op);
  return { ...outcome, acting: null, registered: null, worktree: session.worktree.id };
}

function placeOf({ ports, call, session, policy }: Asked) {
  return { folder: call.folder ?? ports.root, worktree: session.worktree, scope: policy.scope } as const;
}

/** Whoever may not act does not edit; whoever meets trouble is no worse off than without us, unless policy says so. */
function refusedBy(rejection: Rejection, policy: HooksPolicy): HookAnswer {
  const isDenied = rejection.category === 'denied' || rejection.category === 'contended';
  return isDenied ? { kind: 'deny', reason: `${rejection.message} ${rejection.next}` } : faultOf(rejection, policy);
}

function faultOf({ message, next }: Rejection, policy: HooksPolicy | null): HookAnswer {
  return { kind: 'fault', message: `${message} ${next}`, onFault: policy?.onFault ?? null };
}
