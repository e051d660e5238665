import type { Section } from '../../section.ts';

export const SIZING: Section = {
  name: 'sizing',
  title: 'Commands over a log of 100,000 events',
  about:
    'A fleet of a hundred agents that lock, wait, check in, write messages and shared values, with no other process there: whole commands from start to end, the most memory that each had, and what it wrote. The first row is the log itself, its snapshots included.',
  columns: [
    { name: 'took', head: 'seconds', unit: 's', isCost: true },
    { name: 'peak', head: 'most memory, MiB', unit: 'MiB', isCost: true },
    { name: 'size', head: 'written, MiB', unit: 'MiB', isCost: true },
    { name: 'each', head: 'bytes an event', unit: 'bytes', isCost: true },
  ],
  charts: [],
  load: () => import('./measure.ts'),
};
