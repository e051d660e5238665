// All sections of the suite, in the order of the tables.

import type { Section } from './section.ts';
import { byName } from './sections/by-name.ts';
import { CROWD } from './sections/crowd/section.ts';
import { DEADLOCK } from './sections/deadlock/section.ts';
import { GROWTH } from './sections/growth/section.ts';
import { LINE } from './sections/line/section.ts';
import { MEMORY } from './sections/memory/section.ts';
import { PAIRS } from './sections/pairs/section.ts';
import { SIZING } from './sections/sizing/section.ts';
import { START } from './sections/start/section.ts';
import { STORES } from './sections/stores/section.ts';

export const SECTIONS: readonly Section[] = [
  PAIRS,
  STORES,
  LINE,
  DEADLOCK,
  CROWD,
  byName('core', {
    title: 'The core alone',
    about: 'Deciding, merging and folding in one thread, with no store.',
  }),
  GROWTH,
  START,
  SIZING,
  MEMORY,
  byName('hook', {
    title: 'What an edit hook costs',
    about:
      'The whole process that a client starts for each edit, at a running desk and without one; and the same over HTTP.',
  }),
  byName('package', {
    title: 'The package',
    about:
      'What `npm pack` makes, what comes with it, and how soon it answers where it was installed. Needs the npm registry, or what npm kept of it.',
    isOnce: true,
  }),
  byName('stopped-writer', {
    title: 'A process that is stopped while it writes',
    about: 'One that appends as fast as it can is stopped again and again: how often that is inside its transaction.',
    isLong: true,
  }),
  byName('stopped-desk', {
    title: 'A desk that is stopped while it writes',
    about: 'A desk that serves 64 callers in 8 processes is stopped again and again.',
    isLong: true,
  }),
  byName('fleets', {
    title: 'Many fleets on one server',
    about: 'What Redis and etcd hold of simulated fleets, and a thousand real small ones beside the model.',
    isLong: true,
    isOnce: true,
  }),
];

export function sectionOf(name: string): Section {
  const section = SECTIONS.find((one) => one.name === name);
  if (section === undefined)
    throw new Error(`there is no section ${name}; one of: ${SECTIONS.map((one) => one.name).join(', ')}`);
  return section;
}
