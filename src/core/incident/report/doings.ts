// What an agent did itself. What is granted to the next in line is written in the name of whoever let go, and is nothing that
// one did; and each call leaves two facts, what it did and that it was active, of which the first is the one to tell.

import { isOperator } from '../../message/mailbox.ts';
import type { ReportedEvent } from './material.ts';

/** Somebody did it, and not to itself alone because another one did something. */
export function isDoing({ actor, agentId = actor, type }: ReportedEvent): boolean {
  return actor !== 'brigade' && (agentId === actor || (isOperator(actor) && !FOLLOWS.has(type)));
}

/** What comes of an operator's word, and is not the word itself. */
const FOLLOWS: ReadonlySet<ReportedEvent['type']> = new Set([
  'lease.granted',
  'lease.offered',
  'lease.dropped',
  'wait.ended',
  'wait.passed',
]);

/** The last thing that the agent did among these, or what it did in the same moment. */
export function lastDoing(events: readonly ReportedEvent[], agentId: string): ReportedEvent | undefined {
  const own = events.filter((event) => event.actor === agentId && isDoing(event));
  const last = own.at(-1);
  if (last?.type !== 'session.active') return last;
  return own.findLast(({ type, at }) => type !== 'session.active' && at === last.at) ?? last;
}
