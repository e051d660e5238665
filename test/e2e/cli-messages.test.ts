// Messages from the command line, with real processes: two agents write to each other, one asks the other for a lock, and
// only those whom it concerns see what was written.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { containing } from '../support/matching.ts';
import { atTerminal } from '../support/pty.ts';
import { Scratch } from '../support/scratch.ts';
import { Shell } from '../support/shell.ts';

let scratch: Scratch;
let ana: Shell;
let bo: Shell;

beforeEach(async () => {
  scratch = new Scratch();
  ana = new Shell(scratch, 'ana', { BRIGADE_AGENT: 'ana' });
  bo = new Shell(scratch, 'bo', { BRIGADE_AGENT: 'bo' });
  // Each is known to the other.
  await ana.brigade('acquire', 'src/a.ts');
  await bo.brigade('acquire', 'src/b.ts');
});
afterEach(async () => {
  await Promise.all([ana.close(), bo.close()]);
  await scratch.close();
});

async function sends(from: Shell, ...args: readonly string[]): Promise<string> {
  const { messageId } = await from.json('send', ...args);
  if (typeof messageId !== 'string') throw new Error(`not sent: ${args.join(' ')}`);
  return messageId;
}

async function texts(reader: Shell, ...args: readonly string[]): Promise<readonly string[]> {
  const { messages } = (await reader.json('messages', ...args)) as { messages?: readonly { text: string }[] };
  return (messages ?? []).map(({ text }) => text);
}

async function operatorToken(): Promise<string> {
  return (await scratch.brigade(['token', 'operator', '--force'])).stdout.trim();
}

describe('brigade send and brigade messages', () => {
  it('bring what one writes to the other, and what was printed counts as read', async () => {
    const sent = await bo.json('send', 'ana', 'the soup\nis hot', '--type', 'task');
    expect(shapeOf(sent)).toEqual(CLI_SHAPES.send);
    const read = await ana.brigade('messages');
    expect(read).toMatchObject({ code: 0, stderr: '' });
    const id = String(sent.messageId);
    expect(read.stdout).toMatch(new RegExp(`^${id} {2}bo: task {2}\\S+ ago\\n {4}the soup\\n {4}is hot\\n`));
    expect(read.stdout).toContain(`brigade send bo "..." --type confirm --reply-to ${id}`);
    expect((await ana.brigade('messages')).stdout).toBe('No new message.\n');
    expect(await texts(ana, '--all')).toEqual(['the soup\nis hot']);
    await sends(ana, 'bo', 'it is', '--type', 'confirm', '--reply-to', id);
    expect((await bo.brigade('messages')).stdout).toContain(`ana: confirm, reply to ${id}`);
  });

  it('reach all others with *, and tell who is not here', async () => {
    await sends(bo, '*', 'dinner');
    expect([await texts(ana), await texts(bo)]).toEqual([['dinner'], []]);
    const cy = await scratch.agent();
    await cy.call('register', { id: 'cy' });
    expect((await bo.brigade('send', 'cy', 'hello')).stdout).toMatch(/^Sent to cy as m\d+\.\n$/);
    await cy.close();
    const { stdout } = await bo.brigade('send', 'cy', 'still there?');
    expect(stdout).toMatch(/^Sent to cy as m\d+; cy is not here now and hears of it when it comes back\.\n$/);
  });

  it('page, and mark only what was printed', async () => {
    for (const text of ['one', 'two', 'three']) await sends(bo, 'ana', text);
    const first = await ana.json('messages', '--limit', '2');
    expect(first).toMatchObject({ messages: [{ text: 'one' }, { text: 'two' }], more: true });
    expect(await texts(ana, '--peek')).toEqual(['three']);
    expect(await texts(ana)).toEqual(['three']);
    const again = await ana.brigade('messages', '--all', '--limit', '1');
    expect(again.stdout).toMatch(/one\nThere are more: go on with --after \d+\.\n$/);
    expect(await texts(ana, '--after', String(first.cursor))).toEqual(['three']);
  });

  it('print many, which an agent would read page by page', async () => {
    const long = 'x'.repeat(4_000);
    for (let n = 0; n < 6; n += 1) await sends(bo, 'ana', `${n} ${long}`);
    expect((await texts(ana)).map((text) => text.slice(0, 1))).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(await texts(ana)).toEqual([]);
  });

  it('only look, with --peek, and register nobody by it', async () => {
    await sends(bo, 'ana', 'one');
    expect(await texts(ana, '--peek')).toEqual(['one']);
    expect((await scratch.events()).some(({ type }) => type === 'messages.read')).toBe(false);
    const nobody = new Shell(scratch, 'nobody');
    expect(await nobody.brigade('messages', '--peek')).toMatchObject({
      code: 3,
      stderr: containing('CREDENTIAL_REQUIRED'),
    });
    await nobody.close();
    expect(await ana.json('agents', '--all')).toMatchObject({ total: 2 });
  });

  it('wait for one, from whatever process it comes', async () => {
    const waiting = ana.brigade('messages', '--wait', '60s');
    const agent = await scratch.agent();
    await agent.call('register', { id: 'cook' });
    const reading = agent.call('read_messages', { waitMs: 25_000 });
    await agent.call('send_message', { to: 'ana', text: 'by a tool' });
    expect((await waiting).stdout).toContain('cook: info');
    await sends(bo, 'cook', 'by a command');
    expect((await reading).text).toContain('by a command');
    const none = await ana.brigade('messages', '--wait', '200ms');
    expect(none).toMatchObject({ code: 4, stdout: 'No new message.\n' });
  });

  it('refuse with an exit code and what to do', async () => {
    expect(await bo.brigade('send', 'nobody', 'x')).toMatchObject({ code: 1, stderr: containing('UNKNOWN_AGENT') });
    expect(await bo.brigade('send', 'ana', ' ')).toMatchObject({ code: 2, stderr: containing('says nothing') });
    expect(await bo.brigade('send', 'ana', 'x'.repeat(5_000))).toMatchObject({
      code: 2,
      stderr: containing('TOO_LARGE'),
    });
    expect(await bo.brigade('send', 'ana', 'x', '--type', 'order')).toMatchObject({ code: 2 });
    expect(await bo.brigade('send', 'ana', 'x', '--reply-to', 'm1')).toMatchObject({ code: 2 });
    expect(await bo.brigade('messages', '--peek', '--wait', '1s')).toMatchObject({ code: 2 });
    expect(await bo.brigade('messages', '--all', '--after', '3')).toMatchObject({ code: 2 });
    expect(await bo.brigade('messages', '--after', '-3')).toMatchObject({ code: 2 });
  });
});

describe('brigade ask', () => {
  it('asks whoever holds a lock; it stands beside the lock with its answer, and ends with it', async () => {
    const asked = await bo.json('ask', 'src/a.ts', 'I need it');
    expect(shapeOf(asked)).toEqual(CLI_SHAPES.ask);
    const [{ messageId: id }] = asked.asked as readonly [{ messageId: string }];
    const locks = await bo.brigade('locks', 'src/a.ts');
    expect(locks.stdout).toMatch(new RegExp(`\\n {2}asked for by bo \\S+ ago \\(${id}, no answer yet\\)\\n`));
    expect(locks.stdout).not.toContain('I need it');
    // Whatever the holder does next, it hears.
    const heard = await ana.brigade('check', 'src/a.ts', '--token', '1');
    expect(heard.stderr).toContain(`notice: bo asks you to let go of file:src/a.ts (token `);
    expect(heard.stderr).toContain('"I need it"');
    await sends(ana, 'bo', 'in a minute', '--type', 'confirm', '--reply-to', id);
    expect(shapeOf(await bo.json('locks', 'src/a.ts'))).toEqual(CLI_SHAPES.locksAsked);
    expect((await bo.brigade('locks')).stdout).toContain(`(${id}, confirmed)`);
    const mine = await ana.json('messages');
    expect(shapeOf(mine)).toEqual(CLI_SHAPES.messages);
    expect(mine).toMatchObject({ messages: [{ lease: { resource: 'file:src/a.ts', holds: true } }] });
    await ana.brigade('release', '--all');
    expect((await ana.brigade('messages', '--all')).stdout).toContain('which has ended)');
    await ana.brigade('acquire', 'src/a.ts');
    expect((await bo.brigade('locks')).stdout).not.toContain('asked for');
  });

  it('asks all who share it, and says so when nobody holds just that', async () => {
    await ana.brigade('acquire', 'task:soup', '--shared');
    await bo.brigade('acquire', 'task:soup', '--shared');
    const cy = new Shell(scratch, 'cy', { BRIGADE_AGENT: 'cy' });
    const asked = (await cy.json('ask', 'task:soup', 'please')) as { asked: readonly { to: string }[] };
    expect(asked.asked.map(({ to }) => to).toSorted()).toEqual(['ana', 'bo']);
    const near = await cy.brigade('ask', 'src/', 'please');
    expect(near).toMatchObject({
      code: 6,
      stderr: containing('in its way is file:src/a.ts by ana, file:src/b.ts by bo'),
    });
    expect(await cy.brigade('ask', 'src/c.ts', 'please')).toMatchObject({
      code: 6,
      stderr: containing('Nobody holds'),
    });
    await cy.close();
  });
});

describe('what agents write to each other', () => {
  it('is not in the feed of others; an operator sees it, at a terminal or with the token, and never as an agent', async () => {
    await sends(bo, 'ana', 'between us');
    const watch = ['watch', '--json', '--once'] as const;
    const token = await operatorToken();
    const env = { BRIGADE_OPERATOR_TOKEN: token };
    const seen = await scratch.brigade(watch);
    expect(seen.stdout).toContain('"message.sent"');
    expect(seen.stdout).not.toContain('between us');
    expect((await scratch.brigade(watch, { env })).stdout).toContain('between us');
    expect((await scratch.brigade(watch, { env: { BRIGADE_OPERATOR_TOKEN: 'guessed' } })).stdout).not.toContain(
      'between us',
    );
    expect((await scratch.brigade(watch, { env: { ...env, CLAUDECODE: '1' } })).stdout).not.toContain('between us');
    expect((await atTerminal(scratch, watch)).shown).toContain('between us');
    expect((await scratch.brigade(['watch', '--once', '--all'])).stdout).not.toContain('between us');
    expect((await scratch.brigade(['status', '--json'])).stdout).not.toContain('between us');
  });

  it('is shown to operators with --of, read or not, and to nobody else', async () => {
    const id = await sends(bo, 'ana', 'let go?', '--type', 'task', '--about', 'src/a.ts');
    await sends(ana, 'bo', 'no', '--type', 'dismiss', '--reply-to', id);
    await ana.brigade('messages');
    expect(await bo.brigade('messages', '--of', 'ana')).toMatchObject({
      code: 3,
      stderr: containing('OPERATOR_REQUIRED'),
    });
    const guessed = { BRIGADE_OPERATOR_TOKEN: 'guessed' };
    await operatorToken();
    expect(await scratch.brigade(['messages', '--of', 'ana'], { env: guessed })).toMatchObject({
      code: 3,
      stderr: containing('CREDENTIAL_WRONG'),
    });
    const env = { BRIGADE_OPERATOR_TOKEN: await operatorToken() };
    const { stdout } = await scratch.brigade(['messages', '--of', 'ana', '--json'], { env });
    const told = JSON.parse(stdout) as { messages: readonly object[] };
    expect(shapeOf({ ...told, messages: told.messages.slice(0, 1) })).toEqual(CLI_SHAPES.messagesOf);
    const { shown, code } = await atTerminal(scratch, ['messages', '--of', '*'], { env: { NO_COLOR: '1' } });
    expect(code).toBe(0);
    expect(shown).toMatch(
      /bo to ana: task, about file:src\/a\.ts \(token \d+\) {2}\S+ ago, read, dismissed\n {4}let go\?/,
    );
    expect(shown).toMatch(/ana to bo: dismiss, reply to m\d+ {2}\S+ ago, not read\n {4}no/);
  });

  it('goes to and from an operator too', async () => {
    expect(await bo.brigade('send', 'ana', 'stop', '--operator')).toMatchObject({ code: 3 });
    const env = { BRIGADE_OPERATOR_TOKEN: await operatorToken() };
    const asked = await scratch.brigade(['ask', 'src/a.ts', 'it is late', '--operator', '--json'], { env });
    const { asked: list } = JSON.parse(asked.stdout) as { asked: readonly { messageId: string }[] };
    const id = list[0]?.messageId ?? '';
    const read = await ana.json('messages');
    const [message] = read.messages as readonly { from: string }[];
    expect(message?.from).toMatch(/^operator:/);
    await sends(ana, message?.from ?? '', 'done', '--type', 'confirm', '--reply-to', id);
    const { stdout } = await scratch.brigade(['messages', '--of', message?.from ?? ''], { env });
    expect(stdout).toContain('done');
    expect((await bo.brigade('locks')).stdout).toContain(`(${id}, confirmed)`);
  });
});
