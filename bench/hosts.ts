// Hosts that share one log on a server: what 4 of them get done with 16 callers each, every caller on a lock of its own, and what
// one host does alone, on a log of its own beside it. Each host has a folder, a place and a desk of its own in front of the store,
// and two processes: the one that is the desk, and a guest of it. The server is started for the run and stopped after it.
//
// `--store redis`, with the append-only file synced at each write; `etcd`, of one member; or `etcd3`, of three.

import { EtcdCluster } from '../test/support/etcd-server.ts';
import { RedisServer } from '../test/support/redis-server.ts';
import { Scratch } from '../test/support/scratch.ts';
import { type Caller, type Counted, closeAll, startCallers } from './support/callers.ts';
import type { Asked, Figure } from './support/figure.ts';

const HOSTS = 4;
const PROCESSES = 2;
const CALLERS = 8;
/** Until then the processes still compile what they do most, on the cores that are measured. */
const WARM_MS = 12_000;
const RUN_MS = 6_000;

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

interface Measured {
  readonly start: () => Promise<Server>;
  readonly operationsAtLeast: number;
}

const STORES: Readonly<Record<string, Measured>> = {
  redis: { start: () => RedisServer.start(), operationsAtLeast: 8_000 },
  etcd: { start: () => EtcdCluster.start({ members: 1 }), operationsAtLeast: 800 },
  etcd3: { start: () => EtcdCluster.start({ members: 3 }), operationsAtLeast: 800 },
};

export async function measure({ store = 'redis' }: Asked): Promise<readonly Figure[]> {
  const measured = STORES[store];
  if (measured === undefined)
    throw new Error(`--store ${store} is not known; one of: ${Object.keys(STORES).join(', ')}`);
  const server = await measured.start();
  try {
    const many = await campaign(server.url, 'many', HOSTS);
    const alone = await campaign(server.url, 'alone', 1);
    return figures(many, alone, measured.operationsAtLeast);
  } finally {
    await server.stop();
  }
}

function figures(many: Summary, alone: Summary, operationsAtLeast: number): readonly Figure[] {
  const target = { atLeast: operationsAtLeast };
  return [
    { what: `${HOSTS} hosts: acknowledged operations`, value: many.rate, unit: '/s', target },
    {
      what: `${HOSTS} hosts: lowest host to mean`,
      value: many.lowest,
      unit: '',
      target: { atLeast: 0.5, always: true },
    },
    {
      what: `${HOSTS} hosts: longest call`,
      value: many.longestMs,
      unit: 'ms',
      target: { atMost: 2_000, always: true },
    },
    { what: `${HOSTS} hosts: calls that failed`, value: many.failed, unit: '', target: { atMost: 0, always: true } },
    { what: `${HOSTS} hosts: a pair, median`, value: many.medianMs, unit: 'ms' },
    { what: `${HOSTS} hosts: conflicts an append`, value: many.conflicts / many.appends, unit: '' },
    { what: `${HOSTS} hosts: operations an append`, value: many.operations / many.appends, unit: '' },
    { what: 'one host alone: acknowledged operations', value: alone.rate, unit: '/s' },
    { what: 'one host alone: a pair, median', value: alone.medianMs, unit: 'ms' },
    { what: 'one host alone: operations an append', value: alone.operations / alone.appends, unit: '' },
    { what: `${HOSTS} hosts to one`, value: many.rate / alone.rate, unit: 'times' },
  ];
}

interface Summary {
  readonly operations: number;
  readonly rate: number;
  /** Operations of the slowest host, as a part of the mean. */
  readonly lowest: number;
  readonly failed: number;
  readonly longestMs: number;
  readonly medianMs: number;
  readonly appends: number;
  readonly conflicts: number;
}

async function campaign(store: string, fleet: string, hosts: number): Promise<Summary> {
  const scratches: Scratch[] = [];
  const callers: Caller[][] = [];
  try {
    for (let host = 0; host < hosts; host += 1) {
      const env = { BRIGADE_STORE: store, BRIGADE_FLEET: fleet, BRIGADE_PLACE: `${fleet}-${host}` };
      const scratch = new Scratch({ env });
      scratches.push(scratch);
      const options = { processes: PROCESSES, callers: CALLERS, desk: 'auto', prefix: `${fleet}-${host}` } as const;
      callers.push([...(await startCallers(scratch, options))]);
    }
    await run(callers, WARM_MS);
    return summaryOf(await run(callers, RUN_MS));
  } finally {
    await closeAll(callers.flat());
    for (const scratch of scratches) await scratch.close();
  }
}

/** What each host counted, process by process. */
async function run(hosts: readonly (readonly Caller[])[], ms: number): Promise<readonly (readonly Counted[])[]> {
  for (const caller of hosts.flat()) caller.say({ do: 'pairs', ms, resource: null });
  return Promise.all(
    hosts.map((callers) => Promise.all(callers.map(async (caller) => (await caller.hear('counted')).counted))),
  );
}

function summaryOf(hosts: readonly (readonly Counted[])[]): Summary {
  const all = hosts.flat();
  const sum = (of: (counted: Counted) => number): number => all.reduce((total, counted) => total + of(counted), 0);
  const each = hosts.map((counted) => counted.reduce((total, { pairs }) => total + 2 * pairs, 0));
  const operations = sum(({ pairs }) => 2 * pairs);
  const tookMs = all.flatMap((counted) => counted.tookMs).toSorted((a, b) => a - b);
  return {
    operations,
    rate: (operations / RUN_MS) * 1_000,
    lowest: Math.min(...each) / (operations / hosts.length),
    failed: sum(({ failed }) => failed),
    longestMs: Math.max(...all.map(({ longestMs }) => longestMs)),
    medianMs: tookMs[Math.floor(tookMs.length / 2)] ?? Number.NaN,
    appends: sum(({ appends }) => appends),
    conflicts: sum(({ conflicts }) => conflicts),
  };
}
