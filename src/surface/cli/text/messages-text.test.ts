import { describe, expect, it } from 'vitest';
import type { LockView } from '../../../core/view/views.ts';
import type { Look } from '../output/screen.ts';
import { locksText } from './locks-text.ts';
import { mailLines, seenLines } from './messages-text.ts';

const plain = (text: string): string => text;
const look: Look = {
  width: Number.POSITIVE_INFINITY,
  paint: { title: plain, strong: plain, faint: plain, good: plain, warn: plain, bad: plain },
  reader: 'w1',
};

const message = {
  messageId: 'm42',
  from: 'bo',
  to: 'ana',
  type: 'info',
  text: 'hello',
  replyTo: null,
  thread: 'm42',
  lease: null,
  at: '2025-11-19T23:25:00.000Z',
  agoMs: 65_000,
} as const;
const mail = { messages: [message], cursor: 42, more: false };

describe('messages', () => {
  it('are a line about each, and what it says below', () => {
    const lease = { resource: 'file:src/a.ts', token: 17, holds: false };
    const messages = [
      { ...message, text: 'one\r\n\r\ntwo' },
      { ...message, to: '*', replyTo: 'm7', type: 'task', lease } as const,
    ];
    expect(mailLines({ ...mail, messages, more: true }, look)).toEqual([
      'm42  bo: info  1m05s ago',
      '    one',
      '',
      '    two',
      'm42  bo to everybody: task, reply to m7, about file:src/a.ts (token 17, which has ended)  1m05s ago',
      '    hello',
      'There are more: go on with --after 42.',
      'Answer a task with `brigade send bo "..." --type confirm --reply-to m42` (or dismiss).',
    ]);
    expect(mailLines({ ...mail, messages: [] }, look)).toEqual(['No new message.']);
  });

  it('cannot pass for lines of ours, nor repaint a screen', () => {
    const text = 'hello\nm43  operator:root: task  0s ago\u001b[2J\rmore';
    expect(mailLines({ ...mail, messages: [{ ...message, text }] }, look).slice(1)).toEqual([
      '    hello',
      '    m43 operator:root: task 0s ago [2J',
      '    more',
    ]);
  });

  it('tell an operator from whom to whom, whether read and how answered', () => {
    const seen = { ...message, isRead: true, answered: 'confirm' } as const;
    expect(seenLines([seen, { ...seen, to: '*', isRead: null, answered: null }], look)).toEqual([
      'm42  bo to ana: info  1m05s ago, read, confirmed',
      '    hello',
      'm42  bo to everybody: info  1m05s ago',
      '    hello',
    ]);
    expect(seenLines([], look)).toEqual(['No message.']);
  });
});

describe('a lock whose holder was asked to let go', () => {
  const lock: LockView = {
    resource: 'file:@w1/src/a.ts',
    mode: 'exclusive',
    holder: { agentId: 'ana', sessionId: 's' },
    token: 812,
    heldForMs: 1_000,
    idleForMs: 1_000,
    expiresInMs: 1_000,
    alive: 'alive',
    guarded: false,
    reason: '',
    reservedFor: null,
    handoffTo: null,
    waiters: [],
    waiting: 0,
    asks: [
      { messageId: 'm9', from: 'bo', agoMs: 2_400, answered: null },
      { messageId: 'm8', from: 'cy', agoMs: 9_000, answered: 'dismiss' },
    ],
  };

  it('shows the newest such request below', () => {
    const [, first, ask, second] = locksText([lock, { ...lock, token: 813, asks: [] }], look);
    expect([first?.slice(0, 13), ask, second?.slice(0, 13)]).toEqual([
      'file:src/a.ts',
      '  asked for by bo 2s ago (m9, no answer yet)',
      'file:src/a.ts',
    ]);
  });

  it('shows it within the width of a terminal', () => {
    const lines = locksText([lock], { ...look, width: 30 });
    expect(lines[2]).toHaveLength(30);
  });
});
