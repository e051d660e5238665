import type { Section } from '../../section.ts';

export const LINE: Section = {
  name: 'line',
  title: 'The line: twenty contenders, five turns each',
  about:
    'Twenty processes that want one lock five times each and hold it for 20 ms: how long all hundred turns take, how often somebody was granted before another one who had asked at least a turn earlier (of Brigade, any grant out of the order of its log), and the longest wait. 2,000 ms of it are holding. Hand-overs: from a release to the moment when the waiter in another process hears.',
  columns: [
    { name: 'makespan', head: 'all turns, ms', unit: 'ms', isCost: true },
    { name: 'bypasses', head: 'bypasses', unit: '', isCost: true },
    { name: 'longest', head: 'longest wait, ms', unit: 'ms', isCost: true },
    { name: 'p50', head: 'hand-over: median, ms', unit: 'ms', isCost: true },
    { name: 'p99', head: '99 %, ms', unit: 'ms', isCost: true },
  ],
  charts: [
    { name: 'makespan', title: 'A hundred turns, ms', column: 'makespan', sizes: null, lineOf: (_, what) => what },
    { name: 'longest', title: 'The longest wait, ms', column: 'longest', sizes: null, lineOf: (_, what) => what },
  ],
  load: () => import('./measure.ts'),
};
