// Whatever can be asked of a coordinator can be asked by way of a desk, and goes on at the next one.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WaitProgress } from '../../src/app/coordinator.ts';
import { DESK_MESSAGE_BYTES, type DeskDoor, DeskFault } from '../../src/ports/desk-door.ts';
import { type EventStore, StoreFault } from '../../src/ports/event-store.ts';
import { DeskRig, type RiggedProcess } from '../support/desk-rig.ts';
import { settle } from '../support/fake-clock.ts';
import { type Cook, codeOf, leased, seat, tokenOf } from '../support/fleet-rig.ts';

const STEW = 'task:stew';

let rig: DeskRig;
beforeEach(() => {
  rig = new DeskRig();
});
afterEach(() => rig.close());

function sit({ coordinator, pid }: RiggedProcess, agentId: string): Promise<Cook> {
  return rig.clock.advanceUntil(seat(coordinator, agentId, { pid }));
}

/** A desk with `ana`, who holds the stew, and its client with `bo`. */
async function kitchen() {
  const [a, b] = [await rig.start('a'), await rig.start('b')];
  const [ana, bo] = [await sit(a, 'ana'), await sit(b, 'bo')];
  const token = tokenOf(await ana.acquire(STEW));
  return { a, b, ana, bo, token };
}

async function holderOf(process: RiggedProcess, resource: string): Promise<string | undefined> {
  const { items } = await rig.clock.advanceUntil(process.coordinator.view({ kind: 'locks', resource }));
  return items[0]?.holder?.agentId;
}

/** Hears the log until `until`; what was heard so far is in the answer. */
function following({ coordinator }: RiggedProcess, until: AbortSignal) {
  const heard: number[] = [];
  const over = (async () => {
    for await (const { seq } of coordinator.feed({ after: 0, signal: until })) heard.push(seq);
  })();
  return { heard, over };
}

const upTo = (seq: number): readonly number[] => Array.from({ length: seq }, (_, i) => i + 1);

describe('a client of a desk', () => {
  it('founds the fleet by way of it', async () => {
    const [a, b] = [await rig.start('a'), await rig.start('b')];
    expect([a.coordinator.fleetId(), b.coordinator.fleetId()]).toEqual([null, null]);
    const fleetId = await rig.clock.advanceUntil(b.coordinator.found());
    expect(fleetId).toEqual(expect.any(String));
    expect([a.coordinator.fleetId(), b.coordinator.fleetId(), b.opened.length]).toEqual([fleetId, fleetId, 0]);
  });

  it('sees whom the desk serves, and nobody who has not proved the key', async () => {
    const { a, b } = await kitchen();
    const door = rig.desk.door('stranger');
    await rig.clock.advanceUntil(door.connect(door.find() ?? ''));
    const seen = await rig.clock.advanceUntil(b.coordinator.deskGuests());
    expect(seen?.map(({ pid, isDesk }) => [pid, isDesk])).toEqual([
      [a.pid, true],
      [b.pid, false],
    ]);
  });

  it('hears its place in the line when it parks and when it changes', async () => {
    const { a, ana, bo, token } = await kitchen();
    const cy = await sit(a, 'cy');
    const first = cy.acquire(STEW, { waitMs: 60_000 });
    await settle();
    const heard: WaitProgress[] = [];
    const second = bo.acquire(STEW, { waitMs: 60_000 }, { onProgress: (progress) => heard.push(progress) });
    await settle();
    await ana.release([{ resource: STEW, token }]);
    await rig.clock.advance(1_000);
    expect(heard.map(({ position }) => position)).toEqual([2, 1]);
    await cy.release([{ resource: STEW, token: tokenOf(await first) }]);
    expect(leased(await rig.clock.advanceUntil(second)).status).toBe('granted');
  });

  it('hears that a call is larger than a desk takes, as it would without one, and stays its client', async () => {
    const { b, bo } = await kitchen();
    const put = bo.put('plan', 'x'.repeat(DESK_MESSAGE_BYTES), { ifVersion: 0 });
    expect(codeOf(await rig.clock.advanceUntil(put))).toBe('TOO_LARGE');
    await rig.clock.advance(5_000);
    expect([b.coordinator.role().role, b.opened.length]).toEqual(['guest', 0]);
  });

  it('keeps a session active while a command runs, also when the desk changes meanwhile', async () => {
    const { a, b, bo } = await kitchen();
    tokenOf(await bo.acquire('task:soup', { ttlMs: 4_000 }));
    const ended = b.coordinator.keepActive(bo.sessionId);
    await rig.clock.advance(10_000);
    expect(await holderOf(b, 'task:soup')).toBe('bo');
    rig.kill(a);
    await rig.clock.advance(10_000);
    expect(b.coordinator.role().role).toBe('desk');
    expect(await holderOf(b, 'task:soup')).toBe('bo');
    ended();
    await rig.clock.advance(10_000);
    expect(await holderOf(b, 'task:soup')).toBeUndefined();
  });

  it('keeps a session active as soon as somebody serves it, where nobody does when the command begins', async () => {
    const [a, b] = [await rig.start('a'), await rig.start('b', { mayOpen: false })];
    const bo = await sit(b, 'bo');
    tokenOf(await bo.acquire('task:soup', { ttlMs: 6_000 }));
    rig.kill(a);
    await settle();
    expect(b.coordinator.role().role).toBe('finding');
    const ended = b.coordinator.keepActive(bo.sessionId);
    await rig.clock.advance(15_000);
    expect(b.coordinator.role().role).toBe('alone');
    expect(await holderOf(b, 'task:soup')).toBe('bo');
    ended();
    await rig.clock.advance(10_000);
    expect(await holderOf(b, 'task:soup')).toBeUndefined();
  });

  it('keeps no session active any more that it has let go of at the desk', async () => {
    const { b, bo } = await kitchen();
    tokenOf(await bo.acquire('task:soup', { ttlMs: 4_000 }));
    b.coordinator.keepActive(bo.sessionId)();
    await rig.clock.advance(10_000);
    expect(await holderOf(b, 'task:soup')).toBeUndefined();
  });

  it.each([
    [
      new StoreFault('STORE_UNAVAILABLE', 'the disk is gone'),
      { code: 'STORE_UNAVAILABLE', message: 'the disk is gone' },
    ],
    [new TypeError('a fault of ours'), { name: 'Error', message: 'a fault of ours' }],
  ])('hears what the desk met when it looked: %s', async (met, heard) => {
    let error: Error | null = null;
    const wrapStore = (store: EventStore): EventStore => {
      const read = store.read.bind(store);
      return Object.assign(store, {
        read: (after: number, limit: number) => (error === null ? read(after, limit) : Promise.reject(error)),
      });
    };
    await rig.start('a', { wrapStore });
    const { coordinator } = await rig.start('b');
    error = met;
    await expect(rig.clock.advanceUntil(coordinator.view({ kind: 'locks' }))).rejects.toMatchObject(heard);
    const feed = coordinator.feed({ after: 0, once: true })[Symbol.asyncIterator]();
    await expect(rig.clock.advanceUntil(feed.next())).rejects.toMatchObject(heard);
    expect(coordinator.role().role).toBe('guest');
    error = null;
  });
});

describe('a feed by way of a desk', () => {
  it('goes on at the next desk when this one is killed, in order and once', async () => {
    const { a, b, bo } = await kitchen();
    const ended = new AbortController();
    const { heard, over } = following(b, ended.signal);
    await settle();
    expect(heard).toEqual(upTo(rig.log.head.seq));
    rig.kill(a);
    await rig.clock.advance(2_500);
    await rig.clock.advanceUntil(bo.acquire('task:soup'));
    await rig.clock.advance(500);
    expect(heard).toEqual(upTo(rig.log.head.seq));
    ended.abort();
    await over;
  });

  it('ends with the fact after which nobody listens any more', async () => {
    const { b } = await kitchen();
    const ended = new AbortController();
    const heard: number[] = [];
    for await (const { seq } of b.coordinator.feed({ after: 0, once: true, signal: ended.signal })) {
      heard.push(seq);
      if (seq === 2) ended.abort();
    }
    expect(heard).toEqual([1, 2]);
  });
});

describe('a process that finds no desk it can use', () => {
  const AT_FAULT = {
    unusable: new DeskFault('unusable', 'no folder to write to'),
    ours: new TypeError('a fault of ours'),
  };

  function hindered(name: string, what: 'claimOpening' | 'key' | 'connect', error: Error): DeskDoor {
    const door = rig.desk.door(name);
    return {
      find: () => door.find(),
      connect: (address) => door.connect(address),
      key: () => door.key(),
      listen: (accept) => door.listen(accept),
      claimOpening: () => door.claimOpening(),
      [what]: () => Promise.reject(error),
    };
  }

  it.each(['claimOpening', 'key'] as const)('writes the log itself, and says why (%s)', async (what) => {
    const alone = await rig.start('alone', { door: hindered('alone', what, AT_FAULT.unusable) });
    expect(alone.coordinator.role()).toMatchObject({ role: 'alone', why: { why: 'unusable' } });
    const bo = await sit(alone, 'bo');
    expect(leased(await rig.clock.advanceUntil(bo.acquire(STEW))).status).toBe('granted');
    const { findings } = await rig.clock.advanceUntil(alone.coordinator.view({ kind: 'diagnosis' }));
    expect(JSON.stringify(findings)).toContain('no folder to write to');
  });

  it.each(['claimOpening', 'key', 'connect'] as const)(
    'is not helped by passing over what is a fault of ours (%s)',
    async (what) => {
      if (what === 'connect') await rig.start('a');
      const door = hindered('bo', what, AT_FAULT.ours);
      await expect(rig.start('bo', { door })).rejects.toThrow('a fault of ours');
    },
  );
});

describe('a desk whose name was removed', () => {
  it('is published again once, however long that takes', async () => {
    const door = rig.desk.door('a');
    const { promise: mayListen, resolve: letIn } = Promise.withResolvers<void>();
    let listened = 0;
    const listen: DeskDoor['listen'] = async (accept) => {
      listened += 1;
      if (listened > 1) await mayListen;
      return door.listen(accept);
    };
    const a = await rig.start('a', { door: { ...door, listen } });
    rig.desk.remove();
    await rig.clock.advance(5_500);
    letIn();
    await rig.clock.advance(1_500);
    const b = await rig.start('b');
    expect([listened, a.coordinator.role().role, b.coordinator.role().role]).toEqual([2, 'desk', 'guest']);
  });
});

describe('who waits for others to be found gone', () => {
  /** A process that held the stew and is dead, and one that is alone and only looks. */
  async function goneAndLooking() {
    const [gone, looking] = [
      await rig.start('gone', { mayOpen: false }),
      await rig.start('looking', { mayOpen: false }),
    ];
    await (await sit(gone, 'ana')).acquire(STEW);
    rig.kill(gone);
    return looking;
  }

  it('looks after them itself where there is no desk', async () => {
    const { coordinator } = await goneAndLooking();
    await rig.clock.advanceUntil(coordinator.view({ kind: 'locks' }));
    await rig.clock.advance(5_000);
    expect(rig.facts()).not.toContain('"session.lost"');
    coordinator.watchOver();
    await rig.clock.advance(5_000);
    expect(rig.facts()).toContain('"session.lost"');
  });

  it('leaves it to the desk where there is one', async () => {
    await rig.start('a');
    const [gone, looking] = [await rig.start('gone'), await rig.start('looking')];
    await (await sit(gone, 'ana')).acquire(STEW);
    looking.coordinator.watchOver();
    rig.kill(gone);
    await rig.clock.advance(5_000);
    expect(rig.facts()).toContain('"session.lost"');
    expect([looking.coordinator.role().role, looking.opened.length]).toEqual(['guest', 0]);
  });
});
