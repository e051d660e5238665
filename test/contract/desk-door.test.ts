// What every desk door answers. Run on real sockets and on the simulated ones that the simulation trusts.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DESK_MESSAGE_BYTES, type DeskConnection, type DeskDoor, type OpenDoor } from '../../src/ports/desk-door.ts';
import { type Heard, hear } from '../support/heard.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type DeskWorld, deskWorlds } from './desk-worlds.ts';

describe.each(deskWorlds)('$name', ({ open }) => {
  let world: DeskWorld;
  const opened: OpenDoor[] = [];
  const connections: DeskConnection[] = [];

  beforeEach(() => {
    world = open();
  });
  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.destroy();
    for (const desk of opened.splice(0)) await desk.close();
    world.close();
  });

  /** A desk that takes connections, and what it hears on each. */
  async function openDesk(door: DeskDoor = world.door()): Promise<{ desk: OpenDoor; guests: Heard[] }> {
    const guests: Heard[] = [];
    const desk = await door.listen((connection) => {
      connections.push(connection);
      guests.push(hear(connection));
    });
    opened.push(desk);
    return { desk, guests };
  }

  /** Both ends of one connection. */
  async function connected(): Promise<{ near: Heard; far: Heard; desk: OpenDoor }> {
    const { desk, guests } = await openDesk();
    const near = hear(await world.door().connect(desk.address));
    connections.push(near.connection);
    const far = await waitUntil('the desk to take the connection', () => guests[0]);
    return { near, far, desk };
  }

  describe('the published name', () => {
    it('is nobody’s at first', () => {
      expect(world.door().find()).toBeNull();
    });

    it('is not a desk’s before it publishes', async () => {
      const { desk } = await openDesk();
      expect(world.door().find()).toBeNull();
      expect(desk.isPublished()).toBe(false);
    });

    it('leads others to the desk that published last', async () => {
      const { desk: first } = await openDesk();
      const { desk: second } = await openDesk();
      await first.publish();
      expect(world.door().find()).toBe(first.address);
      await second.publish();
      expect(world.door().find()).toBe(second.address);
      expect([first.isPublished(), second.isPublished()]).toEqual([false, true]);
      expect(second.address).not.toBe(first.address);
    });

    it('is one desk’s when several publish at once', async () => {
      const desks = await Promise.all(Array.from({ length: 8 }, async () => (await openDesk()).desk));
      await Promise.all(desks.map((desk) => desk.publish()));
      const published = desks.filter((desk) => desk.isPublished());
      expect(published.map((desk) => desk.address)).toEqual([world.door().find()]);
    });

    it('goes with its desk, and not with one that was replaced', async () => {
      const { desk: first } = await openDesk();
      const { desk: second } = await openDesk();
      await first.publish();
      await second.publish();
      await first.close();
      expect(world.door().find()).toBe(second.address);
      await second.close();
      expect(world.door().find()).toBeNull();
      expect(second.isPublished()).toBe(false);
    });

    it('is not given to a desk that is closed', async () => {
      const { desk } = await openDesk();
      await desk.close();
      await desk.close();
      await expect(desk.publish()).rejects.toMatchObject({ name: 'DeskFault', code: 'gone' });
      expect(world.door().find()).toBeNull();
    });
  });

  describe('a connection', () => {
    it('brings messages whole and in order, both ways', async () => {
      const { near, far } = await connected();
      const texts = ['', 'a', 'ä€😀', 'x'.repeat(300_000), ...Array.from({ length: 2_000 }, (_, n) => `message ${n}`)];
      for (const text of texts) near.connection.send(text);
      for (const text of texts.toReversed()) far.connection.send(text);
      await waitUntil('all of them', () => far.texts.length >= texts.length && near.texts.length >= texts.length);
      expect(far.texts).toEqual(texts);
      expect(near.texts).toEqual(texts.toReversed());
    });

    it('brings the longest message, and refuses a longer one before anything of it is sent', async () => {
      const { near, far } = await connected();
      expect(() => near.connection.send('x'.repeat(DESK_MESSAGE_BYTES + 1))).toThrow(RangeError);
      expect(() => near.connection.send('€'.repeat(DESK_MESSAGE_BYTES / 2))).toThrow(RangeError);
      expect(near.connection.queuedBytes).toBe(0);
      near.connection.send('x'.repeat(DESK_MESSAGE_BYTES));
      near.connection.send('after it');
      await waitUntil('the message', () => far.texts.length >= 2);
      expect([far.texts[0]?.length, far.texts[1]]).toEqual([DESK_MESSAGE_BYTES, 'after it']);
    });

    it('says when much is queued, and when it has gone out', async () => {
      const { near, far } = await connected();
      const text = 'x'.repeat(500_000);
      expect(near.connection.send(text)).toBe(true);
      await waitUntil('the first', () => far.texts.length === 1);
      expect(near.drains).toBe(0);
      let sent = 2;
      while (near.connection.send(text)) sent += 1;
      expect(near.connection.queuedBytes).toBeGreaterThan(1024 * 1024);
      await waitUntil('the drain', () => near.drains === 1);
      expect(near.connection.queuedBytes).toBe(0);
      await waitUntil('all of them', () => far.texts.length === sent);
      expect(near.drains).toBe(1);
    });

    it('sends what is queued before it ends; both sides hear of the end once', async () => {
      const { near, far } = await connected();
      const texts = Array.from({ length: 20 }, (_, n) => `${n}`.repeat(100_000));
      for (const text of texts) near.connection.send(text);
      near.connection.end();
      expect(near.connection.send('too late')).toBe(true);
      near.connection.end();
      await waitUntil('the end', () => far.closes > 0 && near.closes > 0);
      expect(far.texts.map((text) => text.length)).toEqual(texts.map((text) => text.length));
      for (const { connection } of [near, far]) {
        connection.destroy();
        connection.end();
        expect(connection.send('too late')).toBe(true);
        expect(connection.queuedBytes).toBe(0);
      }
      expect([near.closes, far.closes]).toEqual([1, 1]);
    });

    it('closes at once when it is destroyed, inside a message too', async () => {
      const { near, far } = await connected();
      far.onText = () => far.connection.destroy();
      near.connection.send('first');
      near.connection.send('second');
      await waitUntil('the end', () => far.closes > 0 && near.closes > 0);
      expect([far.texts, far.closes, near.closes]).toEqual([['first'], 1, 1]);
    });

    it('has nothing queued once it is destroyed, whatever was', async () => {
      const { near, far } = await connected();
      while (near.connection.send('x'.repeat(500_000)));
      near.connection.destroy();
      expect(near.connection.queuedBytes).toBe(0);
      await waitUntil('the end', () => far.closes > 0 && near.closes > 0);
      expect([near.closes, near.drains]).toEqual([1, 0]);
    });

    it('outlives the door it came through', async () => {
      const { near, far, desk } = await connected();
      await desk.close();
      near.connection.send('still there?');
      await waitUntil('the question', () => far.texts.length === 1);
      far.connection.send('yes');
      await waitUntil('the answer', () => near.texts.length === 1);
      expect([near.closes, far.closes]).toEqual([0, 0]);
    });

    it('is refused where nobody listens any more', async () => {
      const { desk } = await openDesk();
      await desk.close();
      await expect(world.door().connect(desk.address)).rejects.toMatchObject({ name: 'DeskFault', code: 'gone' });
    });
  });

  describe('the claim to open', () => {
    it('is one process’s of many, and the next one’s once it is released', async () => {
      const doors = Array.from({ length: 12 }, () => world.door());
      for (let round = 0; round < 3; round += 1) {
        const claims = (await Promise.all(doors.map((door) => door.claimOpening()))).filter((claim) => claim !== null);
        expect(claims).toHaveLength(1);
        expect(await world.door().claimOpening()).toBeNull();
        await claims[0]?.release();
        await claims[0]?.release();
      }
    });
  });

  it('gives every process the same key', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => world.door().key()));
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});
