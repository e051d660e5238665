// What befalls simulated processes at a desk; everything else is in the contract.

import { beforeEach, describe, expect, it } from 'vitest';
import type { OpenDoor } from '../../src/ports/desk-door.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { type Heard, hear } from './heard.ts';
import { MemoryDesk } from './memory-desk-door.ts';

let clock: FakeClock;
let place: MemoryDesk;
let guests: Heard[];
/** Each thing takes another time, the later the shorter. */
let delayMs: number;

beforeEach(() => {
  clock = createFakeClock();
  delayMs = 50;
  place = new MemoryDesk({
    later: (ms, run) => void clock.after(ms, run),
    nowMs: () => clock.monotonicMs(),
    delayMs: () => {
      delayMs = Math.max(1, delayMs - 1);
      return delayMs;
    },
  });
  guests = [];
});

async function openDesk(name: string): Promise<OpenDoor> {
  const desk = await clock.advanceUntil(place.door(name).listen((connection) => guests.push(hear(connection))));
  await clock.advanceUntil(desk.publish());
  return desk;
}

async function connected(name: string): Promise<Heard> {
  const door = place.door(name);
  return hear(await clock.advanceUntil(door.connect(door.find() ?? '')));
}

describe('a simulated process', () => {
  it('hears in order, however long each message is under way', async () => {
    await openDesk('desk');
    const near = await connected('guest');
    for (let n = 0; n < 30; n += 1) near.connection.send(`${n}`);
    near.connection.end();
    await clock.advance(100);
    expect(guests[0]?.texts).toEqual(Array.from({ length: 30 }, (_, n) => `${n}`));
    expect([guests[0]?.closes, near.closes]).toEqual([1, 1]);
  });

  it('that is killed hears nothing more; what it said before arrives, then the close', async () => {
    const desk = await openDesk('desk');
    const near = await connected('guest');
    await clock.advance(100);
    guests[0]?.connection.send('last words');
    near.connection.send('never heard');
    place.kill('desk');
    await clock.advance(100);
    expect([near.texts, near.closes]).toEqual([['last words'], 1]);
    expect([guests[0]?.texts, guests[0]?.closes]).toEqual([[], 0]);
    expect(place.door('guest').find()).toBe(desk.address);
    await expect(clock.advanceUntil(place.door('guest').connect(desk.address))).rejects.toMatchObject({ code: 'gone' });
  });

  it('that is killed awaits for ever, and its name is free for another', async () => {
    const settled: string[] = [];
    void place
      .door('a')
      .listen(() => undefined)
      .then(() => settled.push('old'));
    place.kill('a');
    void place
      .door('a')
      .listen(() => undefined)
      .then(() => settled.push('new'));
    await clock.advance(100);
    expect(settled).toEqual(['new']);
  });

  it('that is stopped is connected to, and finds everything in order when it goes on', async () => {
    await openDesk('desk');
    place.stop('desk');
    const near = await connected('guest');
    for (const text of ['a', 'b', 'c']) near.connection.send(text);
    near.connection.end();
    await clock.advance(1_000);
    expect(guests).toHaveLength(0);
    place.resume('desk');
    await clock.advance(100);
    expect([guests[0]?.texts, guests[0]?.closes]).toEqual([['a', 'b', 'c'], 1]);
  });

  it('that is stopped lets the other side’s queue grow', async () => {
    await openDesk('desk');
    const near = await connected('guest');
    place.stop('desk');
    while (near.connection.send('x'.repeat(300_000)));
    await clock.advance(1_000);
    expect([near.connection.queuedBytes > 1_000_000, near.drains]).toEqual([true, 0]);
    place.resume('desk');
    await clock.advance(200);
    expect([near.connection.queuedBytes, near.drains]).toEqual([0, 1]);
  });

  it('holds a claim for three seconds, or until it is killed', async () => {
    const claim = (name: string) => clock.advanceUntil(place.door(name).claimOpening());
    expect(await claim('a')).not.toBeNull();
    expect(await claim('b')).toBeNull();
    await clock.advance(3_000);
    expect(await claim('b')).not.toBeNull();
    expect(await claim('c')).toBeNull();
    place.kill('b');
    expect(await claim('c')).not.toBeNull();
  });
});
