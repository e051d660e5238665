// A history taken apart into what was done to each resource, each key and each agent.

import type { Mode } from '../../../src/core/event.ts';
import { isRejection } from '../../../src/core/rejection.ts';
import type { Answer, Blocker } from '../../../src/core/reply.ts';
import { type Call, type History, NEVER } from '../history.ts';
import type { AgentAction } from './agent-model.ts';
import type { LeaseAction } from './lease-model.ts';
import type { Step } from './linearize.ts';
import type { StateAction } from './state-model.ts';

type Steps<Action> = Map<string, Step<Action>[]>;

const NOT_HELD = new Set(['TOKEN_STALE', 'NOT_HOLDER']);

/** Steps of each resource. */
export function leaseSteps({ calls }: History): ReadonlyMap<string, readonly Step<LeaseAction>[]> {
  return new LeaseSteps(calls).byResource;
}

class LeaseSteps {
  readonly byResource: Steps<LeaseAction> = new Map();
  /** What each ticket is for, and when it was asked for first. */
  readonly #tickets = new Map<string, { readonly resources: readonly string[]; readonly mode: Mode }>();
  /** Of each agent and resource: since when it may have been granted without having heard of it. */
  readonly #askedMs = new Map<string, number>();
  readonly #told = new Set<number>();
  /** Tokens of what is offered by a handoff. */
  readonly #offers = new Map<string, { readonly resource: string; readonly token: number }>();
  /** Of tokens that came by a handoff: the one in whose place they came, and when that was asked for. */
  readonly #handed = new Map<number, { readonly from: number; readonly sentMs: number }>();

  constructor(calls: readonly Call[]) {
    const inOrder = calls.toSorted((a, b) => a.sentMs - b.sentMs);
    for (const { ask, answer } of inOrder)
      if (ask.op === 'hand_off' && answer !== null && !isRejection(answer) && answer.op === 'hand_off')
        this.#offers.set(answer.offer, ask);
    for (const call of inOrder) this.#noteHanded(call);
    for (const call of inOrder) this.#take(call);
  }

  #take(call: Call): void {
    const { ask, by, answer } = call;
    for (const resource of this.#wanted(call)) {
      const key = `${by} ${resource}`;
      this.#askedMs.set(key, Math.min(this.#askedMs.get(key) ?? NEVER, call.sentMs));
    }
    if (answer === null) this.#takeUnknown(call);
    else if (isRejection(answer)) this.#takeRefusal(call, answer);
    else this.#takeReply(call, answer);
    if (
      ask.op === 'acquire' &&
      answer !== null &&
      !isRejection(answer) &&
      answer.op === 'acquire' &&
      answer.ticket !== null
    )
      this.#tickets.set(`${by} ${answer.ticket}`, { resources: ask.resources, mode: ask.mode });
  }

  #takeReply(call: Call, answer: Exclude<Answer, { readonly code: string }>): void {
    const { ask, by } = call;
    switch (answer.op) {
      case 'acquire':
        for (const { resource, token, mode } of answer.leases) this.#tell(call, resource, { token, mode });
        for (const { resource, token, code } of answer.refused) this.#stale(call, resource, token, code);
        return;
      case 'release':
      case 'withdraw':
        for (const { resource, token } of answer.released) this.#gaveBack(call, resource, token);
        if (answer.op === 'release')
          for (const { resource, token, code } of answer.refused) this.#stale(call, resource, token, code);
        return;
      case 'check':
        if (ask.op !== 'check') return;
        if (answer.holds) this.#add(ask.resource, call, { does: 'holds', by, token: ask.token });
        else this.#add(ask.resource, call, { does: 'stale', token: ask.token });
        return;
      case 'hand_off':
        if (ask.op === 'hand_off') this.#add(ask.resource, call, { does: 'holds', by, token: ask.token });
        return;
      case 'answer_handoff':
        if (answer.lease !== null) this.#tell(call, answer.lease.resource, answer.lease);
        return;
      case 'put_state':
        if (ask.op === 'put_state' && 'token' in ask.condition)
          this.#add(ask.condition.resource, call, { does: 'holds', by, token: ask.condition.token });
        return;
      default:
    }
  }

  #takeRefusal(call: Call, { code, details }: { readonly code: string; readonly details: object }): void {
    const { ask, by } = call;
    if (ask.op === 'release' || ask.op === 'renew') {
      const refs = ask.leases === 'all' ? [] : ask.leases;
      for (const { resource, token } of refs) this.#stale(call, resource, token, code);
    } else if (ask.op === 'hand_off') this.#stale(call, ask.resource, ask.token, code);
    else if (ask.op === 'put_state' && 'token' in ask.condition)
      this.#stale(call, ask.condition.resource, ask.condition.token, code);
    else if (ask.op === 'acquire' && code === 'LEASE_HELD') {
      const { blockedBy = [] } = details as { readonly blockedBy?: readonly Blocker[] };
      for (const { kind, agentId, resource, token } of blockedBy)
        if (kind === 'holder' && token !== null)
          this.#add(resource, call, { does: 'taken', by, holder: agentId, token });
    }
  }

  /** What may have been done. */
  #takeUnknown(call: Call): void {
    const { ask, by } = call;
    const mode = this.#modeOf(call);
    for (const resource of this.#wanted(call))
      this.#add(resource, call, { does: 'grant', by, mode, token: null }, 'perhaps');
    if (ask.op === 'release' && ask.leases !== 'all')
      for (const { resource, token } of ask.leases)
        this.#add(resource, call, { does: 'release', by, token }, 'perhaps');
    if (ask.op !== 'answer_handoff' || ask.answer !== 'accept') return;
    const offer = this.#offers.get(ask.offer);
    if (offer === undefined) return;
    const grant = { does: 'grant', by, mode: 'exclusive', token: null, from: offer.token } as const;
    this.#add(offer.resource, call, grant, 'perhaps');
  }

  #noteHanded({ ask, answer, sentMs }: Call): void {
    if (ask.op !== 'answer_handoff' || answer === null || isRejection(answer) || answer.op !== 'answer_handoff') return;
    const offer = this.#offers.get(ask.offer);
    if (answer.lease !== null && offer !== undefined)
      this.#handed.set(answer.lease.token, { from: offer.token, sentMs });
  }

  /** The first time that a token is told it is a grant, made at some moment since it was asked for. */
  #tell(call: Call, resource: string, { token, mode }: { readonly token: number; readonly mode: Mode }): void {
    const { by } = call;
    if (this.#told.has(token)) this.#add(resource, call, { does: 'holds', by, token });
    else {
      const { sentMs = this.#askedMs.get(`${by} ${resource}`) ?? call.sentMs, ...handed } =
        this.#handed.get(token) ?? {};
      this.#add(resource, { ...call, sentMs }, { does: 'grant', by, mode, token, ...handed });
    }
    this.#told.add(token);
    this.#askedMs.delete(`${by} ${resource}`);
  }

  /** A grant that was heard of only as it was given back counts from when it was asked for. */
  #gaveBack(call: Call, resource: string, token: number): void {
    const { by } = call;
    if (!this.#told.has(token)) {
      this.#tell(call, resource, { token, mode: this.#modeOf(call) });
    }
    this.#add(resource, call, { does: 'release', by, token });
  }

  #stale(call: Call, resource: string, token: number, code: string): void {
    if (NOT_HELD.has(code)) this.#add(resource, call, { does: 'stale', token });
  }

  #wanted({ ask, by }: Call): readonly string[] {
    if (ask.op === 'acquire') return ask.resources;
    if (ask.op !== 'await') return [];
    return this.#tickets.get(`${by} ${ask.ticket}`)?.resources ?? [];
  }

  #modeOf({ ask, by }: Call): Mode {
    if (ask.op === 'acquire') return ask.mode;
    const ticket = ask.op === 'await' || ask.op === 'withdraw' ? ask.ticket : '';
    return this.#tickets.get(`${by} ${ticket}`)?.mode ?? 'exclusive';
  }

  #add(resource: string, call: Call, action: LeaseAction, done: 'surely' | 'perhaps' = 'surely'): void {
    push(this.byResource, resource, stepOf(call, action, done));
  }
}

/** Steps of each key. */
export function stateSteps({ calls, reads }: History): ReadonlyMap<string, readonly Step<StateAction>[]> {
  const byKey: Steps<StateAction> = new Map();
  for (const call of calls) {
    const { ask, answer } = call;
    if (ask.op !== 'put_state') continue;
    const ifVersion = 'ifVersion' in ask.condition ? ask.condition.ifVersion : null;
    const put = { does: 'put', value: ask.value, ifVersion } as const;
    if (answer === null) push(byKey, ask.key, stepOf(call, { ...put, version: null }, 'perhaps'));
    else if (!isRejection(answer)) {
      if (answer.op === 'put_state') push(byKey, ask.key, stepOf(call, { ...put, version: answer.version }));
    } else if (answer.code === 'VERSION_MISMATCH' && ifVersion !== null) {
      const { version } = answer.details as { readonly version: number };
      push(byKey, ask.key, stepOf(call, { does: 'mismatch', ifVersion, version }));
    }
  }
  for (const { by, key, sentMs, heardMs, version, value } of reads) {
    const what = `${by} read ${key}@${version}`;
    push(byKey, key, { what, sentMs, heardMs, done: 'surely', action: { does: 'read', version, value } });
  }
  return byKey;
}

const FOR_ACTIVE = new Set(['renew', 'hand_off', 'answer_handoff', 'put_state']);

/** Steps of each agent. */
export function agentSteps({ calls }: History): ReadonlyMap<string, readonly Step<AgentAction>[]> {
  const byAgent: Steps<AgentAction> = new Map();
  for (const call of calls) {
    const action = agentActionOf(call);
    if (action === null) continue;
    const { ask, by, answer } = call;
    const agent = ask.op === 'pause' || ask.op === 'resume' ? ask.agentId : by;
    push(byAgent, agent, stepOf(call, action, answer === null ? 'perhaps' : 'surely'));
  }
  return byAgent;
}

function agentActionOf({ ask, answer }: Call): AgentAction | null {
  if (ask.op === 'pause' || ask.op === 'resume') {
    if (answer === null) return { does: ask.op, changed: null };
    return !isRejection(answer) && answer.op === 'lifecycle' ? { does: ask.op, changed: answer.changed } : null;
  }
  if (answer === null) return null;
  if (isRejection(answer)) return answer.code === 'AGENT_PAUSED' ? { does: 'refused' } : null;
  if (answer.op === 'check_in') return { does: 'checked_in', verdict: answer.verdict };
  const isGrant = answer.op === 'acquire' && ask.op === 'acquire' && answer.status === 'granted';
  return isGrant || FOR_ACTIVE.has(ask.op) ? { does: 'work' } : null;
}

function stepOf<Action extends { readonly does: string }>(
  { by, requestId, sentMs, heardMs, ask }: Call,
  action: Action,
  done: 'surely' | 'perhaps' = 'surely',
): Step<Action> {
  const { does, ...facts } = action;
  const rank = rankOf(action);
  const what = `${by} ${ask.op} ${requestId}: ${does} ${JSON.stringify(facts)} ${sentMs.toFixed(1)}..${heardMs.toFixed(1)}`;
  const ranked = rank === null || done === 'perhaps' ? {} : { rank };
  return { what, sentMs, heardMs: done === 'perhaps' ? NEVER : heardMs, done, action, ...ranked };
}

/** Tokens of a resource rise, and versions of a key count. */
function rankOf(action: {
  readonly does: string;
  readonly token?: number | null;
  readonly version?: number | null;
}): number | null {
  if (action.does === 'grant') return action.token ?? null;
  return action.does === 'put' ? (action.version ?? null) : null;
}

function push<Action>(steps: Steps<Action>, of: string, step: Step<Action>): void {
  const known = steps.get(of);
  if (known === undefined) steps.set(of, [step]);
  else known.push(step);
}
