// One process of a place serves the others, and may die, stop, leave or be replaced at any moment: whoever asks notices a
// pause and nothing else.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { DeskLink } from '../../src/app/desk/desk-link.ts';
import { LinkLost } from '../../src/app/desk/faults.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import { foreseen } from '../../src/core/foreseen.ts';
import type { ViewOf } from '../../src/core/view/views.ts';
import { type DeskDoor, DeskFault } from '../../src/ports/desk-door.ts';
import type { EventStore } from '../../src/ports/event-store.ts';
import { helloFrom } from '../support/desk-hello.ts';
import { DeskRig, type RiggedProcess } from '../support/desk-rig.ts';
import { settle } from '../support/fake-clock.ts';
import { type Cook, codeOf, leased, seat, tokenOf } from '../support/fleet-rig.ts';
import { GatedStore } from '../support/gated-store.ts';
import { waitUntil } from '../support/wait-until.ts';

const STEW = 'task:stew';

let rig: DeskRig;
beforeEach(() => {
  rig = new DeskRig();
});
afterEach(() => rig.close());

/** An agent whose process it is. */
function sit({ coordinator, pid }: RiggedProcess, agentId: string): Promise<Cook> {
  return rig.clock.advanceUntil(seat(coordinator, agentId, { pid }));
}

/** A desk with `ana`, and two of its clients: `bo`, and `cy` who has nothing to do. Ana holds the stew. */
async function kitchen() {
  const [a, b, c] = [await rig.start('a'), await rig.start('b'), await rig.start('c')];
  const [ana, bo] = [await sit(a, 'ana'), await sit(b, 'bo')];
  const token = tokenOf(await ana.acquire(STEW));
  return { a, b, c, ana, bo, token };
}

describe('a desk', () => {
  it('is opened by the first that may, and serves the others, who fold nothing', async () => {
    const { a, b, c, ana, bo, token } = await kitchen();
    expect([a, b, c].map(({ coordinator }) => coordinator.role().role)).toEqual(['desk', 'guest', 'guest']);
    expect([a, b, c].map(({ opened }) => opened.length)).toEqual([1, 0, 0]);
    expect(codeOf(await bo.acquire(STEW))).toBe('LEASE_HELD');
    const waiting = bo.acquire(STEW, { waitMs: 60_000 });
    await settle();
    await ana.release([{ resource: STEW, token }]);
    expect(tokenOf(await waiting)).toBeGreaterThan(token);
    const { items } = await c.coordinator.view({ kind: 'locks' });
    expect(items).toMatchObject([{ resource: STEW, holder: { agentId: 'bo' } }]);
    expect(c.coordinator.fleetId()).toBe(a.coordinator.fleetId());
  });

  it('says what an act would log, and logs nothing', async () => {
    const { b, token } = await kitchen();
    const by = { kind: 'operator', name: 'chef', proof: 'terminal' } as const;
    const act = { op: 'revoke', by, bodyHash: '', resource: STEW, token, reason: 'x' } as const;
    const before = rig.log.head;
    const dry = await b.coordinator.submit({ ...act, requestId: 'r1', dryRun: true });
    expect(rig.log.head).toEqual(before);
    await b.coordinator.submit({ ...act, requestId: 'r2' });
    const logged: FleetEvent[] = [];
    for await (const event of b.coordinator.feed({ after: before.seq, once: true })) logged.push(event);
    expect(logged.map(({ type }) => type)).toContain('lease.revoked');
    expect(dry.answer).toMatchObject({ op: 'revoke', foreseen: foreseen(logged) });
  });

  it('is not opened by a process that does not stay', async () => {
    const visitor = await rig.start('visitor', { mayOpen: false });
    expect(visitor.coordinator.role()).toMatchObject({ role: 'alone', why: { why: 'gone' } });
    const a = await rig.start('a');
    const next = await rig.start('next', { mayOpen: false });
    expect([a.coordinator.role().role, next.coordinator.role().role]).toEqual(['desk', 'guest']);
    // Both ways lead to one log.
    const [vi, nell] = [await sit(visitor, 'vi'), await sit(next, 'nell')];
    await vi.acquire(STEW);
    expect(codeOf(await nell.acquire(STEW))).toBe('LEASE_HELD');
  });

  it('is one where many start at once', async () => {
    const started = await Promise.all(['a', 'b', 'c', 'd'].map((name) => rig.start(name)));
    expect(started.filter(({ coordinator }) => coordinator.role().role === 'desk')).toHaveLength(1);
    expect(started.filter(({ coordinator }) => coordinator.role().role === 'guest')).toHaveLength(3);
  });

  it('is not joined by whoever cannot understand it, or wants another store or more durability', async () => {
    await rig.start('a');
    const others = [
      await rig.start('container', { placeId: 'p_there' }),
      await rig.start('elsewhere', { store: 'memory:other' }),
      await rig.start('hasty', { durability: 'process' }),
      await rig.start('newer', { protocol: '99.1' }),
      await rig.start('stranger', { door: { ...rig.desk.door('stranger'), key: () => Promise.resolve('another') } }),
    ];
    expect(others.map(({ coordinator }) => coordinator.role())).toMatchObject(
      ['place', 'store', 'durability', 'protocol', 'foreign'].map((why) => ({ role: 'alone', why: { why } })),
    );
  });

  it('tells the feed, in order and once, from any number on', async () => {
    const { b, ana, token } = await kitchen();
    const told: number[] = [];
    const ended = new AbortController();
    const following = (async () => {
      for await (const event of b.coordinator.feed({ after: 0, signal: ended.signal })) told.push(event.seq);
    })();
    await settle();
    await ana.release([{ resource: STEW, token }]);
    await settle();
    const head = rig.log.head.seq;
    expect(told).toEqual(Array.from({ length: head }, (_, i) => i + 1));
    ended.abort();
    await following;
    const once: number[] = [];
    for await (const event of b.coordinator.feed({ after: 3, once: true })) once.push(event.seq);
    expect(once).toEqual(Array.from({ length: head - 3 }, (_, i) => i + 4));
  });
});

describe('two versions on one host', () => {
  it('both write the log, and stay correct', async () => {
    const { ana, b, token } = await kitchen();
    const newer = await rig.start('newer', { protocol: '99.1' });
    const nora = await sit(newer, 'nora');
    expect([newer, b].map(({ coordinator }) => coordinator.role().role)).toEqual(['alone', 'guest']);
    expect(codeOf(await rig.clock.advanceUntil(nora.acquire(STEW)))).toBe('LEASE_HELD');
    const waiting = nora.acquire(STEW, { waitMs: 60_000 });
    await settle();
    await rig.clock.advanceUntil(ana.release([{ resource: STEW, token }]));
    expect(leased(await rig.clock.advanceUntil(waiting)).status).toBe('granted');
    expect((await b.coordinator.view({ kind: 'locks' })).items).toMatchObject([{ holder: { agentId: 'nora' } }]);
  });
});

describe('a desk whose name was removed', () => {
  it('publishes itself again, as soon as that can be done', async () => {
    const door = rig.desk.door('a');
    let failures = 2;
    const listen: DeskDoor['listen'] = (onConnection) => {
      if (rig.desk.door('a').find() !== null || opened === 0) return door.listen(onConnection);
      failures -= 1;
      return failures < 0 ? door.listen(onConnection) : Promise.reject(new DeskFault('unusable', 'no folder yet'));
    };
    let opened = 0;
    const a = await rig.start('a', { door: { ...door, listen } });
    opened = 1;
    rig.desk.remove();
    await rig.clock.advance(4_500);
    const b = await rig.start('b');
    expect([a, b].map(({ coordinator }) => coordinator.role().role)).toEqual(['desk', 'guest']);
  });
});

describe('a desk that is lost in the moment of its welcome', () => {
  it('is not taken for one that is there', async () => {
    const a = await rig.start('a');
    const door = rig.desk.door('b');
    const connect: DeskDoor['connect'] = async (address) => {
      const connection = await door.connect(address);
      // Whoever listens is told of the welcome and of the end of the connection in one turn.
      const send = connection.send.bind(connection);
      connection.send = (text) => {
        const { onMessage } = connection;
        connection.onMessage = (heard) => {
          onMessage(heard);
          if (heard.includes('"welcome"')) connection.onClose();
        };
        connection.send = send;
        return send(text);
      };
      return connection;
    };
    const b = await rig.start('b', { door: { ...door, connect }, mayOpen: false });
    expect(b.coordinator.role().role).toBe('alone');
    const bo = await sit(b, 'bo');
    expect(leased(await bo.acquire(STEW)).status).toBe('granted');
    expect(a.coordinator.role().role).toBe('desk');
  });
});

describe('a desk that is killed', () => {
  it('is replaced; who waits keeps the place and notices nothing', async () => {
    const { a, b, c, bo } = await kitchen();
    const cy = await sit(c, 'cy');
    const waiting = bo.acquire(STEW, { waitMs: 60_000 });
    await settle();
    const behind = cy.acquire(STEW, { waitMs: 60_000 });
    await settle();
    rig.kill(a);
    const { status, ticket, leases } = leased(await rig.clock.advanceUntil(waiting));
    expect(status).toBe('granted');
    expect(rig.facts().match(/"lease.queued"/g)).toHaveLength(2);
    expect(rig.facts()).not.toContain('"wait.left"');
    expect([b, c].map(({ coordinator }) => coordinator.role().role).toSorted()).toEqual(['desk', 'guest']);
    expect(ticket).not.toBeNull();
    await bo.release([{ resource: STEW, token: leases[0]?.token ?? 0 }]);
    expect(leased(await rig.clock.advanceUntil(behind)).status).toBe('granted');
  });

  it('in the middle of a call: the call is asked again, and done once', async () => {
    const { a, b, bo } = await kitchen();
    const asking = bo.acquire('task:soup', { requestId: 'soup' });
    // On its way, or done and not answered: both are tried, turn by turn.
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    rig.kill(a);
    expect(leased(await rig.clock.advanceUntil(asking)).status).toBe('granted');
    expect(rig.facts().match(/"requestId":"soup"/g)?.length ?? 0).toBeGreaterThan(0);
    expect(
      (await b.coordinator.view({ kind: 'locks' })).items.filter(({ resource }) => resource === 'task:soup'),
    ).toHaveLength(1);
  });

  it('is replaced although nobody asks anything, so that its own locks are freed', async () => {
    const { a, b, c } = await kitchen();
    rig.kill(a);
    await rig.clock.advance(2_500);
    expect([b, c].map(({ coordinator }) => coordinator.role().role).toSorted()).toEqual(['desk', 'guest']);
    expect(rig.facts()).toContain('"session.lost"');
  });
});

describe('a desk that is stopped', () => {
  it('is passed over within 2 s by whoever waits, and steps back when it goes on', async () => {
    const { a, b, c, ana, bo, token } = await kitchen();
    const waiting = bo.acquire(STEW, { waitMs: 60_000 });
    await settle();
    const own = ana.check(STEW, token);
    rig.stop(a);
    await rig.clock.advance(2_600);
    expect(b.coordinator.role().role).toBe('desk');
    const soup = leased(await rig.clock.advanceUntil(bo.acquire('task:soup')));
    expect(soup.status).toBe('granted');
    rig.goOn(a);
    await rig.clock.advance(3_000);
    await own;
    expect([a, b].map(({ coordinator }) => coordinator.role().role)).toEqual(['guest', 'desk']);
    // What it said when it woke took nothing from anybody.
    expect(rig.facts()).not.toContain('"wait.left"');
    await rig.clock.advanceUntil(ana.release([{ resource: STEW, token }]));
    expect(leased(await rig.clock.advanceUntil(waiting)).status).toBe('granted');
    expect((await c.coordinator.view({ kind: 'locks' })).items).toHaveLength(2);
  });

  it('keeps a feed that follows it: it goes on at the next desk, and the old coordinator closes', async () => {
    const { a, bo } = await kitchen();
    const waiting = bo.acquire(STEW, { waitMs: 60_000 });
    const told: number[] = [];
    const ended = new AbortController();
    const following = (async () => {
      for await (const event of a.coordinator.feed({ after: 0, signal: ended.signal })) told.push(event.seq);
    })();
    await settle();
    rig.stop(a);
    await rig.clock.advance(2_600);
    rig.goOn(a);
    await rig.clock.advance(3_000);
    expect(a.coordinator.role().role).toBe('guest');
    await rig.clock.advanceUntil(bo.acquire('task:soup'));
    await rig.clock.advance(1_000);
    expect(told).toEqual(Array.from({ length: rig.log.head.seq }, (_, i) => i + 1));
    await expect(a.opened[0]?.view({ kind: 'counts' })).rejects.toThrow('not open');
    ended.abort();
    await following;
    await rig.clock.advanceUntil(bo.release('all'));
    await rig.clock.advanceUntil(waiting);
  });

  it('takes nothing back that was granted by way of the next desk', async () => {
    const { a, b, ana, bo, token } = await kitchen();
    const waiting = bo.acquire(STEW, { waitMs: 60_000 });
    await settle();
    rig.stop(a);
    await rig.clock.advance(2_600);
    const operator = { kind: 'operator', name: 'chef', proof: 'terminal' } as const;
    await rig.clock.advanceUntil(
      b.coordinator.submit({
        op: 'revoke',
        by: operator,
        requestId: 'r',
        bodyHash: '',
        resource: STEW,
        token,
        reason: 'x',
      }),
    );
    const granted = tokenOf(await rig.clock.advanceUntil(waiting));
    rig.kill(b);
    rig.goOn(a);
    await rig.clock.advance(1_000);
    expect(granted).toBeGreaterThan(token);
    expect(rig.facts()).not.toContain('"undelivered"');
    expect(codeOf(await rig.clock.advanceUntil(ana.check(STEW, token)))).toBe('none');
  });
});

describe('what was asked of a stopped desk', () => {
  it('waits no longer than it was to wait, although it is asked again', async () => {
    const { a, bo } = await kitchen();
    rig.stop(a);
    const beganMs = rig.clock.monotonicMs();
    const waiting = bo.acquire(STEW, { waitMs: 3_000 });
    expect(leased(await rig.clock.advanceUntil(waiting)).status).toBe('queued');
    expect(rig.clock.monotonicMs() - beganMs).toBeLessThan(3_500);
  });

  it('is not decided by it when it goes on after whoever asked has given it up', async () => {
    const { a, b, c } = await kitchen();
    const shell = await rig.clock.advanceUntil(seat(b.coordinator, 'shell', { pid: c.pid }));
    rig.stop(a);
    void shell.acquire('task:late');
    await settle();
    rig.kill(b);
    await rig.clock.advance(2_500);
    rig.goOn(a);
    await rig.clock.advance(2_500);
    expect(rig.facts()).not.toContain('task:late');
  });

  it('is not decided by it either where it stood in its queue: who asked has heard another answer since', async () => {
    let gate: GatedStore | null = null;
    const wrapStore = (store: EventStore): EventStore => {
      gate = new GatedStore(store);
      return gate;
    };
    const [a, b, c] = [await rig.start('a', { wrapStore }), await rig.start('b'), await rig.start('c')];
    const [ana, bo, cy] = [await sit(a, 'ana'), await sit(b, 'bo'), await sit(c, 'cy')];
    const token = tokenOf(await cy.acquire(STEW));
    const gated = gate as unknown as GatedStore;
    gated.fates.push('hold');
    const own = ana.acquire('task:soup');
    await waitUntil('an append at the gate', () => gated.held === 1);
    const asked = bo.acquire(STEW);
    await settle();
    rig.stop(a);
    expect(codeOf(await rig.clock.advanceUntil(asked))).toBe('LEASE_HELD');
    await rig.clock.advanceUntil(cy.release([{ resource: STEW, token }]));
    rig.goOn(a);
    await gated.openGate();
    await rig.clock.advance(3_000);
    expect(codeOf(await own)).toBe('none');
    expect((await b.coordinator.view({ kind: 'locks', resource: STEW })).items).toEqual([]);
  });
});

describe('a visitor at a desk that is stopped', () => {
  it('waits a moment for another one, and then helps itself', async () => {
    const a = await rig.start('a');
    const visitor = await rig.start('visitor', { mayOpen: false });
    const vi = await sit(visitor, 'vi');
    rig.stop(a);
    const beganMs = rig.clock.monotonicMs();
    expect(leased(await rig.clock.advanceUntil(vi.acquire(STEW))).status).toBe('granted');
    expect(rig.clock.monotonicMs() - beganMs).toBeLessThan(3_500);
    expect(visitor.coordinator.role()).toMatchObject({ role: 'alone' });
  });
});

describe('a process that helped itself', () => {
  const LATER_MS = 10_000;

  it('joins a desk that came after all; what it waits for goes on, and is heard', async () => {
    const visitor = await rig.start('visitor', { mayOpen: false });
    const vi = await sit(visitor, 'vi');
    const a = await rig.start('a');
    const ana = await sit(a, 'ana');
    const token = tokenOf(await ana.acquire(STEW));
    const waiting = vi.acquire(STEW, { waitMs: 60_000 });
    await settle();
    await rig.clock.advance(LATER_MS - 1);
    expect(codeOf(await vi.acquire('task:a'))).toBe('none');
    expect(visitor.coordinator.role().role).toBe('alone');
    await rig.clock.advance(1);
    await rig.clock.advanceUntil(vi.acquire('task:b'));
    await settle();
    expect(visitor.coordinator.role().role).toBe('guest');
    await rig.clock.advanceUntil(ana.release([{ resource: STEW, token }]));
    expect(tokenOf(await rig.clock.advanceUntil(waiting))).toBeGreaterThan(token);
    expect(codeOf(await rig.clock.advanceUntil(vi.acquire('task:c')))).toBe('none');
  });

  it('keeps nobody active by its own coordinator any more, although that still has a wait to end', async () => {
    const visitor = await rig.start('visitor', { mayOpen: false });
    const [vi, vic] = [await sit(visitor, 'vi'), await sit(visitor, 'vic')];
    const a = await rig.start('a');
    const ana = await sit(a, 'ana');
    await ana.acquire(STEW);
    const waiting = vic.acquire(STEW, { waitMs: 60_000 });
    await vi.acquire('task:soup', { ttlMs: 4_000 });
    const ended = visitor.coordinator.keepActive(vi.sessionId);
    await rig.clock.advance(LATER_MS);
    await rig.clock.advanceUntil(visitor.coordinator.view({ kind: 'counts' }));
    await settle();
    expect(visitor.coordinator.role().role).toBe('guest');
    await rig.clock.advance(10_000);
    expect(holders(await a.coordinator.view({ kind: 'locks' }))).toEqual(['ana', 'vi']);
    ended();
    await rig.clock.advance(10_000);
    expect(holders(await a.coordinator.view({ kind: 'locks' }))).toEqual(['ana']);
    await rig.clock.advanceUntil(ana.release('all'));
    expect(leased(await rig.clock.advanceUntil(waiting)).status).toBe('granted');
  });

  it('opens a desk where there is still none, and serves others from then on', async () => {
    const door = rig.desk.door('late');
    let mayClaim = false;
    const hindered: DeskDoor = {
      ...bound(door),
      claimOpening: () => (mayClaim ? door.claimOpening() : Promise.resolve(null)),
    };
    const late = await rig.start('late', { door: hindered });
    expect(late.coordinator.role()).toMatchObject({ role: 'alone', why: { why: 'gone' } });
    const bo = await sit(late, 'bo');
    mayClaim = true;
    await rig.clock.advance(LATER_MS);
    await rig.clock.advanceUntil(bo.acquire(STEW));
    await settle();
    expect(late.coordinator.role().role).toBe('desk');
    const next = await rig.start('next');
    expect(next.coordinator.role().role).toBe('guest');
    expect(codeOf(await (await sit(next, 'cy')).acquire(STEW))).toBe('LEASE_HELD');
  });

  it('stays alone where no desk is one for it', async () => {
    await rig.start('a');
    const other = await rig.start('other', { protocol: '9.9' });
    const bo = await sit(other, 'bo');
    await rig.clock.advance(LATER_MS);
    await rig.clock.advanceUntil(bo.acquire(STEW));
    await settle();
    expect(other.coordinator.role()).toMatchObject({ role: 'alone', why: { why: 'protocol' } });
  });
});

/** Who holds what, by name. */
function holders({ items }: ViewOf<{ readonly kind: 'locks' }>): readonly string[] {
  return items.map(({ holder }) => holder?.agentId ?? '').toSorted();
}

/** A door as plain functions, of which a test may replace one. */
function bound(door: DeskDoor): DeskDoor {
  return {
    find: () => door.find(),
    connect: (address) => door.connect(address),
    key: () => door.key(),
    listen: (accept) => door.listen(accept),
    claimOpening: () => door.claimOpening(),
  };
}

describe('a desk that finds another one published', () => {
  /** A desk with a guest that does not go, and another one published since. */
  async function superseded() {
    const a = await rig.start('a');
    const door = rig.desk.door('other');
    await rig.clock.advanceUntil(door.connect(door.find() ?? ''));
    const other = await rig.clock.advanceUntil(door.listen(() => undefined));
    await rig.clock.advanceUntil(other.publish());
    await rig.clock.advance(1_000);
    return { a, other };
  }

  it('has closed its own coordinator when it has closed, although it is stepping back just then', async () => {
    const { a } = await superseded();
    expect(a.coordinator.role().role).toBe('finding');
    await rig.clock.advanceUntil(a.coordinator.close());
    await expect(a.opened[0]?.view({ kind: 'counts' })).rejects.toThrow('not open');
  });
});

describe('a desk that leaves on purpose', () => {
  it('hands over: another one is open before it closes, and who waits does not notice', async () => {
    const { a, b, c, bo } = await kitchen();
    const waiting = bo.acquire(STEW, { waitMs: 60_000 });
    await settle();
    const beganMs = rig.clock.monotonicMs();
    const published: (string | null)[] = [];
    const closing = { isOver: false };
    const looking = (async () => {
      while (!closing.isOver) {
        published.push(rig.desk.door('spy').find());
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await rig.clock.advanceUntil(a.coordinator.close());
    closing.isOver = true;
    await looking;
    expect(new Set(published).size).toBe(2);
    expect(published).not.toContain(null);
    expect(rig.clock.monotonicMs() - beganMs).toBeLessThan(200);
    expect([b, c].map(({ coordinator }) => coordinator.role().role).toSorted()).toEqual(['desk', 'guest']);
    expect(rig.facts()).not.toContain('"wait.left"');
    rig.kill(a);
    expect(leased(await rig.clock.advanceUntil(waiting)).status).toBe('granted');
  });
});

describe('a client of the desk', () => {
  it('that is killed while it waits is cut: what it is granted goes to the next', async () => {
    const { b, c, ana, bo, token } = await kitchen();
    const cy = await sit(c, 'cy');
    void bo.acquire(STEW, { waitMs: 60_000 });
    await settle();
    const next = cy.acquire(STEW, { waitMs: 60_000 });
    await settle();
    rig.kill(b);
    await rig.clock.advance(300);
    expect(rig.facts()).toContain('"session.lost"');
    await ana.release([{ resource: STEW, token }]);
    expect(leased(await rig.clock.advanceUntil(next)).status).toBe('granted');
  });

  it('that is killed while it waits for a session of another process is cut too', async () => {
    const { b, c, ana, token } = await kitchen();
    // As a command that was started by a shell: the session is the shell's.
    const shell = await rig.clock.advanceUntil(seat(b.coordinator, 'shell', { pid: c.pid }));
    void shell.acquire(STEW, { waitMs: 60_000 });
    await settle();
    rig.kill(b);
    await rig.clock.advance(300);
    await ana.release([{ resource: STEW, token }]);
    expect((await c.coordinator.view({ kind: 'waits' })).waiters).toMatchObject([
      { agentId: 'shell', state: 'offered' },
    ]);
  });

  it('that lives and goes elsewhere leaves no trace: its wait goes on there', async () => {
    const { bo } = await kitchen();
    const door = rig.desk.door('b');
    const hello = helloFrom(bo.pid);
    const connection = await door.connect(door.find() ?? '');
    const parts = { connection, hello, key: await door.key(), clock: rig.clock, hasher: nodeHasher };
    const link = await DeskLink.greet(parts);
    if (!(link instanceof DeskLink)) throw new Error(link.message);
    const ask = { mode: 'exclusive', ttlMs: 300_000, reason: '', priority: 0, waitMs: 60_000 } as const;
    const asking = link.submit({ ...bo.head(), op: 'acquire', resources: [STEW], ...ask }, rig.clock.monotonicMs(), {});
    await settle();
    expect(rig.facts()).toContain('"lease.queued"');
    link.leave();
    await expect(asking).rejects.toThrow(LinkLost);
    await rig.clock.advance(1_000);
    expect(rig.facts()).not.toContain('"wait.left"');
  });

  it('that waits long stays where it is: a desk that owes an answer is heard', async () => {
    const { a, b, bo } = await kitchen();
    const waiting = bo.acquire(STEW, { waitMs: 20_000 });
    await rig.clock.advance(19_000);
    expect([a, b].map(({ coordinator }) => coordinator.role().role)).toEqual(['desk', 'guest']);
    await rig.clock.advance(2_000);
    expect(leased(await waiting).status).toBe('queued');
  });

  it('that closes leaves its waits, and their places stay', async () => {
    const { b, c, bo } = await kitchen();
    const waiting = bo.acquire(STEW, { waitMs: 60_000 });
    await settle();
    await rig.clock.advanceUntil(b.coordinator.close());
    expect(leased(await waiting).status).toBe('queued');
    expect((await c.coordinator.view({ kind: 'waits' })).waiters).toHaveLength(1);
  });

  it('that has closed answers so, and opens nothing', async () => {
    const { b, bo } = await kitchen();
    await rig.clock.advanceUntil(b.coordinator.close());
    expect(codeOf(await bo.acquire('task:soup'))).toBe('STORE_UNAVAILABLE');
    expect(b.opened).toHaveLength(0);
  });

  it('that does nothing owns no timer', async () => {
    const { c } = await kitchen();
    await rig.clock.advance(10_000);
    const before = rig.clock.timers;
    rig.kill(c);
    expect(rig.clock.timers).toBe(before);
  });
});
