// Messages as agents have them: sent and read by tools, told with the result of any call, and shown beside a lock.

import { describe, expect, it } from 'vitest';
import { type Seated, seatRig } from '../../../test/support/seat-rig.ts';
import { waitUntil } from '../../../test/support/wait-until.ts';
import type { Call } from '../../app/seat/call.ts';
import { LIMITS } from '../../core/limits.ts';
import type { ToolResult } from './tool-result.ts';
import { TOOLS } from './tools.ts';

interface Told extends ToolResult {
  readonly texts: readonly string[];
  readonly notices: readonly string[];
}

async function call({ seat }: Seated, name: string, args: unknown = {}, options: Call = {}): Promise<Told> {
  const tool = TOOLS.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`there is no tool ${name}`);
  const result = await tool.call(seat, args, options);
  const { messages = [], notices = [] } = result.structured as Record<string, { text: string }[]>;
  return { ...result, texts: messages.map(({ text }) => text), notices: notices.map(({ text }) => text) };
}

async function twoSeats(): Promise<{ readonly ana: Seated; readonly bo: Seated }> {
  const { sit } = await seatRig();
  const [ana, bo] = [await sit({ agentId: 'ana' }), await sit({ agentId: 'bo' })];
  await call(ana, 'register');
  await call(bo, 'register');
  return { ana, bo };
}

async function sends(from: Seated, to: string, text: string, more: object = {}): Promise<string> {
  const { structured, isError, text: said } = await call(from, 'send_message', { to, text, ...more });
  if (isError) throw new Error(said);
  return String(structured.messageId);
}

describe('send_message', () => {
  it('answers the name of the message and whether its addressee is here', async () => {
    const { ana } = await twoSeats();
    const sent = await call(ana, 'send_message', { to: 'bo', text: 'hello' });
    expect(sent.structured).toMatchObject({ to: 'bo', isHere: true });
    expect(sent.text).toMatch(/^Sent to bo as m\d+\.$/);
    expect(sent.text).toContain(String(sent.structured.messageId));
    const { sit } = await seatRig();
    const alone = await sit({ agentId: 'cy' });
    expect((await call(alone, 'send_message', { to: '*', text: 'anybody?' })).text).toContain('Sent to everybody as m');
  });

  it('refuses with what to do, and in one shape', async () => {
    const { ana } = await twoSeats();
    expect((await call(ana, 'send_message', { to: 'bob', text: 'hello' })).structured).toMatchObject({
      code: 'UNKNOWN_AGENT',
      next: 'Did you mean bo?',
    });
    expect((await call(ana, 'send_message', { to: 'bo' })).structured).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect((await call(ana, 'send_message', { to: 'bo', text: 'x', type: 'order' })).isError).toBe(true);
    const far = { to: 'bo', text: 'x', resource: '../../elsewhere' };
    expect((await call(ana, 'send_message', far)).structured).toMatchObject({ code: 'PATH_OUTSIDE_WORKSPACE' });
  });
});

describe('read_messages', () => {
  it('shows every text in full, with who, of what kind and about what', async () => {
    const { ana, bo } = await twoSeats();
    const long = `${'a long story '.repeat(40)}end`;
    const first = await sends(ana, 'bo', long, { type: 'task' });
    const all = await sends(ana, '*', 'dinner');
    const read = await call(bo, 'read_messages');
    expect(read.structured).toMatchObject({
      messages: [
        {
          messageId: first,
          from: 'ana',
          to: 'bo',
          type: 'task',
          text: long,
          replyTo: null,
          thread: first,
          lease: null,
        },
        { messageId: all, to: '*', type: 'info' },
      ],
      cursor: Number(all.slice(1)),
      more: false,
    });
    expect(read.text).toContain(`${first} from ana (task): ${long}\n${all} from ana to everybody (info): dinner`);
  });

  it('takes as read what one call showed when the next one comes, and not before', async () => {
    const { ana, bo } = await twoSeats();
    await sends(ana, 'bo', 'one');
    expect((await call(bo, 'read_messages')).texts).toEqual(['one']);
    await sends(ana, 'bo', 'two');
    expect((await call(bo, 'read_messages')).texts).toEqual(['two']);
    expect((await call(bo, 'read_messages')).texts).toEqual([]);
    expect((await call(bo, 'read_messages', { after: 0 })).texts).toEqual(['one', 'two']);
  });

  it('repeated with its requestId, because the answer was lost, shows the same again', async () => {
    const { ana, bo } = await twoSeats();
    await sends(ana, 'bo', 'one');
    const lost = await call(bo, 'read_messages', { requestId: 'r1' });
    const again = await call(bo, 'read_messages', { requestId: 'r1' });
    expect([lost.texts, again.texts]).toEqual([['one'], ['one']]);
    expect((await call(bo, 'read_messages', { requestId: 'r2' })).texts).toEqual([]);
  });

  it('whose caller was gone before it was answered takes nothing as read', async () => {
    const { ana, bo } = await twoSeats();
    await sends(ana, 'bo', 'one');
    const gone = AbortSignal.abort();
    await call(bo, 'read_messages', {}, { cut: gone });
    await call(bo, 'read_messages', {}, { cancelled: gone });
    expect((await call(bo, 'read_messages')).texts).toEqual(['one']);
  });

  it('by a process that comes after shows again what nobody confirmed', async () => {
    const { sit } = await seatRig();
    const kept = { keptAs: { client: 'claude-code', id: 'c1' } };
    const ana = await sit({ agentId: 'ana' });
    const first = await sit({ agentId: 'bo', ...kept });
    await call(first, 'register');
    await sends(ana, 'bo', 'one');
    expect((await call(first, 'read_messages')).texts).toEqual(['one']);
    const second = await sit({ agentId: 'bo', ...kept });
    expect((await call(second, 'read_messages')).texts).toEqual(['one']);
    expect((await call(second, 'read_messages')).texts).toEqual([]);
  });

  it('waits for a message where there is none', async () => {
    const { ana, bo } = await twoSeats();
    const reading = call(bo, 'read_messages', { waitMs: 20_000 });
    await waitUntil('the call is parked', () => bo.coordinator.health().parked === 1);
    await sends(ana, 'bo', 'at last');
    expect((await reading).texts).toEqual(['at last']);
    expect((await call(bo, 'read_messages', { waitMs: 1 })).text).toBe('No new message.');
  });

  it('reads on from a cursor', async () => {
    const { ana, bo } = await twoSeats();
    for (const text of ['one', 'two', 'three']) await sends(ana, 'bo', text);
    const page = await call(bo, 'read_messages', { limit: 2 });
    expect([page.texts, page.structured.more]).toEqual([['one', 'two'], true]);
    expect(page.text).toContain('There are more: read again.');
    const rest = await call(bo, 'read_messages', { after: page.structured.cursor, limit: 2 });
    expect(rest.texts).toEqual(['three']);
    const most = LIMITS.messagesPerPage + 1;
    expect((await call(bo, 'read_messages', { limit: most })).structured).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('a message', () => {
  it('is told with the result of whatever its addressee calls next, once', async () => {
    const { ana, bo } = await twoSeats();
    const id = await sends(ana, 'bo', 'taste it', { type: 'task' });
    const next = await call(bo, 'acquire_lock', { resources: ['task:soup'] });
    expect(next.notices).toEqual([
      `ana gives you a task (${id}): "taste it". Answer with send_message, type confirm or dismiss, replyTo ${id}.`,
    ]);
    expect(next.text).toContain('Notice: ana gives you a task');
    expect((await call(bo, 'list_locks')).notices).toEqual([]);
  });

  it('that was read is not told once more', async () => {
    const { ana, bo } = await twoSeats();
    await sends(ana, 'bo', 'one');
    const read = await call(bo, 'read_messages');
    expect([read.texts, read.notices]).toEqual([['one'], []]);
    await sends(ana, 'bo', 'two');
    expect((await call(bo, 'list_locks')).notices).toHaveLength(1);
    expect((await call(bo, 'read_messages')).texts).toEqual(['two']);
  });
});

describe('asking a holder to let go', () => {
  it('is heard by the holder with its next call, and seen by others beside the lock, without its words', async () => {
    const { ana, bo } = await twoSeats();
    const { structured } = await call(bo, 'acquire_lock', { resources: ['src/a.ts'] });
    const [lease] = structured.leases as readonly { token: number }[];
    const token = lease?.token ?? 0;
    const id = await sends(ana, 'bo', 'secret words', { type: 'task', resource: 'src/a.ts' });
    const seen = await call(ana, 'list_locks');
    expect(seen.structured).toMatchObject({
      locks: [{ resource: 'file:src/a.ts', asks: [{ messageId: id, from: 'ana', answered: null }] }],
    });
    expect(seen.text).toMatch(new RegExp(`asked for by ana \\d+m?s ago \\(${id}, no answer yet\\)`));
    const status = await call(ana, 'fleet_status');
    expect(JSON.stringify([seen.structured, status.structured])).not.toContain('secret');
    const heard = await call(bo, 'check_token', { resource: 'src/a.ts', token });
    expect(heard.notices).toEqual([
      `ana asks you to let go of file:src/a.ts (token ${token}) (${id}): "secret words". Release it or hand it off, or answer with send_message, type confirm or dismiss, replyTo ${id}.`,
    ]);
    await sends(bo, 'ana', 'in a minute', { type: 'confirm', replyTo: id });
    expect((await call(ana, 'list_locks')).text).toContain(`(${id}, confirmed)`);
    expect((await call(ana, 'read_messages')).text).toMatch(/^m\d+ from bo \(confirm, reply to m\d+\): in a minute$/);
    const mail = await call(bo, 'read_messages');
    expect(mail.text).toContain(`(task, about file:src/a.ts (token ${token})): secret words`);
  });

  it('names who holds it where it is somebody else', async () => {
    const { ana, bo } = await twoSeats();
    await call(ana, 'acquire_lock', { resources: ['src/a.ts'] });
    const refused = await call(bo, 'send_message', { to: 'bo', text: 'mine?', resource: 'src/a.ts' });
    expect(refused.structured).toMatchObject({
      code: 'TOKEN_STALE',
      message: 'file:src/a.ts is held by ana, not by bo.',
      next: 'Write to ana.',
    });
  });
});
