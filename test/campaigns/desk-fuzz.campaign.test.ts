// Somebody at the desk who speaks almost as a guest does, before and after the greeting: the desk and its other guests go on as
// if nothing had been said.

import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { type Hello, proofOf } from '../../src/app/desk/protocol.ts';
import type { DeskConnection } from '../../src/ports/desk-door.ts';
import { campaignCount } from '../support/campaign.ts';
import { helloFrom } from '../support/desk-hello.ts';
import { DeskRig } from '../support/desk-rig.ts';
import { settle } from '../support/fake-clock.ts';
import { codeOf, seat, tokenOf } from '../support/fleet-rig.ts';
import { mutatedText, mutatedValue } from '../support/mutations.ts';
import { type Random, randomOf } from '../support/random.ts';

const rounds = campaignCount(100, { atLeast: 3 });
const MESSAGES = 300;
const seed = Number(process.env.BRIGADE_TEST_SEED ?? Date.now() % 1_000_000);
const KEY = 'a'.repeat(64);

const HELLO = helloFrom(999);

/** What guests say, with a session that is there. */
function said(handleHash: string): readonly object[] {
  const head = { by: { kind: 'session', handleHash }, bodyHash: 'h' };
  const submit = (command: object, id: number) => ({
    t: 'submit',
    id,
    sentMs: 0,
    receivedMs: 0,
    command,
    progress: true,
  });
  const acquire = {
    op: 'acquire',
    resources: ['task:a'],
    mode: 'exclusive',
    waitMs: 0,
    ttlMs: 300_000,
    reason: '',
    priority: 0,
  };
  return [
    submit({ ...head, requestId: 'r1', ...acquire }, 1),
    submit({ ...head, requestId: 'r2', ...acquire, waitMs: 5_000 }, 2),
    submit({ ...head, requestId: 'r3', op: 'release', leases: 'all' }, 3),
    submit({ ...head, requestId: 'r4', op: 'release', leases: [{ resource: 'task:a', token: 1 }] }, 4),
    submit({ ...head, requestId: 'r5', op: 'put_state', key: 'k', value: { a: [1] }, condition: { ifVersion: 0 } }, 5),
    submit(
      {
        ...head,
        requestId: 'r6',
        op: 'send_message',
        to: 'ana',
        kind: 'info',
        text: 'x',
        replyTo: null,
        resource: null,
      },
      6,
    ),
    submit({ ...head, requestId: 'r7', op: 'read_messages', after: null, seen: 0, limit: 10, waitMs: 0 }, 7),
    submit({ ...head, requestId: 'r8', op: 'check', resource: 'task:a', token: 1 }, 8),
    { t: 'cut', id: 2 },
    { t: 'cancel', id: 2 },
    { t: 'view', id: 10, query: { kind: 'fleet' } },
    { t: 'view', id: 11, query: { kind: 'locks', limit: 10, cursor: '1' } },
    { t: 'view', id: 12, query: { kind: 'diagnosis' } },
    { t: 'view', id: 13, query: { kind: 'agents', limit: 10 } },
    { t: 'past', id: 14, query: { kind: 'locks' }, moment: { seq: 3 } },
    { t: 'found', id: 15 },
    { t: 'guests', id: 16 },
    { t: 'feed', id: 17, after: 0, once: true },
    { t: 'feed', id: 18, after: 0, once: false },
    { t: 'more', id: 18 },
    { t: 'stop', id: 18 },
    { t: 'keep', id: 19, sessionId: 'ses_1' },
    {
      t: 'hook',
      id: 20,
      call: { client: 'cursor', sessionId: 's', folder: '/w', label: null, moment: { kind: 'turn-end' } },
      caller: { agentId: null, purpose: null, secret: null },
    },
    { t: 'opened' },
  ];
}

/** One who greets as a guest does, with what `change` makes of it, and then knows what the desk said. */
class Stranger {
  readonly heard: string[] = [];
  readonly connection: DeskConnection;
  isOver = false;

  constructor(connection: DeskConnection) {
    this.connection = connection;
    connection.onMessage = (text) => void this.heard.push(text);
    connection.onClose = () => {
      this.isOver = true;
    };
  }

  say(message: unknown): void {
    this.connection.send(typeof message === 'string' ? message : (JSON.stringify(message) ?? 'null'));
  }

  async greet(hello: Hello, change: (proof: unknown) => unknown): Promise<void> {
    this.say(hello);
    await settle();
    const { nonce } = JSON.parse(this.heard[0] ?? '{}') as { readonly nonce?: string };
    if (nonce === undefined) return;
    this.say(change({ t: 'proof', mac: proofOf(nodeHasher, KEY, 'guest', { hello, deskNonce: nonce }) }));
    await settle();
  }
}

async function connected(rig: DeskRig): Promise<Stranger> {
  const door = rig.desk.door('stranger');
  const address = door.find();
  if (address === null) throw new Error('no desk is open');
  return new Stranger(await rig.clock.advanceUntil(door.connect(address)));
}

function messageOf(random: Random, valid: readonly object[]): unknown {
  if (random.chance(0.1))
    return mutatedText(
      random,
      valid.map((each) => JSON.stringify(each)),
    );
  return random.chance(0.2) ? random.pick(valid) : mutatedValue(random, valid);
}

describe(`who speaks almost as a guest, seed ${seed} (BRIGADE_TEST_SEED repeats it)`, () => {
  it.each(Array.from({ length: rounds }, (_, i) => seed + i))(
    'changes nothing for the desk and its guests, round of seed %i',
    async (roundSeed) => {
      const random = randomOf(roundSeed);
      const rig = new DeskRig();
      const [a, b] = [await rig.start('a'), await rig.start('b')];
      const ana = await rig.clock.advanceUntil(seat(a.coordinator, 'ana', { pid: a.pid }));
      const bo = await rig.clock.advanceUntil(seat(b.coordinator, 'bo', { pid: b.pid }));
      const mallory = await rig.clock.advanceUntil(seat(b.coordinator, 'mallory', { pid: b.pid }));
      const token = tokenOf(await rig.clock.advanceUntil(ana.acquire('task:knife')));
      const valid = said(mallory.handleHash);
      for (let sent = 0; sent < MESSAGES; ) {
        const stranger = await connected(rig);
        const isHonestAtFirst = random.chance(0.7);
        const hello = isHonestAtFirst ? HELLO : (mutatedValue(random, [HELLO]) as Hello);
        await stranger.greet(hello, (proof) => (isHonestAtFirst ? proof : mutatedValue(random, [proof])));
        for (let i = 0; i < 20 && !stranger.isOver; i += 1) {
          stranger.say(messageOf(random, valid));
          if (random.chance(0.2)) await settle();
          sent += 1;
        }
        await settle();
        sent += 1;
        stranger.connection.end();
      }
      expect([a, b].map(({ coordinator }) => coordinator.role().role)).toEqual(['desk', 'guest']);
      // What ana holds is hers, and others are served as before.
      expect((await rig.clock.advanceUntil(ana.check('task:knife', token))).answer).toMatchObject({ holds: true });
      expect(codeOf(await rig.clock.advanceUntil(bo.acquire('task:knife')))).toBe('LEASE_HELD');
      expect(codeOf(await rig.clock.advanceUntil(bo.acquire(`task:own-${roundSeed}`)))).toBe('none');
      expect((await rig.clock.advanceUntil(b.coordinator.view({ kind: 'fleet' }))).granting).toMatchObject({
        ok: true,
      });
      await rig.close();
    },
    10 * 60_000,
  );
});
