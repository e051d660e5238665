// A guest's end of the connection, at a desk that says what the test wants.

import { describe, expect, it } from 'vitest';
import { helloFrom } from '../../../test/support/desk-hello.ts';
import { createFakeClock, settle } from '../../../test/support/fake-clock.ts';
import { MemoryDesk } from '../../../test/support/memory-desk-door.ts';
import { nodeHasher } from '../../adapters/system/node-hasher.ts';
import type { Command } from '../../core/command.ts';
import { DESK_MESSAGE_BYTES, type DeskConnection } from '../../ports/desk-door.ts';
import { EMPTY_HEAD } from '../../ports/event-store.ts';
import { DeskLink } from './desk-link.ts';
import { LinkLost } from './faults.ts';
import { type FromDesk, type FromGuest, type Hello, proofOf } from './protocol.ts';

const CALLS_MAX = 10_000;
const STATUS = {
  fleetId: 'f1',
  health: {
    head: EMPTY_HEAD,
    traits: {
      kind: 'memory',
      sharedAcrossHosts: false,
      pushesHints: true,
      survives: 'nothing',
      maxBatchEvents: 0,
      maxBatchBytes: 0,
      location: 'memory:',
    },
    placeId: 'p',
    trouble: null,
    queued: 0,
    parked: 0,
    appends: 0,
    conflicts: 0,
  },
} as const;
const CHECK: Command = {
  op: 'check',
  by: { kind: 'session', handleHash: 'h' },
  requestId: 'r',
  bodyHash: '',
  resource: 'task:a',
  token: 1,
};

type Said<T extends FromGuest['t']> = Extract<FromGuest, { readonly t: T }>;
type Script = (said: FromGuest, say: (message: FromDesk | string) => void, connection: DeskConnection) => void;

/** A guest that greets a desk whose answers are `script`. `isOver`: the guest's side of the connection has closed. */
async function greeted(script: Script) {
  const clock = createFakeClock();
  const desk = new MemoryDesk({ later: (_ms, run) => void setImmediate(run), nowMs: () => clock.monotonicMs() });
  const door = desk.door('desk');
  const state = { isOver: false };
  const open = await door.listen((connection) => {
    const say = (message: FromDesk | string): void =>
      void connection.send(typeof message === 'string' ? message : JSON.stringify(message));
    connection.onMessage = (text) => script(JSON.parse(text) as FromGuest, say, connection);
    connection.onClose = () => {
      state.isOver = true;
    };
  });
  const connection = await desk.door('guest').connect(open.address);
  const key = await door.key();
  const greeting = DeskLink.greet({ connection, hello: helloFrom(7), key, clock, hasher: nodeHasher });
  return { clock, connection, state, outcome: await clock.advanceUntil(greeting) };
}

/** What an honest desk answers to a greeting; what comes afterwards is for `script`. */
function honest(script: Script): Script {
  let hello: Hello | null = null;
  return (said, say, connection) => {
    if (said.t === 'hello') {
      hello = said;
      say({ t: 'prove', nonce: 'd', mac: proof('desk', said) });
    } else if (said.t === 'proof' && hello !== null) say({ t: 'welcome', status: STATUS });
    else script(said, say, connection);
  };
}

function proof(who: 'desk' | 'guest', hello: Hello): string {
  return proofOf(nodeHasher, 'a'.repeat(64), who, { hello, deskNonce: 'd' });
}

/** A link to a desk that answers as `script` says. */
async function linked(script: Script) {
  const { outcome, ...rest } = await greeted(honest(script));
  if (!(outcome instanceof DeskLink)) throw new Error(outcome.message);
  return { link: outcome, ...rest };
}

const SILENT: Script = () => undefined;

function on<T extends FromGuest['t']>(kind: T, answer: (said: Said<T>, say: Parameters<Script>[1]) => void): Script {
  return (said, say) => {
    if (said.t === kind) answer(said as Said<T>, say);
  };
}

describe('a greeting', () => {
  it.each<[string, Script]>([
    ['answers with anything but a proof', (_said, say) => say({ t: 'beat' })],
    ['proves another key', on('hello', (said, say) => say({ t: 'prove', nonce: 'd', mac: proof('guest', said) }))],
    [
      'answers a proof with anything but a welcome',
      (said, say) => say(said.t === 'hello' ? { t: 'prove', nonce: 'd', mac: proof('desk', said) } : { t: 'moved' }),
    ],
  ])('of whoever %s is no desk of ours', async (_what, script) => {
    expect((await greeted(script)).outcome).toMatchObject({ why: 'foreign' });
  });

  it('is refused with what the desk says, also after the proof', async () => {
    const full: FromDesk = { t: 'refuse', why: 'full', message: 'The desk has too many guests already.' };
    const { outcome } = await greeted((said, say) =>
      say(said.t === 'hello' ? { t: 'prove', nonce: 'd', mac: proof('desk', said) } : full),
    );
    expect(outcome).toEqual({ why: full.why, message: full.message });
  });

  it.each<[string, Script]>([
    ['says nothing', SILENT],
    ['says what is no message', (_said, say) => say('{"t":"prove"}')],
    [
      'closes in the moment of its proof',
      (said, say, connection) => {
        if (said.t !== 'hello') return;
        say({ t: 'prove', nonce: 'd', mac: proof('desk', said) });
        connection.end();
      },
    ],
  ])('at a desk that %s ends without one, and leaves no connection', async (_what, script) => {
    const { outcome, state } = await greeted(script);
    await settle();
    expect([outcome, state.isOver]).toEqual([{ why: 'silent', message: 'The desk does not answer.' }, true]);
  });
});

describe('a call at a desk', () => {
  it('fails with the fault that the desk has met', async () => {
    const fault = { code: 'STORE_UNAVAILABLE', message: 'the disk is gone', details: { location: 'x' } } as const;
    const { link } = await linked((said, say) => {
      if (said.t === 'submit' || said.t === 'view') say({ t: 'fault', id: said.id, fault });
    });
    await expect(link.submit(CHECK, 0, {})).rejects.toMatchObject(fault);
    await expect(link.view({ kind: 'fleet' })).rejects.toMatchObject(fault);
  });

  it('is lost where the desk says what is no message: it is asked elsewhere', async () => {
    const { link, state } = await linked(on('submit', (_said, say) => say('{"t":"outcome"}')));
    await expect(link.submit(CHECK, 0, {})).rejects.toThrow(LinkLost);
    await settle();
    expect([link.isLost, state.isOver]).toEqual([true, true]);
  });

  it('is lost at once where the link was before it was made', async () => {
    const { link } = await linked(SILENT);
    link.leave();
    const feed = link.feed(0, false, undefined)[Symbol.asyncIterator]();
    const asked = [link.submit(CHECK, 0, {}), link.view({ kind: 'fleet' }), link.found(), feed.next()];
    for (const each of asked) await expect(each).rejects.toThrow(LinkLost);
  });

  it('that is larger than a desk takes is refused, and the link goes on', async () => {
    const { link, clock } = await linked(
      on('view', ({ id }, say) => say({ t: 'value', id, value: 1, status: STATUS })),
    );
    const large = 'x'.repeat(DESK_MESSAGE_BYTES);
    const put: Command = { ...CHECK, op: 'put_state', key: 'k', value: large, condition: { ifVersion: 0 } };
    await expect(link.submit(put, 0, {})).rejects.toMatchObject({ code: 'TOO_LARGE' });
    await expect(link.view({ kind: 'locks', resource: `task:${large}` })).rejects.toMatchObject({ code: 'TOO_LARGE' });
    await clock.advance(5_000);
    expect([link.isLost, clock.timers]).toEqual([false, 0]);
    expect(await link.view({ kind: 'fleet' })).toBe(1);
  });

  it('of more letters than a third of what a desk takes goes through where its bytes do', async () => {
    const { link } = await linked(
      on('submit', ({ id, command }, say) => {
        const { value } = command as Extract<Command, { op: 'put_state' }>;
        say({ t: 'fault', id, fault: { code: null, message: String((value as string).length), details: {} } });
      }),
    );
    const value = 'x'.repeat(DESK_MESSAGE_BYTES / 2);
    const put: Command = { ...CHECK, op: 'put_state', key: 'k', value, condition: { ifVersion: 0 } };
    await expect(link.submit(put, 0, {})).rejects.toThrow(String(value.length));
  });

  it('is refused while too many are under way, whatever is asked, and is not lost by it', async () => {
    const { link } = await linked(SILENT);
    const asked = Array.from({ length: CALLS_MAX }, () => link.submit(CHECK, 0, {}));
    expect((await link.submit(CHECK, 0, {})).answer).toMatchObject({ code: 'BUSY' });
    await expect(link.view({ kind: 'fleet' })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const feed = link.feed(0, true, undefined)[Symbol.asyncIterator]();
    await expect(feed.next()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(link.isLost).toBe(false);
    link.leave();
    const settled = await Promise.allSettled(asked);
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true);
  });
});

describe('a feed at a desk', () => {
  const HASH = { hash: 'h', type: 'drill.marked', at: 0, wallAt: '', version: 1, actor: 'b', label: 'l', note: '' };
  const part = (id: number, seq: number, isOver = false) =>
    ({ t: 'events', id, events: [{ ...HASH, seq }], isOver }) as unknown as FromDesk;

  it('takes parts that come faster than they are asked for, in order', async () => {
    const { link } = await linked(
      on('feed', ({ id }, say) => {
        for (let seq = 1; seq <= 3; seq += 1) say(part(id, seq, seq === 3));
      }),
    );
    const heard: number[] = [];
    for await (const events of link.feed(0, true, undefined)) {
      heard.push(...events.map(({ seq }) => seq));
      await settle();
    }
    expect(heard).toEqual([1, 2, 3]);
  });

  it('passes over what is no part of it', async () => {
    const { link } = await linked(
      on('feed', ({ id }, say) => {
        say({ t: 'stale', id });
        say(part(id, 1, true));
      }),
    );
    const heard: number[] = [];
    for await (const events of link.feed(0, true, undefined)) heard.push(...events.map(({ seq }) => seq));
    expect(heard).toEqual([1]);
  });

  it('fails with what the desk has met, and is lost with the desk', async () => {
    const fault = { code: 'HISTORY_TRUNCATED', message: 'cut off', details: { removedUpTo: 4 } } as const;
    const { link } = await linked(
      on('feed', ({ id, after }, say) => {
        if (after === 0) say({ t: 'fault', id, fault });
      }),
    );
    const [cut, live] = [0, 5].map((after) => link.feed(after, false, undefined)[Symbol.asyncIterator]());
    await expect(cut?.next()).rejects.toMatchObject(fault);
    const next = live?.next();
    await settle();
    link.leave();
    await expect(next).rejects.toThrow(LinkLost);
  });

  it('ends when nobody listens, although the desk has nothing to say', async () => {
    const said: string[] = [];
    const { link } = await linked(({ t }) => void said.push(t));
    const ended = new AbortController();
    const feed = link.feed(0, false, ended.signal)[Symbol.asyncIterator]();
    const next = feed.next();
    await settle();
    ended.abort();
    expect(await next).toMatchObject({ done: true });
    await settle();
    expect(said).toEqual(['feed', 'stop']);
  });
});
