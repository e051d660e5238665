// The store of several hosts is away for half a minute: stopped where it stands, or shut down and started again. Every call says so
// within its deadline, nobody is granted anything, nobody loses what was theirs, and all goes on without anybody's help.

import { setTimeout as pass } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { HostSession } from '../support/host-session.ts';
import { SharedLog } from '../support/shared-log.ts';
import { SHARED_KINDS, type SharedServers, startServers } from '../support/shared-servers.ts';
import { TwoHosts } from '../support/two-hosts.ts';
import { waitUntil } from '../support/wait-until.ts';

const AWAY_MS = 30_000;

const WAYS = [
  {
    how: 'stopped where it stands',
    leave: (servers: SharedServers) => Promise.resolve(servers.pause()),
    comeBack: (servers: SharedServers) => Promise.resolve(servers.resume()),
  },
  {
    how: 'shut down and started again',
    leave: (servers: SharedServers) => servers.shutDown(),
    comeBack: (servers: SharedServers) => servers.restart(),
  },
] as const;

const CASES = SHARED_KINDS.flatMap((kind) => WAYS.map((way) => ({ kind, ...way })));
const ENDS = new Set(['session.lost', 'session.closed', 'lease.expired', 'lease.dropped', 'lease.revoked']);

describe.concurrent('a store that is away for half a minute', () => {
  it.each(CASES)(
    '$kind, $how',
    async ({ kind, how, leave, comeBack }) => {
      const stage = await TwoHosts.open((address) => startServers(kind, address));
      const { ana, bo, servers, notes } = stage;
      const log = await SharedLog.open(servers.config);
      try {
        // The long one by far outlives what comes, the short one by little.
        const held = [await ana.take('task:long', 300_000), await ana.take('task:short', 60_000)] as const;
        let isOver = false;
        const waiting = bo.await('task:long', () => isOver);
        await waitUntil('bo in line', async () => (await counted(ana, 'waits')) === 1);

        const leftMs = performance.now();
        await leave(servers);
        const answers = await askEverything(stage);
        const longestMs = Math.max(...answers.map(({ tookMs }) => tookMs));
        expect(answers.filter(({ code }) => code !== 'STORE_UNAVAILABLE')).toEqual([]);
        expect(performance.now() - leftMs).toBeLessThan(AWAY_MS);
        // house-allow sleeping-test: so long it is away, whatever happens meanwhile
        await pass(leftMs + AWAY_MS - performance.now());
        await comeBack(servers);

        const backMs = performance.now();
        for (const lease of held) {
          const check = async (): Promise<boolean> => (await ana.call('check_token', { ...lease })).told.holds === true;
          await waitUntil(`${lease.resource} in the hand of who had it`, check);
        }
        await waitUntil('a grant on the other host', async () => {
          const { told } = await bo.call('acquire_lock', { resources: ['task:new'], waitMs: 0 });
          return told.status === 'granted';
        });
        const servedMs = performance.now() - backMs;
        await ana.release(held);
        expect((await waiting)?.token).toBeGreaterThan(held[0].token);
        isOver = true;
        await waitUntil('an alert', async () => (await openAlerts(stage)).includes('store_trouble'));

        await log.read();
        expect(log.brokenBy(notes.heard)).toEqual([]);
        expect(log.written.filter(({ event }) => ENDS.has(event.type)).map(({ event }) => event)).toEqual([]);
        console.info(
          `${kind}, ${how}: ${answers.length} calls were refused, the last after ${longestMs.toFixed(0)} ms; ` +
            `both hosts were served ${servedMs.toFixed(0)} ms after it was back`,
        );
      } finally {
        await log.close();
        await stage.close();
      }
    },
    180_000,
  );
});

interface Asked {
  readonly what: string;
  readonly code: string | undefined;
  readonly tookMs: number;
}

/** Every kind of call, on both hosts at once. */
async function askEverything({ ana, bo, hosts }: TwoHosts<SharedServers>): Promise<readonly Asked[]> {
  const calls = [ana, bo].flatMap((by) => [
    toolCall(by, 'acquire_lock', { resources: [`task:at-once-${by.name}`], waitMs: 0 }),
    toolCall(by, 'acquire_lock', { resources: [`task:in-time-${by.name}`], waitMs: 10_000 }),
    toolCall(by, 'check_token', { resource: 'task:long', token: 1 }),
    toolCall(by, 'put_state', { key: `of-${by.name}`, value: 1, ifVersion: 0 }),
    toolCall(by, 'send_message', { to: '*', type: 'info', text: 'anybody?' }),
    toolCall(by, 'list_locks', {}),
    toolCall(by, 'fleet_status', {}),
  ]);
  const commands = hosts.flatMap(({ scratch }) =>
    [['locks'], ['acquire', 'task:by-hand', '--wait', '0']].map((args) =>
      timed(args.join(' '), async () => {
        const { code, stderr } = await scratch.brigade(args);
        return code === 8 ? /STORE_UNAVAILABLE/.exec(stderr)?.[0] : `${code} ${stderr}`;
      }),
    ),
  );
  return Promise.all([...calls, ...commands]);
}

function toolCall(by: HostSession, tool: string, args: Readonly<Record<string, unknown>>): Promise<Asked> {
  return timed(`${by.name} ${tool}`, async () => {
    const { told, text } = await by.call(tool, args);
    return told.code ?? text;
  });
}

async function timed(what: string, ask: () => Promise<string | undefined>): Promise<Asked> {
  const sentMs = performance.now();
  const code = await ask();
  return { what, code, tookMs: performance.now() - sentMs };
}

async function counted(by: HostSession, what: string): Promise<number | undefined> {
  return (await by.call('fleet_status', {})).told.counts?.[what];
}

async function openAlerts({ hosts }: TwoHosts<SharedServers>): Promise<readonly string[]> {
  const { stdout } = await hosts[0].scratch.brigade(['alerts', '--json']);
  const { alerts } = JSON.parse(stdout) as { readonly alerts: readonly { readonly code: string }[] };
  return alerts.map(({ code }) => code);
}
