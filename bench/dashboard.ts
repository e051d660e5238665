// The dashboard in Chromium before a fleet of a thousand agents at work: how long until what a hand does is painted, how busy
// the page and the server are with showing, and what the page keeps in memory.
//
// The page goes round: on each of four pages somebody types, moves and clicks for a while. `--minutes` says how long; memory is
// compared between a fifth of that time and its end, which says something from ten minutes on. Browser, server and crowd share
// the cores of one machine, so that figures of a busy machine are too high.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { DashboardBrowser } from '../test/support/dashboard-browser.ts';
import { Scratch } from '../test/support/scratch.ts';
import { ServedProcess } from '../test/support/served.ts';
import { CROWD } from './crowd-sizes.ts';
import type { Asked, Figure } from './figure.ts';
import { processorOf } from './processor.ts';
import { percentile, type Visited, Visitor } from './visitor.ts';

const WATCH_MS = 10_000;
const MINUTES = 1;
/** From here on what a page keeps of a fleet has been let go once or more. */
const MINUTES_OF_MEMORY = 10;

interface Worked {
  readonly perSecond: number;
  readonly processor: number;
}

export async function measure({ minutes = MINUTES }: Asked = {}): Promise<readonly Figure[]> {
  const scratch = new Scratch();
  const served = await ServedProcess.start(scratch, { args: ['--rate-limit', 'off'] });
  const browser = await DashboardBrowser.start();
  const crowd = await startCrowd(served.url);
  try {
    crowd.send('work');
    const unseen = await processorOf(served.pid, WATCH_MS);
    const visitor = await Visitor.come(browser, served.url);
    const server = await processorOf(served.pid, () => visitor.goRound(minutes * 60_000));
    const worked = await workOf(crowd);
    const complaints = browser.complaints();
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
    return figuresOf(visitor.visited(), { minutes, worked, unseen, server, heap: visitor.heap() });
  } finally {
    crowd.disconnect();
    await browser.close();
    await served.end('SIGKILL');
    await scratch.close();
  }
}

interface Around {
  readonly minutes: number;
  readonly worked: Worked;
  /** Of the server, as shares of a core: nobody looks, somebody does. */
  readonly unseen: number;
  readonly server: number;
  readonly heap: { readonly early: number; readonly late: number };
}

function figuresOf(visits: readonly Visited[], { minutes, worked, unseen, server, heap }: Around): readonly Figure[] {
  const delays = visits.flatMap(({ delaysMs }) => delaysMs);
  const busyMs = visits.reduce((sum, visit) => sum + visit.busyMs, 0);
  const wallMs = visits.reduce((sum, visit) => sum + visit.wallMs, 0);
  return [
    {
      what: 'events of the crowd',
      value: worked.perSecond,
      unit: '/s',
      target: { atLeast: CROWD.eventsPerSecond * 0.95 },
    },
    { what: 'input to paint, 95th percentile', value: percentile(delays, 0.95), unit: 'ms', target: { atMost: 100 } },
    { what: 'the slowest', value: Math.max(...delays), unit: 'ms' },
    { what: 'inputs', value: delays.length, unit: '' },
    ...visits.map(({ page, delaysMs }) => ({
      what: `of them on ${page}, 95th percentile`,
      value: percentile(delaysMs, 0.95),
      unit: 'ms',
    })),
    { what: 'page busy', value: (busyMs / wallMs) * 100, unit: '% of the time', target: { atMost: 30 } },
    ...visits.map((visit) => ({
      what: `busy on ${visit.page}`,
      value: (visit.busyMs / visit.wallMs) * 100,
      unit: '% of the time',
    })),
    { what: `memory of the page, minute ${minutes / 5}`, value: heap.early, unit: 'MiB' },
    { what: `memory of the page, minute ${minutes}`, value: heap.late, unit: 'MiB' },
    {
      what: 'of what it was',
      value: heap.late / heap.early,
      unit: 'times',
      ...(minutes >= MINUTES_OF_MEMORY ? { target: { atMost: 1.1 } } : {}),
    },
    { what: 'server, nobody looks', value: unseen * 100, unit: '% of a core' },
    { what: 'server, somebody does', value: server * 100, unit: '% of a core' },
    { what: 'showing costs the server', value: (server - unseen) * 100, unit: '% of a core', target: { atMost: 10 } },
    { what: 'the crowd itself', value: worked.processor * 100, unit: '% of a core' },
  ];
}

async function startCrowd(url: string): Promise<ChildProcess> {
  const crowd = fork(fileURLToPath(new URL('crowd.ts', import.meta.url)), [url], { execArgv: [] });
  const [told] = (await Promise.race([once(crowd, 'message'), once(crowd, 'exit')])) as [unknown];
  if (told !== 'ready') throw new Error(`the crowd did not come: ${String(told)}`);
  return crowd;
}

async function workOf(crowd: ChildProcess): Promise<Worked> {
  if (crowd.exitCode !== null) throw new Error('the crowd went away');
  crowd.send('tell');
  const [told] = (await once(crowd, 'message')) as [Worked];
  return told;
}
