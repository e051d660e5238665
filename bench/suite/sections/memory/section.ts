import type { Section } from '../../section.ts';

export const MEMORY: Section = {
  name: 'memory',
  title: 'Memory',
  about:
    'What one agent, lease or waiter adds to the heap of a process that folds the log (the desk, `brigade serve`, or whoever has none): taken from ten thousand of each. Each waiter, and each agent, includes the memory of its request, so that a repeat finds its outcome. Below, whole processes at rest; PSS counts shared pages by their part.',
  columns: [
    { name: 'bytes', head: 'bytes each', unit: 'bytes', isCost: true },
    { name: 'pss', head: 'PSS, MiB', unit: 'MiB', isCost: true },
    { name: 'rss', head: 'RSS, MiB', unit: 'MiB', isCost: true },
  ],
  charts: [],
  load: () => import('./measure.ts'),
};
