import { PAIR_COLUMNS } from '../../columns.ts';
import type { Section } from '../../section.ts';

const LINES: Readonly<Record<string, string>> = {
  library: 'in process',
  desk: 'desk',
  rest: 'REST',
  'mcp-http': 'MCP, HTTP',
  'mcp-stdio': 'MCP, stdio',
};

function lineOf(id: string): string | null {
  return LINES[id.split('.')[1] ?? ''] ?? null;
}

export const PAIRS: Section = {
  name: 'pairs',
  title: 'Pairs of acquire and release',
  about:
    'Callers that each take a lock of their own and give it back, as fast as they are answered; both answers come after the disk has them. Under each way to a lock stands the bare component that it is made of, measured in turn with it: it keeps as many bytes as safely and knows no rule.',
  columns: PAIR_COLUMNS,
  charts: [
    { name: 'rate', title: 'Durable pairs a second', column: 'rate', sizes: 'callers', lineOf },
    { name: 'p99', title: 'A pair, 99th percentile, ms', column: 'p99', sizes: 'callers', lineOf },
  ],
  load: () => import('./measure.ts'),
};
