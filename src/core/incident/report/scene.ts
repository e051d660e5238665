// Who held and who waited, in the course of an incident: a small fold over the facts that concern it. It begins with what is
// known of the time before, and says of each lease and each wait when it began, when it ended, and how.

import type { FleetEvent, GrantPath, Mode, WaitOutcome } from '../../event.ts';
import type { Instant } from '../../instant.ts';

/** A lease, as far as the facts that were read tell of it. */
export interface Hold {
  readonly token: number;
  readonly resource: string;
  readonly mode: Mode;
  readonly agentId: string;
  readonly sessionId: string;
  readonly reason: string;
  readonly ttlMs: number | null;
  readonly path: GrantPath | null;
  /** Null: before what was read. */
  readonly from: Instant | null;
  /** Its last use that the log tells of: a renewal, or the activity of its session. */
  readonly usedAt: Instant | null;
  /** Null while it is held. */
  readonly end: HoldEnd | null;
}

export interface HoldEnd {
  readonly at: Instant;
  readonly seq: number;
  readonly how: 'released' | 'expired' | 'revoked' | 'dropped' | 'replaced';
  /** Who took it, or why it ended, where somebody said so. */
  readonly why: string;
}

/** A place in line. */
export interface Wait {
  readonly ticket: string;
  readonly agentId: string;
  readonly sessionId: string;
  readonly resources: readonly string[];
  readonly mode: Mode;
  readonly priority: number;
  readonly reason: string;
  readonly queuedSeq: number;
  readonly from: Instant;
  readonly end: { readonly at: Instant; readonly seq: number; readonly outcome: WaitOutcome } | null;
}

export class Scene {
  readonly holds = new Map<number, Hold>();
  readonly waits = new Map<string, Wait>();
  /** Tokens that each session holds, so that its activity is noted without looking at everybody's. */
  readonly #held = new Map<string, Set<number>>();
  readonly #waiting = new Set<string>();
  readonly #keepsEnded: boolean;

  /** `keepsEnded`: whoever only wants to know what goes on keeps nothing of what is over. */
  constructor({ keepsEnded }: { readonly keepsEnded: boolean }) {
    this.#keepsEnded = keepsEnded;
  }

  get held(): readonly Hold[] {
    return [...this.#held.values()].flatMap((tokens) => [...tokens].flatMap((token) => this.holds.get(token) ?? []));
  }

  get holders(): number {
    return this.#held.size;
  }

  get waiting(): readonly Wait[] {
    return [...this.#waiting].flatMap((ticket) => this.waits.get(ticket) ?? []);
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  isHeld(token: number): boolean {
    return this.holds.get(token)?.end === null;
  }

  /** Known from elsewhere. */
  putHold(hold: Hold): void {
    this.holds.set(hold.token, hold);
    const tokens = this.#held.get(hold.sessionId) ?? new Set<number>();
    if (hold.end === null) this.#held.set(hold.sessionId, tokens.add(hold.token));
    else if (tokens.delete(hold.token) && tokens.size === 0) this.#held.delete(hold.sessionId);
    if (hold.end !== null && !this.#keepsEnded) this.holds.delete(hold.token);
  }

  putWait(wait: Wait): void {
    this.waits.set(wait.ticket, wait);
    if (wait.end === null) this.#waiting.add(wait.ticket);
    else this.#waiting.delete(wait.ticket);
    if (wait.end !== null && !this.#keepsEnded) this.waits.delete(wait.ticket);
  }

  take(event: FleetEvent): void {
    switch (event.type) {
      case 'lease.granted':
        this.#grant(event);
        return;
      case 'lease.renewed':
        this.#use(event.token ?? 0, event.at);
        return;
      case 'session.active':
        for (const token of this.#held.get(event.sessionId ?? '') ?? []) this.#use(token, event.at);
        return;
      case 'lease.released':
        this.#end(event, 'released', event.why === 'undelivered' ? 'the grant could not be delivered' : '');
        return;
      case 'lease.expired':
        this.#use(event.token ?? 0, event.lastUsedAt);
        this.#end(event, 'expired', '');
        return;
      case 'lease.revoked':
        this.#end(event, 'revoked', event.by);
        return;
      case 'lease.dropped':
        this.#end(
          event,
          'dropped',
          event.ending === 'session_lost' ? 'its session was lost' : 'its session was closed',
        );
        return;
      case 'lease.queued':
        this.putWait(waitOf(event));
        return;
      case 'wait.ended': {
        const wait = this.waits.get(event.ticket);
        const end = { at: event.at, seq: event.seq, outcome: event.outcome };
        if (wait?.end === null) this.putWait({ ...wait, end });
        return;
      }
      default:
    }
  }

  #grant(event: FleetEvent & { type: 'lease.granted' }): void {
    const { seq, at, resource = '', agentId = '', sessionId = '', mode, ttlMs, path, replaces } = event;
    const replaced = replaces === null ? undefined : this.holds.get(replaces);
    if (replaced?.end === null) {
      const why = path === 'handoff' ? `handed to ${agentId}` : 'by a grant of its own holder';
      this.putHold({ ...replaced, end: { at, seq, how: 'replaced', why } });
    }
    const first = event.firstToken === null ? undefined : this.holds.get(event.firstToken);
    const reason = first?.reason ?? event.reason;
    this.putHold({
      token: seq,
      resource,
      mode,
      agentId,
      sessionId,
      reason,
      ttlMs,
      path,
      from: at,
      usedAt: at,
      end: null,
    });
  }

  #use(token: number, at: Instant): void {
    const hold = this.holds.get(token);
    if (hold?.end === null && at > (hold.usedAt ?? -1)) this.holds.set(token, { ...hold, usedAt: at });
  }

  #end(event: FleetEvent, how: HoldEnd['how'], why: string): void {
    const { token = 0, at, seq } = event;
    const hold = this.holds.get(token) ?? heldBefore(event);
    if (hold.end === null) this.putHold({ ...hold, end: { at, seq, how, why } });
  }
}

/** Its grant lies before what was read. */
function heldBefore({ token = 0, resource = '', agentId = '', sessionId = '' }: FleetEvent): Hold {
  const unknown = { reason: '', ttlMs: null, path: null, from: null, usedAt: null, end: null };
  return { token, resource, mode: 'exclusive', agentId, sessionId, ...unknown };
}

function waitOf(event: FleetEvent & { type: 'lease.queued' }): Wait {
  const { ticket, agentId = '', sessionId = '', resources, mode, priority, reason, seq, at } = event;
  return { ticket, agentId, sessionId, resources, mode, priority, reason, queuedSeq: seq, from: at, end: null };
}
