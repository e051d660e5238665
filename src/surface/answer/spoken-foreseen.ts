// What an act would log, as plain data for whoever thinks about it: names as it sees them.

import type { Foreseen, Reply, ToldEvent } from '../../core/reply.ts';
import { seenFrom } from './seen-names.ts';

/** Nothing where `answer` is that of no dry run. */
export function spokenForeseen({ foreseen }: Reply, worktree: string): Foreseen {
  return { events: spokenEvents(foreseen?.events ?? [], worktree), leftOut: foreseen?.leftOut ?? 0 };
}

export function spokenEvents(events: readonly ToldEvent[], worktree: string): readonly ToldEvent[] {
  const { name, text } = seenFrom(worktree);
  return events.map((event) => ({
    ...event,
    resource: event.resource === null ? null : name(event.resource),
    sentence: text(event.sentence),
  }));
}
