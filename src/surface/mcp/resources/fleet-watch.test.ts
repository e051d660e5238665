import { describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../../app/coordinator.ts';
import type { Seat } from '../../../app/seat/seat.ts';
import { isRejection } from '../../../core/rejection.ts';
import { checkKey } from '../../../core/resource/resource-key.ts';
import { FleetWatch, type Interest } from './fleet-watch.ts';
import { SUBSCRIPTIONS_MAX, Subscriptions } from './subscriptions.ts';

/** A seat whose feed the test writes, and timers that run when it says so. */
class Rig {
  readonly watch: FleetWatch;
  readonly troubles: unknown[] = [];
  /** Feeds that run, and where each began. */
  readonly feeds = new Set<{ readonly after: number; readonly push: (event: FeedEvent | Error) => void }>();
  readonly #later: (() => void)[] = [];
  headSeq = 7;

  constructor(max = 100) {
    this.watch = new FleetWatch({
      seat: () => Promise.resolve(this.#seat()),
      after: (_ms, run) => void this.#later.push(run),
      onTrouble: (error) => this.troubles.push(error),
      max,
    });
  }

  /** Follows; answers how often it was told, and the end of it. */
  async follow(interest: Interest) {
    const told = { count: 0, stop: (): void => undefined };
    const stop = await this.watch.follow(interest, () => {
      told.count += 1;
    });
    if (isRejection(stop)) throw new Error(stop.message);
    told.stop = stop;
    await turns();
    return told;
  }

  async push(event: object): Promise<void> {
    for (const feed of this.feeds) feed.push(event as FeedEvent);
    await turns();
  }

  async fail(): Promise<void> {
    for (const feed of this.feeds) feed.push(new Error('the disk is gone'));
    await turns();
  }

  async runTimers(): Promise<number> {
    const due = this.#later.splice(0);
    for (const run of due) run();
    await turns();
    return due.length;
  }

  #seat(): Seat {
    const look = (): Promise<object> => Promise.resolve({ head: { epoch: 1, seq: this.headSeq } });
    return { look, feed: (options: FeedOptions) => this.#feed(options) } as unknown as Seat;
  }

  async *#feed({ after, signal }: FeedOptions): AsyncIterable<FeedEvent> {
    const queue: (FeedEvent | Error)[] = [];
    let wake = (): void => undefined;
    const push = (event: FeedEvent | Error): void => {
      queue.push(event);
      wake();
    };
    signal.addEventListener('abort', () => wake());
    const feed = { after, push };
    this.feeds.add(feed);
    try {
      while (!signal.aborted) {
        const next = queue.shift();
        if (next instanceof Error) throw next;
        if (next !== undefined) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      this.feeds.delete(feed);
    }
  }
}

interface FeedOptions {
  readonly after: number;
  readonly signal: AbortSignal;
}

/** Lets promises settle that wait for nothing else. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function lock(text: string): Interest {
  const key = checkKey(text);
  if (isRejection(key)) throw new Error(key.message);
  return { kind: 'lock', key };
}

const granted = (resource: string) => ({ type: 'lease.granted', resource, agentId: 'ana', actor: 'ana' });

describe('a watch of the fleet', () => {
  it('tells of what happens close together once, and of what happens later again', async () => {
    const rig = new Rig();
    const fleet = await rig.follow({ kind: 'fleet' });
    for (let i = 0; i < 1_000; i += 1) await rig.push({ type: 'state.put', actor: 'ana' });
    expect(fleet.count).toBe(0);
    expect(await rig.runTimers()).toBe(1);
    expect(fleet.count).toBe(1);
    await rig.push({ type: 'state.put', actor: 'ana' });
    await rig.runTimers();
    expect(fleet.count).toBe(2);
  });

  it('tells only those whom it concerns', async () => {
    const rig = new Rig();
    const [locks, ana, bo] = [
      await rig.follow({ kind: 'locks' }),
      await rig.follow({ kind: 'agent', agentId: 'ana' }),
      await rig.follow({ kind: 'agent', agentId: 'bo' }),
    ];
    const [tree, file, other] = [
      await rig.follow(lock('repo:src/')),
      await rig.follow(lock('repo:src/a.ts')),
      await rig.follow(lock('repo:docs/')),
    ];
    await rig.push({ type: 'state.put', actor: 'bo', agentId: 'bo' });
    await rig.runTimers();
    expect([locks, ana, bo, tree, file, other].map(({ count }) => count)).toEqual([0, 0, 1, 0, 0, 0]);
    await rig.push(granted('repo:src/a.ts'));
    await rig.runTimers();
    expect([locks, ana, bo, tree, file, other].map(({ count }) => count)).toEqual([1, 1, 1, 1, 1, 0]);
    await rig.push({ type: 'lease.queued', resources: ['task:x', 'repo:docs/b.md'], actor: 'bo', agentId: 'bo' });
    await rig.runTimers();
    expect([tree, file, other].map(({ count }) => count)).toEqual([1, 1, 1]);
    await rig.push({ type: 'wait.ended', ticket: 'wai_1', actor: 'bo', agentId: 'bo' });
    await rig.runTimers();
    expect([tree, file, other].map(({ count }) => count)).toEqual([2, 2, 2]);
  });

  it('tells those who follow an incident of what is said of it, and of any alert', async () => {
    const rig = new Rig();
    const [one, two] = [
      await rig.follow({ kind: 'incident', incident: 1 }),
      await rig.follow({ kind: 'incident', incident: 2 }),
    ];
    await rig.push({ type: 'incident.noted', incident: 1, text: 'x', actor: 'ana' });
    await rig.runTimers();
    expect([one.count, two.count]).toEqual([1, 0]);
    await rig.push(granted('task:a'));
    await rig.runTimers();
    expect([one.count, two.count]).toEqual([1, 0]);
    await rig.push({ type: 'alert.closed', alert: 7, code: 'deadlock', why: 'x', actor: 'brigade' });
    await rig.runTimers();
    expect([one.count, two.count]).toEqual([2, 1]);
  });

  it('reads the log from its head, once for all, and not at all while nobody follows', async () => {
    const rig = new Rig();
    const first = await rig.follow({ kind: 'fleet' });
    const second = await rig.follow({ kind: 'locks' });
    expect([...rig.feeds].map(({ after }) => after)).toEqual([7]);
    first.stop();
    await turns();
    expect(rig.feeds.size).toBe(1);
    second.stop();
    await turns();
    expect([rig.feeds.size, rig.watch.size]).toEqual([0, 0]);
    rig.headSeq = 9;
    const again = await rig.follow({ kind: 'fleet' });
    expect([...rig.feeds].map(({ after }) => after)).toEqual([9]);
    again.stop();
    again.stop();
    await turns();
    expect(rig.feeds.size).toBe(0);
  });

  it('tells everybody after the log could not be read, since something may have been missed', async () => {
    const rig = new Rig();
    const bo = await rig.follow({ kind: 'agent', agentId: 'bo' });
    await rig.fail();
    expect(rig.troubles).toHaveLength(1);
    expect(rig.feeds.size).toBe(0);
    await rig.runTimers();
    expect(rig.feeds.size).toBe(1);
    await rig.runTimers();
    expect(bo.count).toBe(1);
  });

  it('is not told that it follows no more by a timer that was set before', async () => {
    const rig = new Rig();
    const [fleet, locks] = [await rig.follow({ kind: 'fleet' }), await rig.follow({ kind: 'locks' })];
    await rig.push(granted('task:a'));
    fleet.stop();
    await rig.runTimers();
    expect([fleet.count, locks.count]).toEqual([0, 1]);
  });

  it('has a bound, and says so', async () => {
    const rig = new Rig(2);
    const first = await rig.follow({ kind: 'fleet' });
    await rig.follow({ kind: 'fleet' });
    expect(await rig.watch.follow({ kind: 'fleet' }, () => undefined)).toMatchObject({ code: 'BUSY' });
    first.stop();
    await rig.follow({ kind: 'fleet' });
  });
});

describe('subscriptions of one connection', () => {
  const seat = { keyOf: (name: string) => Promise.resolve(checkKey(name)) } as unknown as Seat;
  const subscriber = { seat, call: {}, changed: (): void => undefined };

  it('are each there once, and end with it', async () => {
    const rig = new Rig();
    const subscriptions = new Subscriptions(rig.watch);
    for (const uri of ['brigade://fleet', 'brigade://fleet', 'brigade://locks/task%3Aa', 'brigade://agents/ana'])
      expect(await subscriptions.add(uri, subscriber)).toBe('subscribed');
    expect(rig.watch.size).toBe(3);
    await subscriptions.remove('brigade://fleet');
    await subscriptions.remove('brigade://nothing');
    expect(rig.watch.size).toBe(2);
    subscriptions.close();
    expect(rig.watch.size).toBe(0);
  });

  it('are of nothing that has no address, and of no name that is none', async () => {
    const subscriptions = new Subscriptions(new Rig().watch);
    expect(await subscriptions.add('brigade://cooks', subscriber)).toBeNull();
    expect(await subscriptions.add('brigade://locks/nonsense', subscriber)).toMatchObject({ code: 'INVALID_RESOURCE' });
  });

  it('have a bound', async () => {
    const subscriptions = new Subscriptions(new Rig(1_000).watch);
    for (let i = 0; i < SUBSCRIPTIONS_MAX; i += 1) await subscriptions.add(`brigade://agents/a${i}`, subscriber);
    expect(await subscriptions.add('brigade://fleet', subscriber)).toMatchObject({ code: 'BUSY' });
    await subscriptions.remove('brigade://agents/a0');
    expect(await subscriptions.add('brigade://fleet', subscriber)).toBe('subscribed');
  });

  it('that begin while the connection ends are ended too', async () => {
    const rig = new Rig();
    const subscriptions = new Subscriptions(rig.watch);
    const adding = subscriptions.add('brigade://fleet', subscriber);
    subscriptions.close();
    await adding;
    expect(rig.watch.size).toBe(0);
  });
});
