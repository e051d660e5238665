import type { Section } from '../../section.ts';

export const DEADLOCK: Section = {
  name: 'deadlock',
  title: 'A deadlock is answered at once',
  about:
    'A chain of agents, each of which holds one thing and waits for the next one’s; the last one asks for the first one’s. How long until it hears that this would close a circle. The refusal is decided on a real log; closed twenty times over.',
  columns: [
    { name: 'p50', head: 'median, ms', unit: 'ms', isCost: true },
    { name: 'worst', head: 'worst, ms', unit: 'ms', isCost: true },
  ],
  charts: [],
  load: () => import('./measure.ts'),
};
