import type { Section } from '../../section.ts';

export const CROWD: Section = {
  name: 'crowd',
  title: 'A hundred thousand leases, ten thousand waiters',
  about:
    'What others notice of a crowd: pairs of 32 callers in one process on SQLite, first with nothing else held, then beside 100,000 leases, then with 10,000 waiters as well. A page of `brigade locks` is the view of the first hundred. Pairs beside the crowd are compared with pairs alone.',
  columns: [
    { name: 'rate', head: 'pairs/s', unit: 'pairs/s', isCost: false },
    { name: 'p50', head: 'median, ms', unit: 'ms', isCost: true },
    { name: 'p99', head: '99 %, ms', unit: 'ms', isCost: true },
    { name: 'view', head: 'a page of locks, ms', unit: 'ms', isCost: true },
    { name: 'made', head: 'made in, s', unit: 's', isCost: true },
  ],
  charts: [],
  load: () => import('./measure.ts'),
};
