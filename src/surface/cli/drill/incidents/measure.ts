// What the log and the journals of an incident show: when people were told, when those who were blocked got on, and whether all
// that was acknowledged is there.

import type { FeedEvent } from '../../../../app/coordinator.ts';
import type { AlertCode } from '../../../../core/alert/alert.ts';
import type { EventOf, EventType, FleetEvent } from '../../../../core/event.ts';
import { type JournalLine, linesOf } from '../journal.ts';
import { monotonicTimes } from '../report/log-clock.ts';

/** What had happened by then on the monotonic clock: what comes of everybody leaving is no merit of anybody. */
export function eventsUntil(events: readonly FleetEvent[], untilMs: number): readonly FleetEvent[] {
  const times = monotonicTimes(events);
  return events.filter(({ seq }) => (times.get(seq) ?? 0) <= untilMs);
}

export interface AgentRecord {
  readonly agentId: string;
  readonly asked: string;
  readonly client: string;
  readonly journal: readonly JournalLine[];
}

/** Since `causeMs` on the monotonic clock; negative never. */
export interface SeenAlert {
  readonly event: EventOf<'alert.opened'>;
  readonly afterMs: number;
}

export interface Cause {
  readonly causeMs: number;
  /** Number of the last event before it. */
  readonly causeSeq: number;
}

/** The first alert of this code after the cause. */
export function alertAfter(
  events: readonly FleetEvent[],
  { causeMs, causeSeq }: Cause,
  code: AlertCode,
): SeenAlert | null {
  const event = events.find(
    (each): each is EventOf<'alert.opened'> =>
      each.type === 'alert.opened' && each.seq > causeSeq && each.code === code,
  );
  if (event === undefined) return null;
  return { event, afterMs: Math.max(0, (monotonicTimes(events).get(event.seq) ?? causeMs) - causeMs) };
}

export interface Freed {
  readonly blocked: number;
  readonly freed: number;
  /** Until the last of them got on; null when one did not. */
  readonly afterMs: number | null;
  readonly stuck: readonly string[];
}

/** Somebody got on when it was granted, after the cause, what it could not have. */
export function freedAfter(
  events: readonly FleetEvent[],
  { causeMs, causeSeq }: Cause,
  blocked: readonly { readonly agentId: string; readonly resource: string }[],
): Freed {
  const times = monotonicTimes(events);
  const grants = blocked.map(({ agentId, resource }) =>
    events.find(
      (event) =>
        event.type === 'lease.granted' &&
        event.seq > causeSeq &&
        event.agentId === agentId &&
        spoken(event.resource ?? '') === resource,
    ),
  );
  const stuck = blocked.filter((_, i) => grants[i] === undefined).map(({ agentId }) => agentId);
  const lastMs = Math.max(causeMs, ...grants.map((grant) => times.get(grant?.seq ?? 0) ?? causeMs));
  return {
    blocked: blocked.length,
    freed: blocked.length - stuck.length,
    afterMs: stuck.length === 0 ? lastMs - causeMs : null,
    stuck,
  };
}

export interface Kept {
  readonly acknowledged: number;
  /** In words, each. */
  readonly lost: readonly string[];
}

/** Every grant, write and registration that an agent was told of, held against the log. */
export function keptOf(events: readonly FleetEvent[], agents: readonly AgentRecord[]): Kept {
  const present = new Set(events.map(factOf).filter((fact) => fact !== null));
  const acknowledged = agents.flatMap(({ agentId, journal }) => acknowledgedIn(agentId, journal));
  return { acknowledged: acknowledged.length, lost: acknowledged.filter((fact) => !present.has(fact)) };
}

function acknowledgedIn(agentId: string, journal: readonly JournalLine[]): readonly string[] {
  return [
    ...linesOf(journal, 'registered').map(({ sessionId }) => `${agentId}: session ${sessionId}`),
    ...linesOf(journal, 'granted').flatMap(({ tokens }) =>
      Object.values(tokens).map((token) => `${agentId}: lock ${token}`),
    ),
    ...linesOf(journal, 'wrote').map(({ key, version }) => `${agentId}: ${key} version ${version}`),
  ];
}

function factOf(event: FleetEvent): string | null {
  const agentId = event.agentId ?? '';
  switch (event.type) {
    case 'session.opened':
      return `${agentId}: session ${event.sessionId ?? ''}`;
    case 'lease.granted':
      return `${agentId}: lock ${event.seq}`;
    case 'state.put':
      return `${agentId}: ${event.key} version ${event.valueVersion}`;
    default:
      return null;
  }
}

/** A resource as an agent names it. */
export function spoken(resource: string): string {
  return resource.replace(/^file:@[^/]+\//, 'file:');
}

/**
 * A sentence in which files are named as agents name them: all of them share one worktree here, and the folder in which it
 * lies is gone when this is read.
 */
export function inWords(text: string): string {
  return text.replaceAll(/\bfile:@[^/\s]+\//g, 'file:').replaceAll(/\S*\/brigade-drill-\w+\/workspace\//g, '');
}

export function isOf<T extends EventType>(event: FeedEvent, type: T): event is Extract<FeedEvent, { type: T }> {
  return event.type === type;
}
