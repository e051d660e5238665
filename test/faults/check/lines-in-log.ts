// What a log says of lines, followed beside `HeldInLog`: nobody is granted, or offered, what somebody who came earlier waits for
// and conflicts with; and between two moments of the log nobody who could go is left waiting, unless the log says that a line is
// still to be walked, or that granting rests.
//
// Who is passed over (its offer lapsed, or its agent is paused) has no place that others must respect meanwhile. Whoever was let past
// a waiter to break a cycle (`wait.passed`) stands before it, and the one that was passed behind. A handoff goes ahead of the line, and
// what a session holds is in nobody's way whom it stands for.

import type { FleetEvent, Mode } from '../../../src/core/event.ts';
import type { HeldInLog } from './held-in-log.ts';

interface Waiting {
  readonly ticket: string;
  readonly queuedSeq: number;
  readonly sessionId: string;
  readonly agentId: string;
  readonly resources: readonly string[];
  readonly mode: Mode;
  readonly isOffered: boolean;
  readonly isPassedOver: boolean;
  readonly passes: readonly string[];
}

/** Somebody who asks without standing in line: behind everybody. */
const LAST = Number.POSITIVE_INFINITY;

export class LinesInLog {
  readonly problems: string[] = [];
  /** Who waited though nothing was in the way. */
  readonly lost: string[] = [];
  readonly #held: HeldInLog;
  readonly #waiting = new Map<string, Waiting>();
  /** What they were when they ended; a grant that could not be delivered brings one back. */
  readonly #ended = new Map<string, Waiting>();
  readonly #paused = new Set<string>();
  readonly #gone = new Set<string>();
  readonly #unsettled = new Set<string>();
  readonly #isLost = new Set<string>();
  #isResting = false;
  #at = Number.NEGATIVE_INFINITY;

  constructor(held: HeldInLog) {
    this.#held = held;
  }

  /** Before `HeldInLog` has taken it. */
  take(event: FleetEvent): void {
    // Events of one append have one moment.
    if (event.at > this.#at) this.#lookForStranded(event);
    this.#at = event.at;
    switch (event.type) {
      case 'lease.queued':
        this.#queue(event);
        return;
      case 'lease.granted':
        this.#judgeGrant(event);
        return;
      case 'lease.offered':
        this.#offer(event);
        return;
      case 'offer.lapsed':
        this.#change(event.ticket, { isOffered: false, isPassedOver: true });
        return;
      case 'wait.parked':
        this.#change(event.ticket, { isPassedOver: false });
        return;
      case 'wait.passed':
        this.#pass(event);
        return;
      case 'wait.ended':
        this.#end(event.ticket);
        return;
      case 'line.unsettled':
        this.#unsettled.add(event.line);
        return;
      case 'line.settled':
        this.#unsettled.delete(event.line);
        return;
      case 'granting.suspended':
      case 'granting.resumed':
        this.#isResting = event.type === 'granting.suspended';
        return;
      default:
        this.#noteAgents(event);
    }
  }

  /** The log is at its end. */
  end(): void {
    this.#lookForStranded(null);
  }

  #lookForStranded(next: FleetEvent | null): void {
    if (this.#isResting || this.#unsettled.size > 0) return;
    for (const each of this.#waiting.values()) {
      if (each.isOffered || !this.#isInLine(each) || this.#isLost.has(each.ticket) || this.#inTheWay(each) !== null)
        continue;
      this.#isLost.add(each.ticket);
      const until = next === null ? 'at the end' : `before ${next.seq}`;
      this.lost.push(
        `${each.agentId} waits for ${each.resources.join(', ')} (${each.ticket}) ${until}, and nothing is in its way`,
      );
    }
  }

  /** Tickets of whoever waits, in the order of arrival. */
  get tickets(): readonly string[] {
    return [...this.#waiting.values()].toSorted((a, b) => a.queuedSeq - b.queuedSeq).map(({ ticket }) => ticket);
  }

  #queue(event: FleetEvent & { readonly type: 'lease.queued' }): void {
    const { seq: queuedSeq, ticket, resources, mode, sessionId = '', agentId = '' } = event;
    const fresh = { isOffered: false, isPassedOver: false, passes: [] };
    this.#waiting.set(ticket, { ticket, queuedSeq, sessionId, agentId, resources, mode, ...fresh });
  }

  #judgeGrant(event: FleetEvent & { readonly type: 'lease.granted' }): void {
    const { ticket, path, resource = '', mode, sessionId = '', agentId = '' } = event;
    if (path === 'handoff') return;
    const known = ticket === null ? undefined : this.#waiting.get(ticket);
    const none = { ticket: '', queuedSeq: LAST, isOffered: false, isPassedOver: false, passes: [] };
    const standing = known ?? { ...none, sessionId, agentId, resources: [resource], mode };
    // It has its turn, whoever came back to the line meanwhile.
    if (standing.isOffered) return;
    const before = this.#waiterInTheWay({ ...standing, resources: [resource] });
    if (before !== null) this.#bypass(event, before, `${agentId} is granted ${resource}`);
  }

  #offer(event: FleetEvent & { readonly type: 'lease.offered' }): void {
    const { ticket, revived } = event;
    const ended = revived ? this.#ended.get(ticket) : undefined;
    if (ended !== undefined) this.#waiting.set(ticket, { ...ended, isPassedOver: false, passes: [] });
    const row = this.#waiting.get(ticket);
    // What comes back as an offer was granted before, and its place is the one it had then.
    const before = row === undefined || revived ? null : this.#waiterInTheWay(row);
    if (row !== undefined && before !== null) this.#bypass(event, before, `${row.agentId} is offered ${ticket}`);
    this.#change(ticket, { isOffered: true });
  }

  #bypass({ seq }: FleetEvent, before: Waiting, what: string): void {
    this.problems.push(
      `${seq}: ${what} while ${before.agentId} waits for it since ${before.queuedSeq} (${before.ticket})`,
    );
  }

  #pass(event: FleetEvent & { readonly type: 'wait.passed' }): void {
    const row = this.#waiting.get(event.ticket);
    if (row !== undefined) this.#waiting.set(event.ticket, { ...row, passes: [...row.passes, event.passed] });
  }

  #change(ticket: string, change: Partial<Waiting>): void {
    const row = this.#waiting.get(ticket);
    if (row !== undefined) this.#waiting.set(ticket, { ...row, ...change });
  }

  #end(ticket: string): void {
    const row = this.#waiting.get(ticket);
    if (row !== undefined) this.#ended.set(ticket, { ...row, isOffered: false });
    this.#waiting.delete(ticket);
  }

  #noteAgents({ type, agentId = '', sessionId = '' }: FleetEvent): void {
    if (type === 'agent.paused' || type === 'agent.archived' || type === 'agent.retired') this.#paused.add(agentId);
    else if (type === 'agent.resumed' || type === 'agent.restored') this.#paused.delete(agentId);
    else if (type === 'session.lost' || type === 'session.closed') this.#gone.add(sessionId);
  }

  #isInLine({ isPassedOver, sessionId, agentId }: Waiting): boolean {
    return !isPassedOver && !this.#gone.has(sessionId) && !this.#paused.has(agentId);
  }

  /** A holder or a waiter; null when it could go. */
  #inTheWay(standing: Waiting): string | null {
    for (const resource of standing.resources)
      for (const held of this.#held.on(resource))
        if (held.sessionId !== standing.sessionId && conflict(held.mode, standing.mode)) return `token ${held.token}`;
    return this.#waiterInTheWay(standing)?.ticket ?? null;
  }

  #waiterInTheWay(standing: Waiting): Waiting | null {
    const { sessionId, mode } = standing;
    const missing = standing.resources.filter((resource) => !this.#held.covers(sessionId, resource, mode));
    for (const other of this.#waiting.values()) {
      if (other.sessionId === sessionId || !conflict(other.mode, mode)) continue;
      if (!other.resources.some((resource) => missing.includes(resource))) continue;
      if (other.isOffered || this.#standsBefore(other, standing)) return other;
    }
    return null;
  }

  #standsBefore(other: Waiting, standing: Waiting): boolean {
    if (!this.#isInLine(other)) return false;
    if (other.passes.includes(standing.ticket)) return true;
    return other.queuedSeq < standing.queuedSeq && !standing.passes.includes(other.ticket);
  }
}

function conflict(a: Mode, b: Mode): boolean {
  return a === 'exclusive' || b === 'exclusive';
}
