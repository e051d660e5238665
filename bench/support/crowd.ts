// A crowd at work on one server, in a process of its own: agents that hold many locks and wait for one another's, and then take and
// give back locks at an even pace. Arguments: the server's address. Says `ready` when all of them stand as they should, works
// from the message `work` on, and answers every later message with what it did and what that cost it.

import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { CROWD } from './crowd-sizes.ts';

const [address = ''] = process.argv.slice(2);
const AT_ONCE = 32;
const TICK_MS = 20;
/** Beyond it the server is behind, and asking for more would measure only that. */
const UNDER_WAY_MAX = 128;
/** A place in line ends two minutes after it was asked for last. */
const STAY_MS = 80_000;
const LOCKS_EACH = CROWD.locks / CROWD.agents;
/** Taken together, and given back. */
const ORDERS = 2;
const DAY_MS = 86_400_000;

interface Granted {
  readonly session?: string;
  readonly ticket?: string;
  readonly leases?: readonly { readonly resource: string; readonly token: number }[];
}

interface Wait {
  readonly session: string;
  readonly ticket: string;
}

const server = new URL(address);
const sockets = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
const sessions: string[] = [];
const waits: Wait[] = [];
let done = 0;
let underWay = 0;

for (let i = 0; i < CROWD.agents; i += 1) {
  const { session = '' } = await ask('/v1/sessions', { id: `cook-x${i}x`, purpose: `station ${i % 40}` });
  sessions.push(session);
}
await each(CROWD.agents, async (i) => {
  const resources = Array.from({ length: LOCKS_EACH }, (_, dish) => dishOf(i, dish));
  await ask('/v1/locks/acquire', { resources, waitMs: 0, ttlMs: DAY_MS, reason: 'prepares the evening' }, sessions[i]);
});
// One after the other, as they stand in line: whoever came before stands before, in every line.
for (let i = 0; i < CROWD.waits; i += 1) {
  const session = sessions[waiterOf(i)] ?? '';
  const { ticket = '' } = await ask('/v1/locks/acquire', { resources: [wantedBy(i)], waitMs: 1 }, session);
  waits.push({ session, ticket });
}
process.send?.('ready');

let cpu = process.cpuUsage();
let sinceMs = performance.now();
process.on('message', (order) => {
  if (order === 'work') void work();
  else {
    const { user, system } = process.cpuUsage(cpu);
    const seconds = (performance.now() - sinceMs) / 1_000;
    process.send?.({ perSecond: done / seconds, processor: (user + system) / 1e6 / seconds });
  }
});
process.on('disconnect', () => process.exit());

function dishOf(agent: number, dish: number): string {
  return `file:stations/s${agent % 40}/cook-${agent}/dish-${dish}.ts`;
}

/** The first never wait, so that there is somebody at the end of each chain. */
function waiterOf(wait: number): number {
  return CROWD.leaders + Math.floor((wait * (CROWD.agents - CROWD.leaders)) / CROWD.waits);
}

/** Of somebody before it always, so that nobody waits in a circle: half of them in a few long lines, half of them everywhere. */
function wantedBy(wait: number): string {
  const half = Math.floor(wait / 2);
  if (wait % 2 === 0) return dishOf(half % CROWD.leaders, 0);
  return dishOf((half * 7_919) % waiterOf(wait), 1 + (half % (LOCKS_EACH - 1)));
}

async function work(): Promise<void> {
  cpu = process.cpuUsage();
  sinceMs = performance.now();
  let turn = 0;
  let begun = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - sinceMs) / 1_000) * CROWD.eventsPerSecond;
    // Each is granted and released.
    for (; begun + 2 * ORDERS <= due; begun += 2 * ORDERS) {
      if (underWay >= UNDER_WAY_MAX) continue;
      turn += 1;
      void pair(turn % CROWD.agents, turn);
    }
  }, TICK_MS);
  timer.ref();
  setInterval(() => void stay(), STAY_MS / waits.length);
}

async function pair(agent: number, turn: number): Promise<void> {
  const resources = Array.from({ length: ORDERS }, (_, order) => `task:order-${agent}-${order}`);
  underWay += 1;
  const asked = { resources, waitMs: 0, reason: `order ${turn}` };
  const { leases = [] } = await ask('/v1/locks/acquire', asked, sessions[agent]);
  const held = leases.map(({ resource, token }) => ({ resource, token }));
  await ask('/v1/locks/release', { leases: held }, sessions[agent]);
  underWay -= 1;
  done += 2 * ORDERS;
}

let stayed = 0;
/** The next one asks for its place again. */
async function stay(): Promise<void> {
  const wait = waits[stayed % waits.length];
  stayed += 1;
  if (wait === undefined) return;
  await ask('/v1/locks/acquire', { ticket: wait.ticket, waitMs: 1 }, wait.session);
  done += 1;
}

async function each(count: number, act: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await act(next - 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Any refusal ends the crowd: what is measured beside it would mean nothing. */
function ask(path: string, body: object, session?: string): Promise<Granted> {
  const text = JSON.stringify(body);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(session === undefined ? {} : { authorization: `Bearer ${session}` }),
  };
  return new Promise((resolve) => {
    const asked = request(
      { host: server.hostname, port: server.port, path, method: 'POST', agent: sockets, headers },
      (answer) => {
        let told = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          told += part;
        });
        answer.once('end', () => {
          if ((answer.statusCode ?? 500) >= 300) fail(`${path}: ${answer.statusCode} ${told}`);
          resolve(JSON.parse(told) as Granted);
        });
      },
    );
    asked.once('error', (error) => fail(String(error)));
    asked.end(text);
  });
}

function fail(why: string): never {
  process.stderr.write(`crowd: ${why}\n`);
  process.exit(1);
}
