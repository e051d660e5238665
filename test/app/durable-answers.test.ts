// What another process wrote is folded before the disk has it, and nobody is told of it before the disk has it.

import { afterEach, describe, expect, it } from 'vitest';
import { type EventStore, StoreFault } from '../../src/ports/event-store.ts';
import { settle } from '../support/fake-clock.ts';
import { codeOf, FleetRig, leased, mailIn, seat, tokenOf } from '../support/fleet-rig.ts';

/** A disk that confirms what was read ahead only when the test lets it. */
class Disk {
  isOpen = true;
  isBroken = false;
  asked = 0;
  #waiting: (() => void)[] = [];

  under(inner: EventStore): EventStore {
    return Object.assign(inner, {
      ahead: {
        read: (after: number, limit: number) => inner.read(after, limit),
        confirm: () => this.#confirm(),
      },
    });
  }

  open(): void {
    this.isOpen = true;
    for (const go of this.#waiting.splice(0)) go();
  }

  async #confirm(): Promise<void> {
    this.asked += 1;
    if (this.isBroken) throw new StoreFault('STORE_UNAVAILABLE', 'Injected: the disk does not answer.');
    if (!this.isOpen) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
  }
}

describe('nobody is told of what a power loss could undo', () => {
  let rig = FleetRig.onFakeClock();
  afterEach(() => rig.close());

  async function twoCooks() {
    const disk = new Disk();
    rig = FleetRig.onFakeClock({ makeStore: (name) => (name === 'b' ? disk.under(rig.store()) : rig.store()) });
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    const token = tokenOf(await ana.acquire('task:stew'));
    return { a, b, ana, bo, token, disk };
  }

  it('a grant that comes by the log', async () => {
    const { ana, bo, token, disk } = await twoCooks();
    const waiting = bo.acquire('task:stew', { waitMs: 60_000 });
    await settle();
    disk.isOpen = false;
    let isAnswered = false;
    void waiting.finally(() => {
      isAnswered = true;
    });
    await ana.release([{ resource: 'task:stew', token }]);
    await rig.clock.advance(300);
    await settle();
    expect([isAnswered, disk.asked > 0]).toEqual([false, true]);
    disk.open();
    expect(leased(await waiting).status).toBe('granted');
  });

  it('the same, when the disk failed once', async () => {
    const { ana, bo, token, disk } = await twoCooks();
    const waiting = bo.acquire('task:stew', { waitMs: 60_000 });
    await settle();
    disk.isBroken = true;
    await ana.release([{ resource: 'task:stew', token }]);
    await rig.clock.advance(300);
    disk.isBroken = false;
    await rig.clock.advance(300);
    expect(leased(await waiting).status).toBe('granted');
  });

  it('a message that comes by the log', async () => {
    const { ana, bo, disk } = await twoCooks();
    const reading = bo.read({ waitMs: 60_000 });
    await settle();
    disk.isOpen = false;
    let isAnswered = false;
    void reading.finally(() => {
      isAnswered = true;
    });
    await ana.send('bo', 'hello');
    await rig.clock.advance(300);
    expect([isAnswered, disk.asked > 0]).toEqual([false, true]);
    disk.open();
    expect(mailIn(await reading)).toEqual(['hello']);
  });

  it('an answer that writes nothing itself', async () => {
    const { b, ana, bo, disk } = await twoCooks();
    // Knows from now on that others write too.
    await b.view({ kind: 'locks' });
    await ana.acquire('task:soup');
    disk.isOpen = false;
    let isAnswered = false;
    const ask = { mode: 'exclusive', waitMs: 0, ttlMs: 300_000, reason: '', priority: 0, dryRun: true } as const;
    const asking = b.submit({ ...bo.head(), op: 'acquire', resources: ['task:soup'], ...ask }).finally(() => {
      isAnswered = true;
    });
    await settle();
    expect(isAnswered).toBe(false);
    disk.open();
    expect(codeOf(await asking)).toBe('LEASE_HELD');
  });

  it('and a grant that was heard is not taken back because a later reply of it was cut', async () => {
    const { b, ana, bo, token, disk } = await twoCooks();
    const waiting = bo.acquire('task:stew', { waitMs: 60_000 });
    await settle();
    await ana.release([{ resource: 'task:stew', token }]);
    await rig.clock.advance(300);
    const { ticket, leases } = leased(await waiting);
    // Its holder believes in it from now on. The same ticket is asked for once more, and cut before the answer is out.
    await ana.acquire('task:soup');
    disk.isOpen = false;
    const cut = new AbortController();
    const again = bo.await(ticket ?? '', 1_000, { cut: cut.signal });
    await settle();
    cut.abort();
    disk.open();
    await again;
    await settle();
    const { items } = await b.view({ kind: 'locks' });
    expect(items.find(({ resource }) => resource === 'task:stew')).toMatchObject({ token: leases[0]?.token });
  });

  it('a view, and the feed', async () => {
    const { ana, b, token, disk } = await twoCooks();
    const before = b.health().head.seq;
    const told: string[] = [];
    const ended = new AbortController();
    const feed = (async () => {
      for await (const event of b.feed({ after: before, signal: ended.signal })) told.push(event.type);
    })();
    await settle();
    disk.isOpen = false;
    await ana.release([{ resource: 'task:stew', token }]);
    await settle();
    let seen = -1;
    const viewing = (async () => {
      seen = (await b.view({ kind: 'locks' })).items.length;
    })();
    await settle();
    expect([told.includes('lease.released'), seen]).toEqual([false, -1]);
    disk.open();
    await viewing;
    await settle();
    expect([told.includes('lease.released'), seen]).toEqual([true, 0]);
    ended.abort();
    await feed;
  });
});
