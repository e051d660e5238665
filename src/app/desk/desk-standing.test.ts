import { describe, expect, it } from 'vitest';
import { type DeskConnection, type DeskDoor, DeskFault } from '../../ports/desk-door.ts';
import type { Refusal } from './desk-link.ts';
import { deskStanding } from './desk-standing.ts';
import type { DeskRole } from './host-coordinator.ts';

const connection: DeskConnection = {
  onMessage: () => undefined,
  onClose: () => undefined,
  onDrain: () => undefined,
  send: () => true,
  queuedBytes: 0,
  end: () => undefined,
  destroy: () => undefined,
};

interface Trouble {
  readonly find?: DeskFault['code'];
  readonly connect?: DeskFault['code'];
  readonly listen?: DeskFault['code'];
  readonly key?: DeskFault['code'];
}

function doorAt(address: string | null, trouble: Trouble = {}) {
  const done: string[] = [];
  const meet = (what: keyof Trouble): void => {
    done.push(what);
    const code = trouble[what];
    if (code !== undefined) throw new DeskFault(code, `${what} met it.`);
  };
  const door: DeskDoor = {
    find: () => {
      meet('find');
      return address;
    },
    connect: async () => {
      meet('connect');
      return connection;
    },
    listen: async () => {
      meet('listen');
      const publish = () => Promise.reject(new Error('nobody asked for a desk'));
      return { address: 'new', publish, isPublished: () => false, close: async () => void done.push('close') };
    },
    claimOpening: () => Promise.reject(new Error('nobody asked for a desk')),
    key: async () => {
      meet('key');
      return 'key';
    },
  };
  return { door, done };
}

const alone = (why: Refusal['why']): DeskRole => ({ role: 'alone', why: { why, message: 'As the desk said.' } });

describe('how it stands with the desk', () => {
  it('is plain where it serves, and where nobody wants it', async () => {
    const { door, done } = doorAt('d1');
    expect(await deskStanding({ door, role: { role: 'guest' }, isWanted: true })).toEqual({ kind: 'open' });
    expect(await deskStanding({ door: null, role: { role: 'alone', why: null }, isWanted: true })).toEqual({
      kind: 'off',
    });
    expect(done).toEqual([]);
  });

  it.each([
    'protocol',
    'place',
    'store',
    'durability',
    'key',
    'full',
    'leaving',
    'silent',
    'foreign',
    'unsafe',
  ] as const)('is what was met where it refuses or is not ours: %s', async (why) => {
    const { door, done } = doorAt('d1');
    const standing = await deskStanding({ door, role: alone(why), isWanted: true });
    expect(standing).toEqual({ kind: why, message: 'As the desk said.' });
    expect(done).toEqual([]);
  });

  it('is a leftover where the name leads to nobody', async () => {
    const { door } = doorAt('d1', { connect: 'gone' });
    expect(await deskStanding({ door, role: alone('gone'), isWanted: true })).toEqual({ kind: 'leftover' });
  });

  it('is unsafe where the name is not what Brigade publishes', async () => {
    const { door } = doorAt('d1', { find: 'unsafe' });
    const standing = await deskStanding({ door, role: alone('gone'), isWanted: false });
    expect(standing).toEqual({ kind: 'unsafe', message: 'find met it.' });
  });

  it('is tried out, and not published, where one could be open', async () => {
    const { door, done } = doorAt(null);
    expect(await deskStanding({ door, role: alone('gone'), isWanted: true })).toEqual({ kind: 'none' });
    expect(done).toEqual(['find', 'key', 'listen', 'close']);
    const idle = doorAt(null);
    expect(await deskStanding({ door: idle.door, role: alone('gone'), isWanted: false })).toEqual({ kind: 'none' });
    expect(idle.done).toEqual(['find']);
  });

  it.each([
    ['key', 'unusable'],
    ['listen', 'unsafe'],
    ['listen', 'unusable'],
  ] as const)('says why none can be open: %s %s', async (what, code) => {
    const { door } = doorAt(null, { [what]: code });
    const standing = await deskStanding({ door, role: alone('gone'), isWanted: true });
    expect(standing).toEqual({ kind: code, message: `${what} met it.` });
  });
});
