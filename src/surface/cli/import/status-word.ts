// What the old system called the state of an agent, as one of our four lifecycles. It wrote `active`, `waiting_input`, `paused`,
// `archived` and `deleted`; files that people and scripts have touched spell them in many ways.

import type { Lifecycle } from '../../../core/event.ts';

const WORDS: Readonly<Record<Lifecycle, readonly string[]>> = {
  active: [
    'active',
    'waiting_input',
    'waiting',
    'idle',
    'running',
    'working',
    'ready',
    'created',
    'resumed',
    'restored',
  ],
  paused: ['paused', 'pause', 'suspended', 'on_hold', 'blocked', 'stopped'],
  archived: ['archived', 'archive', 'inactive', 'dormant', 'completed', 'done', 'finished'],
  retired: ['retired', 'deleted', 'removed', 'terminated'],
};

const LIFECYCLES: ReadonlyMap<string, Lifecycle> = new Map(
  Object.entries(WORDS).flatMap(([lifecycle, words]) => words.map((word) => [word, lifecycle as Lifecycle] as const)),
);

export interface Status {
  readonly lifecycle: Lifecycle;
  /** Null where the word is ours. */
  readonly why: string | null;
}

/**
 * The lifecycle of a record. Without a status its dates tell. A word that nobody knows makes it archived: it does not act
 * again by accident, and an operator can restore it.
 */
export function statusOf(record: Readonly<Record<string, unknown>>): Status {
  const { status } = record;
  if (status === undefined || status === null || status === '') return byDates(record);
  const word = typeof status === 'string' ? normal(status) : null;
  const lifecycle = word === null ? undefined : LIFECYCLES.get(word);
  if (lifecycle === undefined)
    return { lifecycle: 'archived', why: 'nobody knows this status; an operator can restore the agent' };
  return { lifecycle, why: status === lifecycle ? null : 'as Brigade calls it' };
}

function byDates({ archived_at, paused_at }: Readonly<Record<string, unknown>>): Status {
  if (isDate(archived_at)) return { lifecycle: 'archived', why: 'there is no status, but archived_at' };
  if (isDate(paused_at)) return { lifecycle: 'paused', why: 'there is no status, but paused_at' };
  return { lifecycle: 'active', why: 'there is no status' };
}

function isDate(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

/** `Waiting-Input ` is `waiting_input`. */
function normal(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
}
