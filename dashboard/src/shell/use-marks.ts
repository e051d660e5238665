// Moments worth going back to, for the slider: incidents that opened, and what a drill marked. The newest part of the log is
// looked through once; what comes later comes with the stream.

import { useEffect, useState } from 'react';
import { getJson, Problem } from '../data/api.ts';
import { type LiveEvent, live } from '../data/live.ts';

export interface Mark {
  readonly seq: number;
  readonly atMs: number;
  /** A word or two. */
  readonly label: string;
  readonly text: string;
}

const TYPES = ['incident.opened', 'drill.marked'] as const;
/** Of a longer log only this much is looked through. */
const BACK = 100_000;
const PAGES_MAX = 10;
const MARKS_MAX = 100;

export function useMarks(): readonly Mark[] {
  const [marks, setMarks] = useState<readonly Mark[]>([]);
  useEffect(() => {
    const over = new AbortController();
    const add = (events: readonly LiveEvent[]): void => {
      const found = events.filter(({ type }) => (TYPES as readonly string[]).includes(type)).map(markOf);
      if (found.length > 0 && !over.signal.aborted) setMarks((known) => merged(known, found));
    };
    const unhear = live.hear((batch) => {
      if (!batch.all) add(batch.events);
    });
    lookBack(add, over.signal).catch((error: unknown) => {
      // Without marks the slider slides as well.
      if (!(error instanceof Problem) && !over.signal.aborted) throw error;
    });
    return () => {
      over.abort();
      unhear();
    };
  }, []);
  return marks;
}

async function lookBack(add: (events: readonly LiveEvent[]) => void, signal: AbortSignal): Promise<void> {
  const fleet = await getJson<{ readonly head: { readonly seq: number } }>('/v1/fleet', {}, signal);
  let after = Math.max(0, fleet.body.head.seq - BACK);
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const params = { after, type: TYPES.join(','), limit: MARKS_MAX };
    const { body } = await getJson<EventsPage>('/v1/events', params, signal);
    add(body.events);
    if (!body.hasMore) return;
    after = body.cursor;
  }
}

interface EventsPage {
  readonly events: readonly LiveEvent[];
  readonly cursor: number;
  readonly hasMore: boolean;
}

function markOf(event: LiveEvent): Mark {
  const { seq, wallAt, type, sentence } = event;
  const label = type === 'drill.marked' ? String(event.label) : `Incident ${String(event.incident)}`;
  return { seq, atMs: Date.parse(wallAt), label, text: sentence };
}

function merged(known: readonly Mark[], found: readonly Mark[]): readonly Mark[] {
  const all = new Map([...known, ...found].map((mark) => [mark.seq, mark]));
  return [...all.values()].toSorted((a, b) => a.seq - b.seq).slice(-MARKS_MAX);
}
