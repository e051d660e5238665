// A folder as the system of November 2025 left it after its users, its scripts and its crashes: twenty agents, none like the
// other, and histories of some of them. What the log must hold of each is written beside it by hand, not computed.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Fields = Readonly<Record<string, unknown>>;

export interface NovemberAgent {
  readonly id: string;
  /** As it stands in the file. */
  readonly text: string;
  /** What must be kept of it; null where it must be refused. */
  readonly record: Fields | null;
  readonly lifecycle: 'active' | 'paused' | 'archived' | 'retired' | null;
  /** Fields that Brigade has no place for, as far as the report must name them. */
  readonly noPlace: readonly string[];
}

const PINNED: Fields = {
  agent_id: 'claude_chat',
  status: 'active',
  created_at: '2025-11-19T21:02:11.402117',
  last_update: '2025-11-19T23:25:07.118204',
  version: 'v1.0',
  total_updates: 28,
  tags: ['cli'],
  notes: 'first, "second"\nthird',
  lifecycle_events: [
    { event: 'created', timestamp: '2025-11-19T21:02:11.402117', reason: null },
    { event: 'loop_detected', timestamp: '2025-11-19T23:25:07.118204', reason: { rule: 'rapid', updates: [3, 4] } },
  ],
  paused_at: null,
  archived_at: null,
};

const KEPT = ['last_update', 'version', 'total_updates', 'lifecycle_events', 'paused_at', 'archived_at'];

function pinned(id: string, change: Fields, lifecycle: NovemberAgent['lifecycle'] = 'active'): NovemberAgent {
  const record: Fields = { ...PINNED, agent_id: id, ...change };
  return { id, text: JSON.stringify(record), record, lifecycle, noPlace: [...KEPT, ...unknownOf(change)] };
}

function unknownOf(change: Fields): readonly string[] {
  return Object.keys(change).filter((field) => !(field in PINNED));
}

function odd(
  id: string,
  text: string,
  record: Fields | null,
  lifecycle: NovemberAgent['lifecycle'] = null,
  noPlace: readonly string[] = [],
): NovemberAgent {
  return { id, text, record, lifecycle, noPlace };
}

/** Those that must be taken, and behind them those that must be refused. */
export const NOVEMBER_AGENTS: readonly NovemberAgent[] = [
  pinned('claude_chat', {}),
  pinned('claude_code_cli', { status: 'Active' }),
  pinned('composer_cursor', { status: 'ACTIVE ', parent_agent_id: null, health_status: 'moderate' }),
  pinned('test', { status: 'waiting_input' }),
  pinned('test_1', { status: 'paused', paused_at: '2025-11-19T23:25:07' }, 'paused'),
  pinned('test-l', { status: 'Archived', archived_at: '2025-11-20T00:00:00' }, 'archived'),
  pinned('glass', { status: 'deleted' }, 'retired'),
  pinned('scout', { status: 'critical_mystery' }, 'archived'),
  pinned('opus.2', { tags: 'cli, night', notes: null, total_updates: '28' }),
  pinned('loop_er', { notes: ['not', 'a', 'text'], tags: [1, null, 'cli'], version: 1 }),
  pinned('utc', { created_at: '2025-11-19T21:02:11.402117Z', last_update: 1763586131.4 }),
  pinned('long', { notes: 'é'.repeat(4_000), history: Array.from({ length: 300 }, (_, i) => ({ i, risk: i / 7 })) }),
  pinned('unicode', { notes: '=cmd()\u0000\u202E 😀 \ud800', 'feld mit "Zeichen"': { ',': '\t' } }),
  odd('empty', '{}', {}, 'active'),
  odd(
    'python',
    '{"agent_id": "python", "risk_score": NaN, "drift": [Infinity, -Infinity], "seed": 123456789012345678901, "status": "active"}',
    {
      agent_id: 'python',
      risk_score: 'NaN',
      drift: ['Infinity', '-Infinity'],
      seed: '123456789012345678901',
      status: 'active',
    },
    'active',
    ['risk_score', 'drift', 'seed'],
  ),
  odd(
    'twice',
    '{"agent_id": "twice", "notes": "one", "status": "active", "notes": "two", "api_key_hash": "x"}',
    { agent_id: 'twice', 'notes (1)': 'one', status: 'active', notes: 'two', api_key_hash: 'x' },
    'active',
    ['notes (1)', 'api_key_hash'],
  ),
  odd('no_record', 'null', null),
  odd('Claude Chat', '{"status": "active"}', null),
  odd('../../etc/passwd', '{"status": "active"}', null),
  odd('huge', JSON.stringify({ status: 'active', blob: 'x'.repeat(70_000) }), null),
];

export const NOVEMBER_COLUMNS = 'agent_id,time,E,I,S,V,lambda1,coherence,void_event,risk_score,decision';

/** Line `n` of an agent's history, the first being 1. */
export function novemberLine(id: string, n: number): string {
  return `${id},${(n / 10).toFixed(3)},0.${5000 + n},0.8945,0.4575,-0.0${100 + (n % 800)},0.1500,1.0000,0,0.1536,approve`;
}

/** `agent_metadata.json` with a mark at its beginning and CRLF, and the histories that are named. */
export function writeNovember(folder: string, histories: Readonly<Record<string, string | Buffer>>): void {
  mkdirSync(folder, { recursive: true });
  const members = NOVEMBER_AGENTS.map(({ id, text }) => `  ${JSON.stringify(id)}: ${text}`);
  writeFileSync(join(folder, 'agent_metadata.json'), `\uFEFF{\r\n${members.join(',\r\n')}\r\n}\r\n`);
  for (const [id, text] of Object.entries(histories)) writeFileSync(join(folder, `governance_history_${id}.csv`), text);
}

/** Lines `from` to `to` of an agent's history, with the line of column names. */
export function novemberHistory(id: string, to: number, from = 1): string {
  const lines = Array.from({ length: to - from + 1 }, (_, i) => novemberLine(id, from + i));
  return [NOVEMBER_COLUMNS, ...lines, ''].join('\r\n');
}
