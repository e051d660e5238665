import type { Section } from '../../section.ts';

export const START: Section = {
  name: 'start',
  title: 'From the start of a process to its first answer',
  about:
    'Nothing else runs, so each start reads the log itself: the newest snapshot, and what came after it. Medians of five starts, with the compile cache of Node in place. Beside them a Node that does nothing.',
  columns: [
    { name: 'locks', head: '`brigade locks`, ms', unit: 'ms', isCost: true },
    { name: 'mcp', head: '`brigade mcp`, ms', unit: 'ms', isCost: true },
    { name: 'serve', head: '`brigade serve`, ms', unit: 'ms', isCost: true },
    { name: 'node', head: '`node -e 0`, ms', unit: 'ms', isCost: true },
    { name: 'size', head: 'log on disk, MiB', unit: 'MiB', isCost: true },
  ],
  charts: [],
  load: () => import('./measure.ts'),
};
