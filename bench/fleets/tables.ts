// What the benchmark of the fleets prints, as Markdown: docs/scaling.md has these tables.

import type { CoreMeasures } from './measure-core.ts';
import type { StoreMeasures } from './measure-store.ts';
import type { Measured } from './simulate.ts';
import { STORE_CALLS, type StoreWork } from './store-model.ts';

export interface Row {
  readonly size: number;
  readonly measured: Measured;
}

export function coreTable({ costs, replicaBytes, snapshot, batchBytes }: CoreMeasures): string {
  return table(
    ['of one fleet of 100 agents', 'measured'],
    [
      ['deciding a command', `${micros(costs.decideMs)} µs`],
      ['folding an event of another host', `${micros(costs.foldMs)} µs`],
      ['memory of each host that folds it', `${(replicaBytes / 2 ** 20).toFixed(1)} MiB`],
      ['a snapshot', `${Math.round(snapshot.length / 1024)} KiB`],
      ['a batch', `${Math.round(batchBytes)} bytes`],
    ],
  );
}

export function costTable(stores: readonly StoreMeasures[]): string {
  const rows = [...STORE_CALLS, 'push' as const].map((call: StoreWork) => [
    call,
    ...stores.map(({ costs }) => `${micros(costs.serverMs[call])} / ${micros(costs.clientMs[call])} µs`),
  ]);
  const syncs = [
    'a sync of the disk',
    ...stores.map(({ costs: { syncMs } }) => (syncMs === 0 ? '-' : `${ms(syncMs)} ms`)),
  ];
  const appends = (stores[0]?.appends ?? []).map(({ fleets }, i) => [
    `appends of ${fleets} fleets at once`,
    ...stores.map(({ appends: each }) => `${count(each[i]?.perSecond)} a second, ${ms(each[i]?.medianMs)} ms`),
  ]);
  return table(['server / caller', ...stores.map(({ costs: { name } }) => name)], [...rows, syncs, ...appends]);
}

export function loadTable(what: string, rows: readonly Row[]): string {
  const head = [
    what,
    'asked, answered /s',
    'events /s',
    'store calls /s',
    'store’s processor',
    'answer: median, 99 %',
    'hand-over: median, 99 %',
    'appends in vain',
  ];
  return table(
    head,
    rows.map(({ size, measured: m }) => [
      count(size),
      `${count(m.wantedPerSecond)}, ${count(m.commandsPerSecond)}`,
      count(m.eventsPerSecond),
      count(m.callsPerSecond),
      percent(m.storeProcessor),
      `${ms(at(m.answeredMs, 0.5))}, ${ms(at(m.answeredMs, 0.99))} ms`,
      `${ms(at(m.handedMs, 0.5))}, ${ms(at(m.handedMs, 0.99))} ms`,
      percent(m.conflictShare),
    ]),
  );
}

/** Of sorted numbers. */
export function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function count(value = Number.NaN): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

function ms(value = Number.NaN): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : 0 });
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function micros(value: number): string {
  return (value * 1_000).toFixed(0);
}

/** How real fleets were opened, and what they take while nobody works. */
export interface OpenedFleets {
  readonly hosts: number;
  readonly fleets: number;
  readonly tookMs: number;
  readonly processBytes: number;
  readonly storeBytes: number;
  readonly connections: number;
  readonly idleCallsPerSecond: number;
  readonly idleStoreProcessor: number;
  readonly idleHostProcessor: number;
}

export interface Lived {
  readonly commandsPerSecond: number;
  readonly answeredMs: readonly number[];
  readonly storeProcessor: number;
  readonly hostProcessor: number;
  readonly conflictShare: number;
}

/** The same once for real and once simulated. */
export interface RealRow {
  readonly pace: number;
  readonly lived: Lived;
  readonly model: Measured;
}

export function openedTable(opened: OpenedFleets): string {
  const { fleets, hosts } = opened;
  return table(
    ['real fleets', 'measured'],
    [
      ['opened, with all their agents, within', `${(opened.tookMs / 1_000).toFixed(0)} s`],
      ['memory in Redis, of each', `${Math.round(opened.storeBytes / fleets / 1024)} KiB`],
      ['connections, of each host of each', (opened.connections / fleets / hosts).toFixed(1)],
      [
        'memory of the processes with all hosts, of each host of each',
        `${Math.round(opened.processBytes / fleets / hosts / 1024)} KiB`,
      ],
      [
        'at rest: commands of Redis, of each host of each',
        `${(opened.idleCallsPerSecond / fleets / hosts).toFixed(1)} a second`,
      ],
      ['at rest: Redis’ processor', percent(opened.idleStoreProcessor)],
      ['at rest: the processor of each process with hosts', percent(opened.idleHostProcessor)],
    ],
  );
}

export function besideTable(rows: readonly RealRow[]): string {
  return table(
    [
      'locks a minute',
      'commands /s',
      'answer: median',
      '99 %',
      'store’s processor',
      'hosts’ processor',
      'appends in vain',
    ],
    rows.map(({ pace, lived, model }) => {
      const both = (of: (each: Lived) => string): string => `${of(lived)} / ${of(model)}`;
      return [
        count(pace),
        both((each) => count(each.commandsPerSecond)),
        both((each) => `${ms(at(each.answeredMs, 0.5))} ms`),
        both((each) => `${ms(at(each.answeredMs, 0.99))} ms`),
        both((each) => percent(each.storeProcessor)),
        both((each) => percent(each.hostProcessor)),
        both((each) => percent(each.conflictShare)),
      ];
    }),
  );
}
