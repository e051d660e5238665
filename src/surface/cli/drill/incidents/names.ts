// Who takes part in an incident.

import type { Actor } from '../cast.ts';

const NAMES = [
  'ana',
  'bo',
  'cleo',
  'dan',
  'eve',
  'finn',
  'gus',
  'hana',
  'ivo',
  'jun',
  'kay',
  'leo',
  'mia',
  'nils',
  'ola',
  'pia',
  'quin',
  'rosa',
  'sam',
  'tara',
  'uma',
  'vic',
  'wim',
  'xena',
  'yuri',
  'zoe',
  'arlo',
  'bea',
  'cyd',
  'dora',
  'eli',
  'fay',
];
const CLIENTS = ['claude_code', 'cursor', 'codex', 'gemini'];

export const MOST_NAMES = NAMES.length;

export function namesOf(count: number): readonly Actor['asks'][] {
  return NAMES.slice(0, count).map((id) => ({ id }));
}

/** Number `index` of those who take part. */
export function actorOf(index: number, asks: Actor['asks']): Actor {
  const client = CLIENTS[index % CLIENTS.length] as string;
  return { index, asks, client, revision: client === 'cursor' ? '2026-07-28' : '2025-11-25' };
}

/** As many names as a line bears. */
const NAMED = 6;

export function namesText(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? 'nobody';
  const shown = names.length > NAMED ? [...names.slice(0, NAMED - 1), `${names.length - NAMED + 1} more`] : names;
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}
