// What closes, dies or fails in the moment in which a process finds, opens or changes its desk: nobody is left with two desks, or
// with one that nobody serves.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeskConnection, DeskDoor } from '../../src/ports/desk-door.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { DeskRig, type RiggedProcess } from '../support/desk-rig.ts';
import { settle } from '../support/fake-clock.ts';
import { type Cook, codeOf, leased, seat, silent } from '../support/fleet-rig.ts';

const STEW = 'task:stew';
const LATER_MS = 10_000;

let rig: DeskRig;
beforeEach(() => {
  rig = new DeskRig();
});
afterEach(() => rig.close());

function sit({ coordinator, pid }: RiggedProcess, agentId: string): Promise<Cook> {
  return rig.clock.advanceUntil(seat(coordinator, agentId, { pid }));
}

/** The door of a process as plain functions, some of them the test's. */
function door(name: string, changed: (door: DeskDoor) => Partial<DeskDoor>): DeskDoor {
  const real = rig.desk.door(name);
  return { ...real, ...changed(real) };
}

/** Lets those that come through it pass once it is opened. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { pass: promise, open: resolve };
}

async function isAskedAgain({ coordinator }: RiggedProcess): Promise<void> {
  await rig.clock.advance(LATER_MS);
  await rig.clock.advanceUntil(coordinator.view({ kind: 'counts' }));
  await settle();
}

describe('a process that has closed', () => {
  it('opens no desk that it was about to open', async () => {
    const { pass, open } = gate();
    let isToWait = false;
    const hindered = door('late', (real) => ({
      claimOpening: async () => {
        if (!isToWait) return null;
        await pass;
        return real.claimOpening();
      },
    }));
    const late = await rig.start('late', { door: hindered });
    isToWait = true;
    await isAskedAgain(late);
    await rig.clock.advanceUntil(late.coordinator.close());
    open();
    await settle();
    expect(rig.desk.door('spy').find()).toBeNull();
  });

  it('is not found again by a name that it was about to publish anew', async () => {
    const { pass, open } = gate();
    let listened = 0;
    const slow = door('a', (real) => ({
      listen: async (accept) => {
        listened += 1;
        if (listened > 1) await pass;
        return real.listen(accept);
      },
    }));
    const a = await rig.start('a', { door: slow });
    rig.desk.remove();
    await rig.clock.advance(1_500);
    expect(listened).toBe(2);
    await rig.clock.advanceUntil(a.coordinator.close());
    open();
    await settle();
    expect(rig.desk.door('spy').find()).toBeNull();
  });

  it('opens neither a desk nor the log in the place of one that has died, however late', async () => {
    const { pass, open } = gate();
    const a = await rig.start('a');
    const b = await rig.start('b', { beforeOpen: () => pass });
    rig.kill(a);
    await rig.clock.advance(4_000);
    await rig.clock.advanceUntil(b.coordinator.close());
    open();
    await settle();
    await rig.clock.advance(2_000);
    expect([b.opened.length, rig.desk.door('spy').find()?.startsWith('desk.00000002') ?? false]).toEqual([1, false]);
    await expect(b.opened[0]?.view({ kind: 'counts' })).rejects.toThrow('not open');
  });

  it('publishes no desk that it was about to open beside its own log', async () => {
    const { pass, open } = gate();
    let mayClaim = false;
    const slow = door('late', (real) => ({
      claimOpening: () => (mayClaim ? real.claimOpening() : Promise.resolve(null)),
      listen: async (accept) => {
        await pass;
        return real.listen(accept);
      },
    }));
    const late = await rig.start('late', { door: slow });
    mayClaim = true;
    await isAskedAgain(late);
    await rig.clock.advanceUntil(late.coordinator.close());
    open();
    await settle();
    expect(rig.desk.door('spy').find()).toBeNull();
  });

  it('stays at no desk that it was about to join', async () => {
    const { pass, open } = gate();
    let connection: DeskConnection | null = null;
    const slow = door('visitor', (real) => ({
      connect: async (address) => {
        await pass;
        connection = await real.connect(address);
        return connection;
      },
    }));
    const visitor = await rig.start('visitor', { mayOpen: false, door: slow });
    const a = await rig.start('a');
    await isAskedAgain(visitor);
    await rig.clock.advanceUntil(visitor.coordinator.close());
    open();
    await settle();
    expect(connection).not.toBeNull();
    expect(await a.coordinator.deskGuests()).toMatchObject([{ pid: a.pid }]);
  });
});

describe('a desk that dies while another process opens the next one for it', () => {
  it('leaves one desk behind, and one coordinator', async () => {
    const { pass, open } = gate();
    const a = await rig.start('a');
    const b = await rig.start('b', { beforeOpen: () => pass });
    const bo = await sit(b, 'bo');
    void a.coordinator.close();
    await settle();
    rig.kill(a);
    await rig.clock.advance(500);
    open();
    expect(leased(await rig.clock.advanceUntil(bo.acquire(STEW))).status).toBe('granted');
    await rig.clock.advance(2_000);
    expect([b.coordinator.role().role, (await rig.start('c')).coordinator.role().role]).toEqual(['desk', 'guest']);
    const views = await Promise.allSettled(b.opened.map((local) => local.view({ kind: 'counts' })));
    expect(views.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('a process whose own coordinator cannot be had by a fault of ours', () => {
  it('answers so, and says it to whoever runs it', async () => {
    const errors: string[] = [];
    const logger: Logger = { ...silent, error: (_fields, message) => void errors.push(message) };
    const a = await rig.start('a');
    const openLocal = () => Promise.reject(new TypeError('no such thing'));
    const bo = await sit(await rig.start('b', { mayOpen: false, openLocal, logger }), 'bo');
    rig.kill(a);
    expect(codeOf(await rig.clock.advanceUntil(bo.acquire(STEW)))).toBe('INTERNAL');
    expect(errors).toEqual(['a call could not be made']);
  });
});
