// What callers were told, against what the log says: everything acknowledged is there, nothing is there twice, nobody held
// what another held, and the whole log folds.

import type { FeedEvent } from '../../src/app/coordinator.ts';
import { Witness } from './witness.ts';

/** Something that a caller was told has happened. */
export type Acknowledged =
  | { readonly kind: 'granted'; readonly requestId: string; readonly token: number }
  | { readonly kind: 'released'; readonly requestId: string; readonly token: number }
  | { readonly kind: 'put'; readonly requestId: string; readonly key: string; readonly version: number };

/** Every way in which the log breaks what was acknowledged; empty when all is well. Throws where the log does not fold. */
export function brokenBy(events: readonly FeedEvent[], heard: readonly Acknowledged[]): readonly string[] {
  const witness = new Witness();
  witness.take(events);
  witness.verify();
  return [...numbering(events), ...overlaps(events), ...writes(events), ...missing(events, heard)];
}

function numbering(events: readonly FeedEvent[]): readonly string[] {
  return events.flatMap(({ seq }, i) => (seq === i + 1 ? [] : [`event ${i + 1} of the log has number ${seq}`]));
}

/** Exclusive leases of one resource, one after the other; tokens that only grow. */
function overlaps(events: readonly FeedEvent[]): readonly string[] {
  const held = new Map<string, number>();
  const problems: string[] = [];
  let last = 0;
  for (const { type, resource = '', token = 0, seq } of events) {
    if (type === 'lease.granted') {
      const holder = held.get(resource);
      if (holder !== undefined) problems.push(`${seq}: ${resource} was granted while token ${holder} held it`);
      if (token !== seq || token <= last) problems.push(`${seq}: token ${token} after token ${last}`);
      held.set(resource, token);
      last = token;
    } else if (/^lease\.(released|expired|revoked|dropped)$/.test(type)) {
      if (held.get(resource) !== token)
        problems.push(`${seq}: ${type} of token ${token}, held is ${held.get(resource)}`);
      held.delete(resource);
    }
  }
  return problems;
}

/** Each version of a value once, in order. */
function writes(events: readonly FeedEvent[]): readonly string[] {
  const versions = new Map<string, number>();
  return events.flatMap((event) => {
    if (event.type !== 'state.put') return [];
    const before = versions.get(event.key) ?? 0;
    versions.set(event.key, event.valueVersion);
    return event.valueVersion === before + 1
      ? []
      : [`${event.seq}: ${event.key} went ${before} to ${event.valueVersion}`];
  });
}

function missing(events: readonly FeedEvent[], heard: readonly Acknowledged[]): readonly string[] {
  const facts = new Map<string, number>();
  for (const event of events) {
    const fact = factOf(event);
    if (fact !== null) facts.set(fact, (facts.get(fact) ?? 0) + 1);
  }
  return heard.flatMap((each) => {
    const times = facts.get(factHeard(each)) ?? 0;
    return times === 1 ? [] : [`${factHeard(each)} was acknowledged and is in the log ${times} times`];
  });
}

function factOf(event: FeedEvent): string | null {
  switch (event.type) {
    case 'lease.granted':
      return `grant of ${event.token}`;
    case 'lease.released':
      return `release of ${event.token} by ${event.requestId}`;
    case 'state.put':
      return `${event.key} version ${event.valueVersion} by ${event.requestId}`;
    default:
      return null;
  }
}

function factHeard(heard: Acknowledged): string {
  switch (heard.kind) {
    case 'granted':
      return `grant of ${heard.token}`;
    case 'released':
      return `release of ${heard.token} by ${heard.requestId}`;
    case 'put':
      return `${heard.key} version ${heard.version} by ${heard.requestId}`;
  }
}
