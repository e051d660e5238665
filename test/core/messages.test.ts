// Messages between agents: who may write to whom and reply to what, what is kept, who is told, and that reading never
// skips one.

import { beforeEach, describe, expect, it } from 'vitest';
import { apply } from '../../src/core/apply.ts';
import type { Decision } from '../../src/core/decide.ts';
import type { FleetEvent, MessageKind } from '../../src/core/event.ts';
import { emptyState, forkState } from '../../src/core/fleet-state.ts';
import { checkDraft, checkState } from '../../src/core/invariants.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { react } from '../../src/core/react.ts';
import { isRejection, type Rejection } from '../../src/core/rejection.ts';
import type { ReadMessagesReply, SendMessageReply } from '../../src/core/reply.ts';
import { noticesOf } from '../../src/core/session/notices.ts';
import { viewOf } from '../../src/core/view/view-of.ts';
import type { LockView, MessageView, Page } from '../../src/core/view/views.ts';
import { CoreFleet } from '../support/core-fleet.ts';

interface Ask {
  readonly kind?: MessageKind;
  readonly replyTo?: string;
  readonly resource?: string;
  readonly requestId?: string;
  readonly dryRun?: boolean;
}

let fleet: CoreFleet;
beforeEach(() => {
  fleet = new CoreFleet();
  for (const agentId of ['ana', 'bo', 'cy']) fleet.join(agentId);
});

function tries(from: string, to: string, text: string, { requestId, ...ask }: Ask = {}): Decision {
  const { kind = 'info', replyTo = null, resource = null, dryRun } = ask;
  const body = { op: 'send_message', to, kind, text, replyTo, resource } as const;
  return fleet.says(from, dryRun === true ? { ...body, dryRun } : body, requestId);
}

function sends(from: string, to: string, text: string, ask: Ask = {}): string {
  return sent(tries(from, to, text, ask));
}

function sent({ answer }: Decision): string {
  if (isRejection(answer)) throw new Error(`${answer.code}: ${answer.message}`);
  return (answer as SendMessageReply).messageId;
}

function refusal({ answer }: Decision): Rejection {
  if (!isRejection(answer)) throw new Error(`was answered: ${JSON.stringify(answer)}`);
  return answer;
}

function operatorSays(to: string, text: string, ask: Ask = {}): string {
  const { kind = 'info', replyTo = null, resource = null } = ask;
  return sent(fleet.operator({ op: 'send_message', to, kind, text, replyTo, resource }));
}

interface Reading {
  readonly after?: number;
  readonly seen?: number;
  readonly limit?: number;
  readonly waitMs?: number;
}

function decidesToRead(agentId: string, { after, seen = 0, limit = 100, waitMs = 0 }: Reading = {}): Decision {
  return fleet.says(agentId, { op: 'read_messages', after: after ?? null, seen, limit, waitMs });
}

function reads(agentId: string, reading: Reading = {}): ReadMessagesReply {
  const { answer } = decidesToRead(agentId, reading);
  if (isRejection(answer)) throw new Error(`${answer.code}: ${answer.message}`);
  return answer as ReadMessagesReply;
}

function texts({ messages }: ReadMessagesReply): readonly string[] {
  return messages.map(({ text }) => text);
}

function notices(agentId: string): readonly string[] {
  return noticesOf(fleet.state, `s-${agentId}`, 0).map(({ text }) => text);
}

function locks(): readonly LockView[] {
  return viewOf(fleet.state, fleet.atMs, () => 'alive', { kind: 'locks' }).items;
}

function messagesSeen(query: { agentId?: string; cursor?: string; limit?: number } = {}): Page<MessageView> {
  return viewOf(fleet.state, fleet.atMs, () => 'alive', { kind: 'messages', ...query });
}

function tokenOf(agentId: string, resource: string): number {
  const { answer } = fleet.acquire(agentId, [resource]);
  if (isRejection(answer) || answer.op !== 'acquire') throw new Error(JSON.stringify(answer));
  return answer.leases[0]?.token ?? 0;
}

const factsOf = (type: FleetEvent['type']): readonly FleetEvent[] =>
  fleet.events.filter((event) => event.type === type);

describe('sending', () => {
  it('names the message after its number in the log', () => {
    const id = sends('ana', 'bo', 'the soup is hot');
    const [event] = factsOf('message.sent');
    expect(id).toBe(`m${event?.seq}`);
    expect(event).toMatchObject({ agentId: 'ana', to: 'bo', kind: 'info', thread: id, replyTo: null, lease: null });
    expect(texts(reads('bo'))).toEqual(['the soup is hot']);
  });

  it('goes to agents that are there, paused ones too, and to no others', () => {
    expect(refusal(tries('ana', 'dee', 'hello'))).toMatchObject({ code: 'UNKNOWN_AGENT' });
    fleet.operator({ op: 'pause', agentId: 'bo', reason: 'rest' });
    sends('ana', 'bo', 'get well');
    fleet.operator({ op: 'archive', agentId: 'bo', reason: 'gone' });
    expect(refusal(tries('ana', 'bo', 'hello')).code).toBe('AGENT_ARCHIVED');
    fleet.operator({ op: 'retire', agentId: 'bo', reason: 'gone' });
    expect(refusal(tries('ana', 'bo', 'hello')).code).toBe('AGENT_RETIRED');
    expect(refusal(tries('ana', 'operator:root', 'hello')).code).toBe('UNKNOWN_AGENT');
  });

  it('takes a text that says something and fits', () => {
    expect(refusal(tries('ana', 'bo', ' \n ')).code).toBe('INVALID_ARGUMENT');
    expect(refusal(tries('ana', 'bo', 'ä'.repeat(LIMITS.textBytes / 2 + 1))).code).toBe('TOO_LARGE');
    sends('ana', 'bo', 'ä'.repeat(LIMITS.textBytes / 2));
  });

  it('is not for the paused and the gone', () => {
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'rest' });
    expect(refusal(tries('ana', 'bo', 'help')).code).toBe('AGENT_PAUSED');
  });

  it('repeated with its requestId sends nothing twice', () => {
    const first = sends('ana', 'bo', 'once', { requestId: 'r' });
    sends('cy', 'bo', 'between');
    expect(sends('ana', 'bo', 'once', { requestId: 'r' })).toBe(first);
    expect(refusal(tries('ana', 'bo', 'other', { requestId: 'r' })).code).toBe('REQUEST_REUSED');
    expect(texts(reads('bo'))).toEqual(['once', 'between']);
  });

  it('as a dry run changes nothing', () => {
    const before = fleet.events.length;
    expect(sent(tries('ana', 'bo', 'perhaps', { dryRun: true }))).toBe(`m${fleet.state.position.seq + 1}`);
    expect([fleet.events.length, reads('bo').messages]).toEqual([before, []]);
  });

  it('tells whether the addressee is here', () => {
    expect(tries('ana', 'bo', 'hello').answer).toMatchObject({ isHere: true });
    fleet.says('bo', { op: 'close_session', why: 'home' });
    expect(tries('ana', 'bo', 'hello', { requestId: 'r' }).answer).toMatchObject({ isHere: false });
    expect(tries('ana', 'bo', 'hello', { requestId: 'r' }).answer).toMatchObject({ isHere: false });
  });

  it('wakes who waits for mail', () => {
    sends('ana', 'bo', 'hello');
    const [event] = factsOf('message.sent');
    expect(event === undefined ? [] : react(event)).toEqual([{ kind: 'mail', to: 'bo' }]);
  });
});

describe('a reply', () => {
  it('belongs to the conversation of what it answers', () => {
    const first = sends('ana', 'bo', 'taste it', { kind: 'task' });
    const second = sends('bo', 'ana', 'which?', { replyTo: first });
    const third = sends('ana', 'bo', 'the red one', { replyTo: second });
    expect(fleet.state.messages.get(third)).toMatchObject({ replyTo: second, thread: first });
  });

  it('is possible to what one wrote, got, or everybody was told', () => {
    const own = sends('ana', 'bo', 'taste it');
    const all = sends('bo', '*', 'dinner');
    const replies = [
      sends('ana', 'bo', 'and now?', { replyTo: own }),
      sends('bo', 'ana', 'salt', { replyTo: own }),
      sends('cy', 'bo', 'coming', { replyTo: all }),
    ];
    expect(replies.map((id) => fleet.state.messages.get(id)?.thread)).toEqual([own, own, all]);
  });

  it('is not possible to what is between others, which is told like what there is not', () => {
    const secret = sends('ana', 'bo', 'between us');
    const hidden = refusal(tries('cy', 'ana', 'I know', { replyTo: secret }));
    const none = refusal(tries('cy', 'ana', 'I know', { replyTo: 'm9999' }));
    expect([hidden.code, none.code]).toEqual(['INVALID_ARGUMENT', 'INVALID_ARGUMENT']);
    expect(hidden.message.replace(secret, 'm9999')).toBe(none.message);
  });
});

describe('an operator', () => {
  it('writes to agents and hears their replies, and nobody else writes to it', () => {
    const asked = operatorSays('ana', 'are you there?', { kind: 'task' });
    sends('ana', 'operator:root', 'yes', { kind: 'confirm', replyTo: asked });
    expect(messagesSeen({ agentId: 'operator:root' }).items.map(({ text }) => text)).toEqual(['are you there?', 'yes']);
    expect(messagesSeen().items[0]).toMatchObject({ from: 'operator:root', answered: 'confirm' });
    const own = sends('bo', 'ana', 'who asks?');
    expect(refusal(tries('ana', 'operator:root', 'bo', { replyTo: own })).code).toBe('UNKNOWN_AGENT');
  });

  it('may reply to any message', () => {
    const between = sends('ana', 'bo', 'shall we stop?');
    operatorSays('bo', 'go on', { replyTo: between });
    expect(texts(reads('bo'))).toEqual(['shall we stop?', 'go on']);
  });
});

describe('asking for a lease', () => {
  const STEW = 'task:stew';

  it('is tied to what the addressee holds now on exactly that name', () => {
    const token = tokenOf('bo', STEW);
    sends('ana', 'bo', 'please', { kind: 'task', resource: STEW });
    expect(factsOf('message.sent')[0]).toMatchObject({ lease: { resource: STEW, token } });
    expect(reads('bo').messages[0]?.lease).toEqual({ resource: STEW, token, holds: true });
    fleet.says('bo', { op: 'release', leases: 'all' });
    expect(reads('bo').messages[0]?.lease).toEqual({ resource: STEW, token, holds: false });
  });

  it('is refused in plain words where nobody, or somebody else, holds it', () => {
    const free = refusal(tries('ana', 'bo', 'please', { kind: 'task', resource: STEW }));
    expect([free.code, free.message]).toEqual(['TOKEN_STALE', `Nobody holds ${STEW} now, so there is nobody to ask.`]);
    tokenOf('cy', STEW);
    const other = refusal(tries('ana', 'bo', 'please', { kind: 'task', resource: STEW }));
    expect([other.code, other.message]).toEqual(['TOKEN_STALE', `${STEW} is held by cy, not by bo.`]);
    tokenOf('bo', 'file:@w1/src/a.ts');
    expect(refusal(tries('ana', 'bo', 'please', { resource: 'file:@w1/src/' })).code).toBe('TOKEN_STALE');
    expect(refusal(tries('ana', '*', 'please', { resource: STEW })).code).toBe('TOKEN_STALE');
  });

  it('tells the holder what it is asked for and how to answer', () => {
    const token = tokenOf('bo', STEW);
    const id = sends('ana', 'bo', 'I need\nit', { kind: 'task', resource: STEW });
    expect(notices('bo')).toEqual([
      `ana asks you to let go of ${STEW} (token ${token}) (${id}): "I need it". Release it or hand it off, or answer with send_message, type confirm or dismiss, replyTo ${id}.`,
    ]);
    expect(noticesOf(fleet.state, 's-bo', 0)[0]).toMatchObject({ kind: 'message', resource: STEW, token });
  });

  it('stands beside the lock, with how the holder answered, and without what was written', () => {
    tokenOf('bo', STEW);
    const id = sends('ana', 'bo', 'secret words', { kind: 'task', resource: STEW });
    fleet.atMs += 5_000;
    expect(locks()[0]?.asks).toEqual([{ messageId: id, from: 'ana', agoMs: 5_000, answered: null }]);
    expect(JSON.stringify(locks())).not.toContain('secret words');
    // Only the holder's word counts, and the last one.
    sends('ana', 'bo', 'never mind', { kind: 'dismiss', replyTo: id });
    expect(locks()[0]?.asks[0]?.answered).toBe(null);
    sends('bo', 'ana', 'no', { kind: 'dismiss', replyTo: id });
    expect(locks()[0]?.asks[0]?.answered).toBe('dismiss');
    sends('bo', 'ana', 'well, yes', { kind: 'confirm', replyTo: id });
    expect(locks()[0]?.asks[0]?.answered).toBe('confirm');
  });

  it('is shown for the lease that it was about: the newest few, tasks only, and not after its end', () => {
    tokenOf('bo', STEW);
    sends('ana', 'bo', 'by the way', { resource: STEW });
    expect(locks()[0]?.asks).toEqual([]);
    const ids = [1, 2, 3, 4].map((n) => sends('ana', 'bo', `please ${n}`, { kind: 'task', resource: STEW }));
    expect(locks()[0]?.asks.map(({ messageId }) => messageId)).toEqual(ids.slice(1).toReversed());
    fleet.says('bo', { op: 'release', leases: 'all' });
    tokenOf('bo', STEW);
    expect(locks()[0]?.asks).toEqual([]);
  });

  it('reaches the one of several sharers who was addressed', () => {
    fleet.acquire('bo', [STEW], { mode: 'shared' });
    fleet.acquire('cy', [STEW], { mode: 'shared' });
    const id = sends('ana', 'cy', 'please', { kind: 'task', resource: STEW });
    expect(locks().map(({ holder, asks }) => [holder?.agentId, asks.length])).toEqual([
      ['bo', 0],
      ['cy', 1],
    ]);
    expect(notices('bo')).toEqual([]);
    expect(notices('cy')[0]).toContain(id);
  });
});

describe('what is told at once', () => {
  it('says who, of what kind, what and under which name', () => {
    const asked = sends('ana', 'bo', 'taste it', { kind: 'task' });
    const yes = sends('bo', 'ana', 'done', { kind: 'confirm', replyTo: asked });
    const no = sends('bo', 'ana', 'not now', { kind: 'dismiss', replyTo: asked });
    const info = sends('cy', 'ana', 'salt is out');
    expect(notices('bo')).toEqual([
      `ana gives you a task (${asked}): "taste it". Answer with send_message, type confirm or dismiss, replyTo ${asked}.`,
    ]);
    expect(notices('ana')).toEqual([
      `bo confirms ${asked} (${yes}): "done".`,
      `bo dismisses ${asked} (${no}): "not now".`,
      `cy tells you (${info}): "salt is out".`,
    ]);
  });

  it('is one line, and says so when it is not all', () => {
    sends('ana', 'bo', `${'long '.repeat(100)}\u001b[31m`);
    const [text = ''] = notices('bo');
    expect(text).toMatch(/…"\. read_messages shows all of it\.$/);
    expect(text).not.toContain('\u001b');
    expect(text.length).toBeLessThan(300);
  });

  it('is told to all others when it is for everybody', () => {
    const id = sends('ana', '*', 'dinner');
    expect([notices('ana'), notices('bo'), notices('cy')]).toEqual([
      [],
      [`ana tells everybody (${id}): "dinner".`],
      [`ana tells everybody (${id}): "dinner".`],
    ]);
  });

  it('is heard by whoever comes back later', () => {
    fleet.says('bo', { op: 'close_session', why: 'home' });
    sends('ana', 'bo', 'good morning');
    fleet.join('bo', 's-bo-2');
    expect(noticesOf(fleet.state, 's-bo-2', 0).map(({ kind }) => kind)).toEqual(['message']);
    expect(notices('bo')).toEqual([]);
  });

  it('crowds out nothing else, and is forgotten when it was read', () => {
    tokenOf('bo', 'task:stew');
    fleet.operator({ op: 'revoke', resource: 'task:stew', token: null, reason: 'burnt' });
    for (let n = 0; n < LIMITS.noticesPerSession + 5; n += 1) sends('ana', 'bo', `n${n}`);
    const kept = noticesOf(fleet.state, 's-bo', 0);
    expect(kept.map(({ kind }) => kind)).toEqual([
      'lease_ended',
      ...Array.from({ length: LIMITS.messageNoticesKept }, () => 'message'),
    ]);
    expect(kept.at(-1)?.text).toContain(`"n${LIMITS.noticesPerSession + 4}"`);
    reads('bo', { after: fleet.state.position.seq });
    expect(noticesOf(fleet.state, 's-bo', 0).map(({ kind }) => kind)).toEqual(['lease_ended']);
  });

  it('reaches a bounded number of sessions, and the others when they read', () => {
    const many = new CoreFleet();
    for (let n = 0; n <= LIMITS.messageNotices; n += 1) many.join(`a${n}`);
    many.join('late');
    const send = { op: 'send_message', to: '*', kind: 'info', text: 'hi', replyTo: null, resource: null } as const;
    many.says('a0', send);
    expect([many.state.notices.size, many.state.notices.get('s-late')]).toEqual([LIMITS.messageNotices, undefined]);
    const { answer } = many.says('late', { op: 'read_messages', after: null, seen: 0, limit: 1, waitMs: 0 });
    expect(answer).toMatchObject({ messages: [{ text: 'hi' }] });
  });
});

describe('reading', () => {
  it('shows what is for the reader, oldest first, and not its own words to everybody', () => {
    sends('bo', 'ana', 'one');
    sends('ana', '*', 'mine');
    sends('cy', '*', 'two');
    sends('bo', 'cy', 'not hers');
    sends('ana', 'ana', 'three');
    expect(texts(reads('ana'))).toEqual(['one', 'two', 'three']);
  });

  it('goes on in pages', () => {
    const ids = ['a', 'b', 'c'].map((text) => sends('bo', 'ana', text));
    const first = reads('ana', { limit: 2 });
    expect([texts(first), first.more, first.cursor]).toEqual([['a', 'b'], true, Number(ids[1]?.slice(1))]);
    const second = reads('ana', { limit: 2, after: first.cursor });
    expect([texts(second), second.more]).toEqual([['c'], false]);
    const third = reads('ana', { after: second.cursor });
    expect([texts(third), third.cursor]).toEqual([[], second.cursor]);
  });

  it('has pages of a bounded size, whatever is asked for, and shows one message of any size', () => {
    const long = 'x'.repeat(LIMITS.textBytes);
    for (let n = 0; n < 6; n += 1) sends('bo', 'ana', long);
    expect(reads('ana', { limit: 1_000 }).messages).toHaveLength(LIMITS.messagePageBytes / LIMITS.textBytes);
    expect(reads('ana', { limit: 0 })).toMatchObject({ messages: [{ text: long }], more: true });
    for (let n = 0; n < LIMITS.messagesPerPage + 1; n += 1) sends('ana', 'bo', 'x');
    expect(reads('bo', { limit: 1_000 })).toMatchObject({ messages: { length: LIMITS.messagesPerPage }, more: true });
  });

  it('shows the same again until the reader says that it has seen it', () => {
    sends('bo', 'ana', 'first');
    const lost = reads('ana');
    // The reply never arrived: nothing says that it did.
    sends('bo', 'ana', 'second');
    const again = reads('ana');
    expect([texts(lost), texts(again)]).toEqual([['first'], ['first', 'second']]);
    // What the answer before carried is confirmed by the call after it.
    expect(texts(reads('ana', { seen: lost.cursor }))).toEqual(['second']);
    expect(texts(reads('ana', { seen: again.cursor }))).toEqual([]);
    sends('bo', 'ana', 'third');
    expect(texts(reads('ana'))).toEqual(['third']);
  });

  it('moves the cursor in the log only when it passes a message', () => {
    const { cursor } = reads('ana', { after: 3 });
    sends('bo', 'ana', 'first');
    const answer = reads('ana', { after: cursor });
    expect(factsOf('messages.read')).toEqual([]);
    reads('ana', { after: answer.cursor });
    expect(factsOf('messages.read')).toMatchObject([{ agentId: 'ana', sessionId: 's-ana', upTo: answer.cursor }]);
    reads('ana', { after: answer.cursor });
    reads('ana', { after: answer.cursor + 1, seen: answer.cursor });
    expect(factsOf('messages.read')).toHaveLength(1);
  });

  it('never moves it back, and never beyond what there is', () => {
    sends('bo', 'ana', 'first');
    const { cursor } = reads('ana');
    expect(texts(reads('ana', { after: cursor }))).toEqual([]);
    expect(texts(reads('ana', { after: 0 }))).toEqual(['first']);
    expect(texts(reads('ana', { after: 0, seen: 1 }))).toEqual(['first']);
    expect(texts(reads('ana'))).toEqual([]);
    const far = reads('ana', { after: 1_000_000, seen: 2_000_000 });
    expect(far.cursor).toBeLessThanOrEqual(fleet.state.position.seq);
    sends('bo', 'ana', 'second');
    expect(texts(reads('ana'))).toEqual(['second']);
    expect(texts(reads('ana', { after: far.cursor }))).toEqual(['second']);
    expect(factsOf('messages.read')).toHaveLength(1);
  });

  it('is each reader for itself', () => {
    sends('ana', '*', 'dinner');
    const bo = reads('bo');
    expect(texts(reads('bo', { after: bo.cursor }))).toEqual([]);
    expect(texts(reads('cy'))).toEqual(['dinner']);
  });

  it('begins for a newcomer with what was said since it is here; the rest is there for whoever asks', () => {
    sends('ana', '*', 'old news');
    fleet.join('dee');
    sends('ana', '*', 'news');
    expect(texts(reads('dee'))).toEqual(['news']);
    expect(texts(reads('dee', { after: 0 }))).toEqual(['old news', 'news']);
  });

  it('is open to the paused, whose activity it is not, and closed to the gone', () => {
    sends('ana', 'bo', 'hello');
    fleet.operator({ op: 'pause', agentId: 'bo', reason: 'rest' });
    const before = fleet.state.sessions.get('s-bo')?.activeAt;
    fleet.atMs += LIMITS.ttlMs;
    expect(texts(reads('bo'))).toEqual(['hello']);
    expect(fleet.state.sessions.get('s-bo')?.activeAt).toBe(before);
    fleet.operator({ op: 'archive', agentId: 'bo', reason: 'gone' });
    expect(isRejection(decidesToRead('bo').answer)).toBe(true);
  });

  it('of an operator is a view, not a command', () => {
    const { answer } = fleet.operator({ op: 'read_messages', after: null, seen: 0, limit: 1, waitMs: 0 });
    expect(answer).toMatchObject({ code: 'CREDENTIAL_REQUIRED' });
  });

  it('may wait where there is nothing, in bounds', () => {
    expect(reads('ana', { waitMs: 5_000 }).parkedUntil).toBe(fleet.atMs + 5_000);
    expect(reads('ana', { waitMs: 1e9 }).parkedUntil).toBe(fleet.atMs + LIMITS.waitMaxMs);
    expect(reads('ana').parkedUntil).toBe(null);
    sends('bo', 'ana', 'hello');
    expect(reads('ana', { waitMs: 5_000 }).parkedUntil).toBe(null);
  });
});

describe('what is kept', () => {
  function fill(to: string, count: number): void {
    for (let n = 0; n < count; n += 1) sends('ana', to, `n${n}`);
  }

  it('is bounded for each reader: what was read makes room, what was not read stays', () => {
    fill('bo', LIMITS.messagesPerReader);
    const full = refusal(tries('ana', 'bo', 'one more'));
    expect([full.code, full.next]).toEqual([
      'QUEUE_FULL',
      'Wait until it reads them; if it does not, ask another agent or an operator.',
    ]);
    sends('ana', 'cy', 'elsewhere is room');
    const page = reads('bo', { limit: 10 });
    expect(refusal(tries('ana', 'bo', 'one more')).code).toBe('QUEUE_FULL');
    reads('bo', { after: page.cursor });
    for (let n = 0; n < 10; n += 1) sends('ana', 'bo', `more ${n}`);
    expect(refusal(tries('ana', 'bo', 'one more')).code).toBe('QUEUE_FULL');
    expect(fleet.state.messages.countIn('to', 'bo')).toBe(LIMITS.messagesPerReader);
    expect(texts(reads('bo', { after: 0, limit: 1 }))).toEqual(['n10']);
    expect(checkState(fleet.state)).toEqual([]);
  });

  it('is the newest of what everybody was told', () => {
    fill('*', LIMITS.messagesPerReader + 3);
    expect(fleet.state.messages.countIn('to', '*')).toBe(LIMITS.messagesPerReader);
    expect(texts(reads('bo', { limit: 1 }))).toEqual(['n3']);
  });

  it('is bounded in all', () => {
    const state = emptyState();
    const total = LIMITS.messagesKept + 10;
    const perReader = LIMITS.messagesPerReader;
    for (let seq = 1; seq <= total; seq += 1) {
      const to = `a${Math.floor(seq / perReader)}`;
      const head = {
        seq,
        at: 0,
        wallAt: '',
        version: 1,
        actor: 'x',
        type: 'message.sent',
        messageId: `m${seq}`,
      } as const;
      apply(state, { ...head, to, kind: 'info', text: 'x', replyTo: null, thread: `m${seq}`, lease: null });
    }
    expect(state.messages.size).toBe(LIMITS.messagesKept);
    expect([state.messages.get('m10'), state.messages.get('m11')?.seq]).toEqual([undefined, 11]);
  });
});

describe('the invariants', () => {
  it('would see what was read become unread, and more kept than may be', () => {
    sends('ana', 'bo', 'one');
    reads('bo', { after: reads('bo').cursor });
    const draft = forkState(fleet.state);
    draft.mailboxes.set({ agentId: 'bo', readUpTo: 1 });
    expect(checkDraft(fleet.state, draft)).toMatchObject({ invariant: 'read_stays' });
    const row = fleet.state.messages.get(sends('ana', '*', 'two'));
    if (row === undefined) throw new Error('it was not kept');
    for (let n = 0; n <= LIMITS.messagesPerReader; n += 1) fleet.state.messages.set({ ...row, messageId: `x${n}` });
    expect(checkState(fleet.state)).toMatchObject([{ invariant: 'bounds', detail: 'messages to *' }]);
  });
});

describe('the view of messages', () => {
  it('shows operators what was written, the newest last, and what was read', () => {
    sends('ana', 'bo', 'one');
    sends('bo', 'cy', 'two');
    sends('cy', '*', 'three');
    reads('bo', { after: reads('bo', { limit: 1 }).cursor });
    expect(messagesSeen().items.map(({ text, isRead }) => [text, isRead])).toEqual([
      ['one', true],
      ['two', false],
      ['three', null],
    ]);
    expect(messagesSeen({ agentId: 'ana' }).items.map(({ text, isRead }) => [text, isRead])).toEqual([
      ['one', true],
      ['three', false],
    ]);
    const last = messagesSeen({ limit: 1 });
    expect([last.items[0]?.text, last.total]).toEqual(['three', 3]);
    const before = messagesSeen({ limit: 5, cursor: last.cursor ?? '' });
    expect([before.items.map(({ text }) => text), before.cursor]).toEqual([['one', 'two'], null]);
  });
});
