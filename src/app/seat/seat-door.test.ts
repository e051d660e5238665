// The way to a seat while the store is opened, cannot be opened, or is closed.

import { describe, expect, it } from 'vitest';
import { seatRig } from '../../../test/support/seat-rig.ts';
import { StoreFault } from '../../ports/event-store.ts';
import { SetupFault } from '../../ports/setup-fault.ts';
import { type OpenSeat, SeatDoor } from './seat-door.ts';

/** A door whose tries to open the test decides, one after the other. */
function doorOf() {
  const tries: ReturnType<typeof Promise.withResolvers<OpenSeat>>[] = [];
  const troubles: unknown[] = [];
  const door = new SeatDoor(
    () => {
      const opening = Promise.withResolvers<OpenSeat>();
      tries.push(opening);
      return opening.promise;
    },
    (error) => troubles.push(error),
  );
  return { door, tries, troubles };
}

async function openSeat() {
  const { seat } = await (await seatRig()).sit();
  const done: string[] = [];
  return { seat, done, open: { seat, close: async () => void done.push('closed') } };
}

describe('a door', () => {
  it('opens once for all that come at once', async () => {
    const { door, tries } = doorOf();
    const { seat, open } = await openSeat();
    const came = [door.seat(), door.seat()];
    tries[0]?.resolve(open);
    expect([await Promise.all(came), await door.seat(), tries.length]).toEqual([[seat, seat], seat, 1]);
  });

  it.each([
    ['a refusal of the start', new SetupFault('STORE_UNSAFE', { message: 'm', next: 'n' }), 'STORE_UNSAFE'],
    ['a fault of the store', new StoreFault('STORE_UNAVAILABLE', 'the disk is gone'), 'STORE_UNAVAILABLE'],
    ['a fault of ours', new TypeError('no such thing'), 'INTERNAL'],
  ])('says why it did not open: %s; and tries again for who comes next', async (_what, error, code) => {
    const { door, tries, troubles } = doorOf();
    const { seat, open } = await openSeat();
    const [first, beside] = [door.seat(), door.seat()];
    tries[0]?.reject(error);
    const next = first.then(() => door.seat());
    expect([await first, await beside]).toMatchObject([{ code }, { code }]);
    tries[1]?.resolve(open);
    expect(await next).toBe(seat);
    expect([troubles, tries.length]).toEqual([[error, error], 2]);
  });

  it('leaves and closes what it opened, also what is opened only then, and opens nothing any more', async () => {
    const { door, tries } = doorOf();
    const { seat, open, done } = await openSeat();
    const waiting = door.seat();
    const closing = door.close();
    tries[0]?.resolve(open);
    await closing;
    expect([await waiting, done]).toEqual([seat, ['closed']]);
    expect(await door.seat()).toMatchObject({ code: 'STORE_UNAVAILABLE', message: 'This process is ending.' });
  });

  it('that opened nothing, or could not, closes nothing', async () => {
    await expect(doorOf().door.close()).resolves.toBeUndefined();
    const { door, tries } = doorOf();
    const refused = door.seat();
    tries[0]?.reject(new StoreFault('STORE_UNAVAILABLE', 'the disk is gone'));
    await expect(door.close()).resolves.toBeUndefined();
    expect(await refused).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});
