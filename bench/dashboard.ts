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
import { CROWD } from './support/crowd-sizes.ts';
import type { Asked, Figure } from './support/figure.ts';
import { processorOf } from './support/processor.ts';
import { percentile, type Visited, Visitor } from './support/visitor.ts';

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
  const crowd = new Crowd(served.url);
  try {
    await crowd.come();
    crowd.work();
    const unseen = await processorOf(served.pid, WATCH_MS);
    const visitor = await Visitor.come(browser, served.url);
    const server = await processorOf(served.pid, () => visitor.goRound(minutes * 60_000));
    const worked = await crowd.worked();
    const complaints = browser.complaints();
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
    return figuresOf(visitor.visited(), { minutes, worked, unseen, server, heap: visitor.heap() });
  } finally {
    crowd.go();
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
  const sum = (of: 'busyMs' | 'processorMs' | 'wallMs'): number => visits.reduce((all, visit) => all + visit[of], 0);
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
    { what: 'page busy', value: (sum('busyMs') / sum('wallMs')) * 100, unit: '% of the time', target: { atMost: 30 } },
    ...visits.map((visit) => ({
      what: `busy on ${visit.page}`,
      value: (visit.busyMs / visit.wallMs) * 100,
      unit: '% of the time',
    })),
    { what: 'of it on a core', value: (sum('processorMs') / sum('wallMs')) * 100, unit: '% of the time' },
    ...visits.map((visit) => ({
      what: `on a core on ${visit.page}`,
      value: (visit.processorMs / visit.wallMs) * 100,
      unit: '% of the time',
    })),
    { what: 'memory of the page at the end', value: heap.late, unit: 'MiB' },
    ...(minutes < MINUTES_OF_MEMORY ? [] : [memoryFigure(minutes, heap)]),
    { what: 'server, nobody looks', value: unseen * 100, unit: '% of a core' },
    { what: 'server, somebody does', value: server * 100, unit: '% of a core' },
    { what: 'showing costs the server', value: (server - unseen) * 100, unit: '% of a core' },
    { what: 'the crowd itself', value: worked.processor * 100, unit: '% of a core' },
  ];
}

function memoryFigure(minutes: number, { early, late }: Around['heap']): Figure {
  return {
    what: `of what it was at minute ${minutes / 5}`,
    value: late / early,
    unit: 'times',
    target: { atMost: 1.1 },
  };
}

/** In a process of its own. */
class Crowd {
  readonly #child: ChildProcess;

  constructor(url: string) {
    this.#child = fork(fileURLToPath(new URL('support/crowd.ts', import.meta.url)), [url], { execArgv: [] });
  }

  /** Resolves when all of them stand as they should. */
  async come(): Promise<void> {
    const [told] = await this.#hear();
    if (told !== 'ready') throw new Error(`the crowd did not come: ${String(told)}`);
  }

  work(): void {
    this.#child.send('work');
  }

  async worked(): Promise<Worked> {
    if (this.#child.exitCode !== null) throw new Error('the crowd went away');
    this.#child.send('tell');
    const [told] = await this.#hear();
    return told as Worked;
  }

  go(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  #hear(): Promise<readonly unknown[]> {
    return Promise.race([once(this.#child, 'message'), once(this.#child, 'exit')]);
  }
}
