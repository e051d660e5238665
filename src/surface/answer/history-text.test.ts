import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import type { FeedEvent } from '../../app/coordinator.ts';
import { HISTORY_COLUMNS } from '../../core/audit/history-row.ts';
import { type HistoryOptions, historyText } from './history-text.ts';

const HASH = 'f'.repeat(64);
const CALM = new AbortController().signal;
const ALL: HistoryOptions = {
  format: 'csv',
  eisv: false,
  agentId: null,
  from: 1,
  to: Number.MAX_SAFE_INTEGER,
  withTexts: false,
  signal: CALM,
};

/** A feed of the events of a fleet, as a coordinator gives it. */
function feedOf(fleet: CoreFleet) {
  return {
    async *feed({ after }: { readonly after: number }): AsyncIterable<FeedEvent> {
      for (const event of fleet.events) if (event.seq > after) yield { ...event, hash: HASH };
    },
  };
}

async function textOf(
  fleet: CoreFleet,
  options: Partial<HistoryOptions>,
): Promise<{ text: string; rows: number; withheld: number }> {
  let [text, rows, withheld] = ['', 0, 0];
  for await (const part of historyText(feedOf(fleet), { ...ALL, ...options })) {
    if (part.lines !== '') text += `${part.lines}\n`;
    rows += part.rows;
    withheld += part.withheld;
  }
  return { text, rows, withheld };
}

function open(): CoreFleet {
  const fleet = new CoreFleet();
  for (const name of ['ana', 'bo']) fleet.join(name);
  return fleet;
}

describe('history as CSV', () => {
  it('has the pinned columns and a row for each event, whatever stands in a reason', async () => {
    const fleet = open();
    const reason = 'two\nlines, "quoted"\r and\t=tabs';
    fleet.acquire('ana', ['task:a'], { reason });
    for (let i = 0; i < 1_200; i += 1) fleet.system({ op: 'mark_drill', label: 'x', note: '' });
    const { text, rows } = await textOf(fleet, {});
    const parsed = parse(text, { columns: true }) as readonly Record<string, string>[];
    expect(text.split('\n')[0]).toBe(HISTORY_COLUMNS.join(','));
    expect(rows).toBe(fleet.events.length);
    expect(parsed.map(({ seq }) => Number(seq))).toEqual(fleet.events.map(({ seq }) => seq));
    expect(parsed.find(({ event }) => event === 'lease.granted')).toMatchObject({
      reason,
      agent_id: 'ana',
      resource: 'task:a',
    });
  });

  it('puts an apostrophe before text that a spreadsheet would run, and leaves numbers alone', async () => {
    const fleet = open();
    const reasons = ['=1+1', '+cmd', '-x', '@sum', '\t=1', '\uFF1D1', '-5', '+1.5e3', 'a=b', "'=1"];
    for (const reason of reasons) fleet.acquire('ana', [`task:${reasons.indexOf(reason)}`], { reason });
    const parsed = parse((await textOf(fleet, {})).text, { columns: true }) as readonly Record<string, string>[];
    expect(parsed.filter(({ event }) => event === 'lease.granted').map(({ reason }) => reason)).toEqual([
      "'=1+1",
      "'+cmd",
      "'-x",
      "'@sum",
      "'\t=1",
      "'\uFF1D1",
      '-5',
      '+1.5e3',
      'a=b',
      "'=1",
    ]);
  });

  it('of a part of the log still knows what was held and waited before it', async () => {
    const fleet = open();
    fleet.acquire('ana', ['task:a']);
    fleet.atMs = 2_500;
    fleet.says('ana', { op: 'release', leases: 'all' });
    const released = fleet.events.find(({ type }) => type === 'lease.released')?.seq ?? 0;
    const { text, rows } = await textOf(fleet, { from: released, to: released });
    expect(rows).toBe(1);
    expect(parse(text, { columns: true })).toMatchObject([{ event: 'lease.released', hold_ms: '2500' }]);
    for (const format of ['csv', 'ndjson', 'json'] as const)
      expect((await textOf(fleet, { format, from: 2, to: 4 })).rows).toBe(3);
  });

  it('of one agent has what it did and what others said of it', async () => {
    const fleet = open();
    fleet.acquire('bo', ['task:b']);
    fleet.acquire('ana', ['task:a']);
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'look' });
    const { text } = await textOf(fleet, { agentId: 'ana' });
    const parsed = parse(text, { columns: true }) as readonly Record<string, string>[];
    const [alerts, own] = [
      parsed.filter(({ event }) => event === 'alert.opened'),
      parsed.filter(({ agent_id }) => agent_id !== ''),
    ];
    expect(new Set(own.map(({ agent_id }) => agent_id))).toEqual(new Set(['ana']));
    expect(own.at(-1)).toMatchObject({ event: 'agent.paused', actor: 'operator:root', reason: 'look' });
    // An alert is about all whom it names, so it is nobody's alone.
    expect(alerts).toMatchObject([{ agent_id: '', actor: 'brigade' }]);
    expect(alerts.length + own.length).toBe(parsed.length);
  });
});

describe('history as NDJSON and JSON', () => {
  it('has every fact with its hash; texts of messages only for an operator', async () => {
    const fleet = open();
    const message = {
      op: 'send_message',
      to: 'bo',
      kind: 'info',
      text: 'between us',
      replyTo: null,
      resource: null,
    } as const;
    fleet.says('ana', message);
    const operator = await textOf(fleet, { format: 'ndjson', withTexts: true });
    const lines = operator.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as FeedEvent);
    expect(lines).toEqual(fleet.events.map((event) => ({ ...event, hash: HASH })));
    expect(operator.withheld).toBe(0);
    for (const format of ['ndjson', 'json', 'csv'] as const) {
      const other = await textOf(fleet, { format });
      expect(other.text).not.toContain('"text":"between us"');
      expect(other.rows).toBe(fleet.events.length);
      expect(other.withheld).toBe(format === 'csv' ? 0 : 1);
    }
  });

  it('is one array, also of nothing', async () => {
    const fleet = open();
    const { text, rows } = await textOf(fleet, { format: 'json' });
    expect((JSON.parse(text) as unknown[]).length).toBe(rows);
    expect(JSON.parse((await textOf(fleet, { format: 'json', from: 1_000 })).text)).toEqual([]);
  });
});

describe('check-ins in the old columns', () => {
  it('are those that were imported, as they were, then those that were recorded', async () => {
    const fleet = open();
    fleet.operator({ op: 'adopt_policy', policy: { estimator: 'eisv-v1' }, reason: '' });
    const checkIn = {
      op: 'check_in',
      digest: '',
      complexity: null,
      confidence: null,
      outcomes: [],
      plan: null,
    } as const;
    fleet.says('ana', { ...checkIn, summary: '', parameters: [] });
    const columns = ['agent_id', 'time', 'V', 'extra', 'decision'];
    const rows = [['bo', '0.1', '-0.0120', 'x', '=approve']];
    fleet.operator({
      op: 'import_history',
      agentId: 'bo',
      source: 'f',
      columns,
      rows,
      lines: [2],
      after: 0,
      digest: 'd',
    });
    const { text, rows: count } = await textOf(fleet, { eisv: true });
    const [header, imported, recorded, ...more] = text.trimEnd().split('\n');
    expect(header).toBe('agent_id,time,E,I,S,V,lambda1,coherence,void_event,risk_score,decision');
    expect(imported).toBe("bo,0.1,,,,-0.0120,,,,,'=approve");
    expect(recorded).toBe('ana,0.100,0.5175,0.8946,0.4575,-0.0120,0.1500,1.0000,0,0.1536,approve');
    expect([more, count]).toEqual([[], 2]);
  });
});
