import { PAIR_COLUMNS } from '../../columns.ts';
import type { Section } from '../../section.ts';

const SIZE = /\.32$/;

export const STORES: Section = {
  name: 'stores',
  title: 'Stores side by side, and the locks of others',
  about:
    'The same pairs by one process on each store, and the same on the lock libraries that people use instead. Redis writes its append-only file at each write (appendfsync always), etcd has one member. Others keep no order, no tokens and no history; what an answer of theirs survives stands beside it.',
  columns: PAIR_COLUMNS,
  charts: [
    {
      name: 'rate',
      title: 'Pairs a second, 32 callers',
      column: 'rate',
      sizes: null,
      lineOf: (id, what) => (SIZE.test(id) && !id.includes('.bare-') ? what : null),
    },
  ],
  load: () => import('./measure.ts'),
};
