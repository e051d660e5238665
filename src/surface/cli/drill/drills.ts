// Every drill there is: what it rehearses, what it needs, how long it takes.

import type { Paint } from '../output/screen.ts';
import { AGENTS } from './cast.ts';
import { clockJump } from './incidents/clock-jump.ts';
import { deadlockRing } from './incidents/deadlock-ring.ts';
import { deskDeath } from './incidents/desk-death.ts';
import { diskFull } from './incidents/disk-full.ts';
import { identityCollision } from './incidents/identity-collision.ts';
import type { Incident } from './incidents/incident.ts';
import { retryStorm } from './incidents/retry-storm.ts';
import { silentHolder } from './incidents/silent-holder.ts';
import { hanging, wrapped } from './screen/wrap.ts';

export const NIGHT = 'too-many-cooks';

export type Drill = Pick<Incident, 'name' | 'title' | 'rehearses' | 'needs' | 'signals' | 'takesMs' | 'agents'>;

const night: Drill = {
  name: NIGHT,
  title: 'Too many cooks: the night of 19 November 2025',
  rehearses:
    'One agent freezes with the lock in its hand and comes back, one is killed, two take two files in opposite order.',
  needs: 'signals (not on Windows)',
  signals: true,
  takesMs: 14_000,
  agents: AGENTS,
};

export const INCIDENTS: readonly Incident[] = [
  deadlockRing,
  retryStorm,
  deskDeath,
  identityCollision,
  silentHolder,
  diskFull,
  clockJump,
];

export const DRILLS: readonly Drill[] = [night, ...INCIDENTS];

/** What a script reads. */
export function drillsDocument(): object {
  const drills = DRILLS.map(({ name, title, rehearses, needs, takesMs, agents }) => {
    return { name, title, rehearses, needs, takesMs, agents };
  });
  return { drills };
}

/** Wider lines are harder to read than to fit. */
const WIDEST = 100;

export function drillsLines({ width, paint }: { readonly width: number; readonly paint: Paint }): readonly string[] {
  const room = Math.min(width, WIDEST);
  const longest = Math.max(...DRILLS.map(({ name }) => name.length));
  const blocks = DRILLS.flatMap(({ name, rehearses, needs, takesMs, agents }) => {
    const head = `  ${name.padEnd(longest)}  `;
    const [first = '', ...rest] = hanging(head, rehearses, room);
    const facts = `needs ${needs} · ${agents.least} to ${agents.most} agents, usually ${agents.usual} · about ${Math.round(takesMs / 1_000)} s`;
    const lines = hanging(' '.repeat(head.length), facts, room);
    return [`${paint.strong(head)}${first.slice(head.length)}`, ...rest, ...lines.map(paint.faint)];
  });
  const how =
    'brigade drill NAME runs one, with real processes in a scratch folder; nothing of yours is touched. It ends with a score: detected after, explained, freed after, lost; and with exit code 1 when a promise did not hold.';
  return ['', ...blocks, '', ...wrapped(how, room)];
}
