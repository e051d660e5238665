// Who comes to a desk: what it says to those it does not serve, and what it does with those who take nothing or say what no
// guest says.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { DeskLink } from '../../src/app/desk/desk-link.ts';
import { proofOf } from '../../src/app/desk/protocol.ts';
import { DESK_MESSAGE_BYTES, type DeskConnection, type DeskDoor } from '../../src/ports/desk-door.ts';
import { helloFrom } from '../support/desk-hello.ts';
import { DeskRig } from '../support/desk-rig.ts';
import { settle } from '../support/fake-clock.ts';

const GUESTS_MAX = 1_000;
const CALL = { client: 'cursor', sessionId: 's', folder: '/w', label: null, moment: { kind: 'turn-end' } } as const;
const CALLER = { agentId: null, purpose: null, secret: null };

let rig: DeskRig;
beforeEach(() => {
  rig = new DeskRig();
});
afterEach(() => rig.close());

async function connected(name: string): Promise<DeskConnection> {
  const door = rig.desk.door(name);
  return rig.clock.advanceUntil(door.connect(door.find() ?? ''));
}

async function linked(name = 'guest'): Promise<DeskLink> {
  const parts = { connection: await connected(name), hello: helloFrom(999), key: await rig.desk.door(name).key() };
  const link = await DeskLink.greet({ ...parts, clock: rig.clock, hasher: nodeHasher });
  if (!(link instanceof DeskLink)) throw new Error(link.message);
  return link;
}

/** Somebody at the desk who says whatever the test wants. */
async function stranger() {
  const connection = await connected('stranger');
  const heard: string[] = [];
  let isOver = false;
  connection.onMessage = (text) => void heard.push(text);
  connection.onClose = () => {
    isOver = true;
  };
  const say = async (message: object): Promise<void> => {
    connection.send(JSON.stringify(message));
    await settle();
  };
  return { heard, say, isOver: () => isOver };
}

describe('a desk', () => {
  it('serves so many and says so to who comes after them, who then helps itself', async () => {
    await rig.start('a');
    const door = rig.desk.door('crowd');
    const address = door.find() ?? '';
    await Promise.all(Array.from({ length: GUESTS_MAX }, () => door.connect(address)));
    const late = await rig.start('late');
    expect(late.coordinator.role()).toMatchObject({ role: 'alone', why: { why: 'full' } });
    // Whoever has not greeted in time makes room.
    await rig.clock.advance(2_500);
    expect((await rig.start('later')).coordinator.role().role).toBe('guest');
  });

  it('closes the connection of who greets twice, and of who proves the key again', async () => {
    await rig.start('a');
    const hello = helloFrom(999);
    const twice = await stranger();
    await twice.say(hello);
    await twice.say(hello);
    expect(twice.isOver()).toBe(true);
    const again = await stranger();
    await again.say(hello);
    const { nonce } = JSON.parse(again.heard[0] ?? '') as { readonly nonce: string };
    const mac = proofOf(nodeHasher, 'a'.repeat(64), 'guest', { hello, deskNonce: nonce });
    await again.say({ t: 'proof', mac });
    expect([again.heard.at(-1), again.isOver()]).toEqual([expect.stringContaining('"welcome"') as string, false]);
    await again.say({ t: 'proof', mac });
    expect(again.isOver()).toBe(true);
  });

  it('lets go of a guest that takes nothing any more, before that fills its memory', async () => {
    const door = rig.desk.door('a');
    let queuedBytes = 0;
    const listen: DeskDoor['listen'] = (accept) =>
      door.listen((connection) => {
        Object.defineProperty(connection, 'queuedBytes', { get: () => queuedBytes });
        accept(connection);
      });
    await rig.start('a', { door: { ...door, listen } });
    const link = await linked();
    queuedBytes = 64 * 1024 * 1024;
    expect(await link.view({ kind: 'counts' })).toMatchObject({ sessions: { live: 0 } });
    queuedBytes += 1;
    await expect(rig.clock.advanceUntil(link.view({ kind: 'counts' }))).rejects.toThrow('The desk is gone');
  });

  it('says that an answer is larger than it hands out, and hands out what is not', async () => {
    let note = 'x'.repeat(DESK_MESSAGE_BYTES / 2);
    await rig.start('a', { answerHook: () => Promise.resolve({ kind: 'allow', note }) });
    const link = await linked();
    expect(await link.hook(CALL, CALLER)).toEqual({ kind: 'allow', note });
    note = note.repeat(2);
    await expect(link.hook(CALL, CALLER)).rejects.toMatchObject({ code: 'TOO_LARGE' });
    note = '';
    expect(await link.hook(CALL, CALLER)).toEqual({ kind: 'allow', note });
  });

  it('tells whose process brings a hook as the greeting said it, whatever the call says', async () => {
    const pids: (number | null)[] = [];
    await rig.start('a', {
      answerHook: (_call, { pid }) => {
        pids.push(pid);
        return Promise.resolve({ kind: 'allow', note: null });
      },
    });
    const caller = { ...CALLER, pid: 1 };
    await (await linked()).hook(CALL, caller);
    expect(pids).toEqual([999]);
  });

  it('says what went wrong where that is a fault of ours', async () => {
    await rig.start('a', { answerHook: () => Promise.reject(new TypeError('no such thing')) });
    await expect((await linked()).hook(CALL, CALLER)).rejects.toThrow('no such thing');
  });
});
