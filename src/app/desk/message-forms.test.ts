import { describe, expect, it } from 'vitest';
import { deskMessage, guestMessage, isGreeting } from './message-forms.ts';
import type { Hello } from './protocol.ts';

const person = {
  pid: 7,
  startTime: 's',
  kind: 'mcp',
  version: '1',
  client: null,
  startedBy: { pid: 1, startTime: 's', name: 'x' },
};
const hello: Hello = {
  t: 'hello',
  protocol: '5.3',
  nonce: 'n',
  placeId: 'p',
  store: 'memory:',
  durability: 'host',
  person,
  mayOpen: true,
};
const command = { op: 'check', by: { kind: 'session', handleHash: 'h' }, requestId: 'r', bodyHash: '' };

describe('messages of a guest', () => {
  it.each([
    hello,
    { t: 'proof', mac: 'm' },
    { t: 'submit', id: 1, sentMs: 0.5, receivedMs: 0.5, command, progress: false },
    { t: 'cut', id: 1 },
    { t: 'view', id: 1, query: { kind: 'fleet' } },
    { t: 'past', id: 1, query: { kind: 'fleet' }, moment: { seq: 1 } },
    { t: 'feed', id: 1, after: 0, once: true },
    { t: 'keep', id: 1, sessionId: 's' },
    { t: 'hook', id: 1, call: { client: 'cursor', moment: { kind: 'other' } }, caller: {} },
    { t: 'opened' },
  ])('$t is one, and none without one of its fields or with another kind of it', (message) => {
    expect(guestMessage(JSON.stringify(message))).toEqual(message);
    const needed = Object.keys(message).filter((name) => message.t !== 'hello' || ['t', 'protocol'].includes(name));
    for (const name of needed) {
      for (const value of [undefined, null, [1]]) {
        expect([name, value, guestMessage(JSON.stringify({ ...message, [name]: value }))]).toEqual([name, value, null]);
      }
    }
  });

  it.each(['', 'null', '7', '[]', '{}', '{"t":"toString"}', '{"t":"welcome","status":{}}', '{"t":"__proto__"}'])(
    '%j is none',
    (text) => {
      expect(guestMessage(text)).toBeNull();
    },
  );

  it('greet with all that is used before anything is proved', () => {
    expect(isGreeting(hello)).toBe(true);
    for (const name of Object.keys(hello).filter((each) => each !== 't')) {
      expect([name, isGreeting({ ...hello, [name]: { toString: 1 } })]).toEqual([name, false]);
    }
    for (const name of Object.keys(person)) {
      expect([name, isGreeting({ ...hello, person: { ...person, [name]: [1] } })]).toEqual([name, false]);
    }
  });
});

describe('messages of a desk', () => {
  it.each([
    { t: 'prove', nonce: 'n', mac: 'm' },
    { t: 'refuse', why: 'full', message: 'x' },
    { t: 'welcome', status: { fleetId: null, health: {} } },
    { t: 'outcome', id: 1, outcome: { answer: {} } },
    { t: 'fault', id: 1, fault: { code: null, message: 'x', details: {} } },
    { t: 'events', id: 1, events: [], isOver: true },
    { t: 'moved' },
  ])('$t is one, and none without one of its fields or with another kind of it', (message) => {
    expect(deskMessage(JSON.stringify(message))).toEqual(message);
    for (const name of Object.keys(message)) {
      expect([name, deskMessage(JSON.stringify({ ...message, [name]: 7.5 }))]).toEqual([name, null]);
    }
  });
});
