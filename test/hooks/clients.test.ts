// Every kind of input of every client: what is decided, what is said, and what is leased afterwards.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { containing } from '../support/matching.ts';
import { hookRig, pauseSession } from './hook-rig.ts';
import { claudeCode } from './inputs/claude-code.ts';
import type { At, ClientInputs } from './inputs/client-inputs.ts';
import { codex } from './inputs/codex.ts';
import { cursor } from './inputs/cursor.ts';
import { gemini } from './inputs/gemini.ts';
import { vscode } from './inputs/vscode.ts';
import { decidedBy } from './output-formats.ts';

const CLIENTS: readonly ClientInputs[] = [claudeCode, codex, cursor, gemini, vscode];
const ALLOWED = { decision: 'allow', text: '' };

/** One test of what a client has, none of what it lacks. */
function where<T>(part: T | null): readonly T[] {
  return part === null ? [] : [part];
}

describe.each(CLIENTS.map((inputs) => [inputs.client, inputs] as const))('%s', (client, inputs) => {
  const rigged = async (...policy: Parameters<typeof hookRig>) => {
    const rig = await hookRig(...policy);
    const at = (session: string): At => ({ session, cwd: rig.root });
    const file = (name: string): string => join(rig.root, name);
    const say = (input: unknown, fail?: 'open' | 'closed') => rig.hook(client, input, fail);
    return { ...rig, at, file, say, one: at('one'), two: at('two') };
  };

  it('edits and writes what is free, under a lease that the end of the turn ends', async () => {
    const { say, held, one, file } = await rigged();
    expect(await say(inputs.edit(one, file('src/a.ts')))).toEqual(ALLOWED);
    expect(await say(inputs.write(one, file('src/new/b.ts')))).toEqual(ALLOWED);
    expect(await held()).toEqual({ 'file:src/a.ts': 'one', 'file:src/new/b.ts': 'one' });
    expect(await say(inputs.turnEnd(one))).toEqual(ALLOWED);
    expect(await held()).toEqual({});
  });

  it('is denied what another session edits, and told by whom, why, in which place, and what to do', async () => {
    const { say, held, one, two, file, at } = await rigged();
    await say(inputs.edit(one, file('src/a.ts')));
    const { decision, text } = await say(inputs.edit(two, file('src/a.ts')));
    expect(decision).toBe('deny');
    expect(text).toMatch(/src\/a\.ts is held by \S+ \(editing src\/a\.ts\) for \d+\S* now/);
    expect(text).toContain('You are number 1 in line.');
    expect(text).toContain('try the same edit again');
    expect((await say(inputs.edit(at('three'), file('src/a.ts')))).text).toContain('You are number 2 in line.');
    expect(await held()).toEqual({ 'file:src/a.ts': 'one' });
    await say(inputs.turnEnd(one));
    expect(await say(inputs.edit(two, file('src/a.ts')))).toEqual(ALLOWED);
    expect(await held()).toEqual({ 'file:src/a.ts': 'two' });
  });

  it('asks a person where policy says so and the client can', async () => {
    const { say, one, two, file } = await rigged({ hooks: { onHeld: 'ask' } });
    await say(inputs.edit(one, file('src/a.ts')));
    expect(await say(inputs.edit(two, file('src/a.ts')))).toEqual({
      decision: inputs.asks ? 'ask' : 'deny',
      text: containing('is held by'),
    });
  });

  it('takes all files of a patch, or none', async () => {
    const { say, held, one, two, file } = await rigged();
    await say(inputs.edit(one, file('src/b.ts')));
    const paths = [file('src/a.ts'), file('src/b.ts'), file('c.ts')];
    expect(await say(inputs.patch(two, paths))).toMatchObject({ decision: 'deny' });
    expect(await held()).toEqual({ 'file:src/b.ts': 'one' });
    await say(inputs.turnEnd(one));
    expect(await say(inputs.patch(two, paths))).toEqual(ALLOWED);
    expect(await held()).toEqual({ 'file:c.ts': 'two', 'file:src/a.ts': 'two', 'file:src/b.ts': 'two' });
  });

  it.each(where(inputs.notebook))('edits notebooks as any other file', async (notebook) => {
    const { say, held, one, two, file } = await rigged();
    expect(await say(notebook(one, file('n.ipynb')))).toEqual(ALLOWED);
    expect(await say(notebook(two, file('n.ipynb')))).toMatchObject({ decision: 'deny' });
    expect(await held()).toEqual({ 'file:n.ipynb': 'one' });
  });

  it('writes by shell commands as by tools, and runs all others without a word', async () => {
    const { say, held, one, two } = await rigged();
    expect(await say(inputs.shell(one, 'cd src && echo x > a.ts && npm test'))).toEqual(ALLOWED);
    expect(await say(inputs.shell(two, "sed -i 's/x/y/' src/a.ts"))).toMatchObject({ decision: 'deny' });
    expect(await say(inputs.shell(two, 'rm -rf src'))).toMatchObject({ decision: 'deny' });
    expect(await say(inputs.shell(two, 'git status; cat src/a.ts'))).toEqual(ALLOWED);
    expect(await held()).toEqual({ 'file:src/a.ts': 'one' });
  });

  it('notes what was edited, once, and under which lease', async () => {
    const { say, events, one, file } = await rigged();
    await say(inputs.edit(one, file('src/a.ts')));
    expect(await say(inputs.edited(one, file('src/a.ts')))).toEqual(ALLOWED);
    const [began] = await events('edit.began');
    const edits = await events('file.edited');
    expect(edits).toMatchObject([{ agentId: began?.agentId, token: began?.token, via: 'hook', beside: null }]);
  });

  it('hears when it begins who is here and what is locked, and nothing where nobody is', async () => {
    const { say, one, two, file } = await rigged();
    expect(await say(inputs.sessionStart(one, 'startup'))).toEqual(ALLOWED);
    await say(inputs.edit(one, file('src/a.ts')));
    const { text } = await say(inputs.sessionStart(two, 'startup'));
    expect(text).toMatch(/Here now: \S+, active/);
    expect(text).toMatch(/Locked: src\/a\.ts by \S+/);
  });

  it('goes on after a compaction as who it was, and hears what it holds', async () => {
    const { say, held, one, file, fleet } = await rigged();
    await say(inputs.edit(one, file('src/a.ts')));
    const { text } = await say(inputs.sessionStart(one, 'compact'));
    expect(text).toMatch(/You are \S+ here\. You (still )?hold src\/a\.ts\./);
    await say(inputs.edit(one, file('src/b.ts')));
    expect(await held()).toEqual({ 'file:src/a.ts': 'one', 'file:src/b.ts': 'one' });
    expect((await fleet.coordinator.view({ kind: 'agents' })).total).toBe(1);
  });

  it('gives everything back when its session ends', async () => {
    const { say, held, one, two, file, fleet } = await rigged();
    await say(inputs.edit(one, file('src/a.ts')));
    await say(inputs.edit(two, file('src/a.ts')));
    expect(await say(inputs.sessionEnd(one))).toEqual(ALLOWED);
    expect(await held()).toEqual({});
    expect(
      (await fleet.coordinator.view({ kind: 'sessions' })).items.map(({ clientSession }) => clientSession),
    ).toEqual(['two']);
    expect(await say(inputs.edit(two, file('src/a.ts')))).toEqual(ALLOWED);
    // Who never edited has nothing to give back, and is not registered for it.
    expect(await say(inputs.sessionEnd({ ...one, session: 'never' }))).toEqual(ALLOWED);
  });

  it("is let through where a path is none of our business, and refused where it is Brigade's", async () => {
    const { say, held, one, file } = await rigged();
    expect(await say(inputs.edit(one, '/tmp/elsewhere.txt'))).toEqual(ALLOWED);
    expect(await say(inputs.edit(one, file('../outside.txt')))).toEqual(ALLOWED);
    expect(await say(inputs.edit(one, file('.brigade/policy.json')))).toEqual({
      decision: 'deny',
      text: containing('belongs to Brigade'),
    });
    expect(await say(inputs.shell(one, 'rm -rf .brigade'))).toMatchObject({ decision: 'deny' });
    expect(await held()).toEqual({});
  });

  it('is let through with tools and fields that nobody knows yet', async () => {
    const { say, held, one, file } = await rigged();
    const edit = inputs.edit(one, file('src/a.ts'));
    const input = { ...(edit.tool_input as object), future: { deep: [1, { x: null }] } };
    expect(await say({ ...edit, tool_input: input, schema_version: 9, effort: 'high' })).toEqual(ALLOWED);
    expect(await held()).toEqual({ 'file:src/a.ts': 'one' });
    expect(await say(inputs.read(one, file('src/b.ts')))).toEqual(ALLOWED);
    expect(await say({ ...edit, tool_name: 'Teleport', tool_input: { somewhere: 1 } })).toEqual(ALLOWED);
    expect(await say({ ...edit, tool_name: 42, tool_input: 'text' })).toEqual(ALLOWED);
    expect(await say({ ...edit, hook_event_name: 'NoSuchEvent', hookEventName: 'NoSuchEvent' })).toEqual(ALLOWED);
    expect(await say({})).toEqual(ALLOWED);
  });

  it('is let through with what is no JSON at all, unless that is to be closed', async () => {
    const { run } = await rigged();
    for (const text of ['', 'no json', '[]', 'null', '"x"', '{"a":']) {
      expect(await run(client, text)).toMatchObject({ json: {}, exitCode: 0, stderr: containing('fail open') });
      expect(await run(client, text, 'closed')).toMatchObject({ exitCode: 2, stderr: containing('fail closed') });
    }
  });

  it('says which way it failed where nobody can say whether an edit is free', async () => {
    const { one, file, run, fleet } = await rigged();
    const text = JSON.stringify(inputs.edit(one, file('src/a.ts')));
    await fleet.close();
    const open = await run(client, text);
    expect(decidedBy(open.json).decision).toBe('allow');
    expect(`${decidedBy(open.json).text}${open.stderr ?? ''}`).toContain('it goes ahead (fail open)');
    const closed = await run(client, text, 'closed');
    expect(decidedBy(closed.json)).toEqual({ decision: 'deny', text: containing('it was refused (fail closed)') });
  });

  it('is denied while its agent is paused', async () => {
    const { say, one, file, fleet } = await rigged();
    await say(inputs.edit(one, file('src/a.ts')));
    await pauseSession(fleet, 'one');
    expect(await say(inputs.edit(one, file('src/a.ts')))).toEqual({ decision: 'deny', text: containing('paused') });
    expect(await say(inputs.turnEnd(one))).toEqual(ALLOWED);
  });

  it.each(where(inputs.subagent))(
    'shares its session with its sub-agents, told apart by their labels',
    async ({ edit, end }) => {
      const { say, held, events, one, two, file } = await rigged();
      await say(inputs.edit(one, file('src/a.ts')));
      expect(await say(edit(one, file('src/a.ts'), 'sub1'))).toEqual(ALLOWED);
      expect(await say(edit(one, file('src/b.ts'), 'sub2'))).toEqual(ALLOWED);
      expect(await say(edit(two, file('src/b.ts'), 'sub9'))).toMatchObject({ decision: 'deny' });
      expect((await events('edit.began')).map(({ label }) => label)).toEqual([
        null,
        containing(':sub1'),
        containing(':sub2'),
      ]);
      await say(inputs.turnEnd(one));
      expect(await held()).toEqual({ 'file:src/a.ts': 'one', 'file:src/b.ts': 'one' });
      await say(end(one, 'sub2'));
      expect(await held()).toEqual({ 'file:src/a.ts': 'one' });
    },
  );

  it.each(where(inputs.subagent))('has sub-agents that are agents of their own, by policy', async ({ edit, end }) => {
    const { say, held, one, file, fleet } = await rigged({ hooks: { subagents: 'separate' } });
    await say(inputs.edit(one, file('src/a.ts')));
    expect(await say(edit(one, file('src/a.ts'), 'sub1'))).toMatchObject({ decision: 'deny' });
    expect(await say(edit(one, file('src/b.ts'), 'sub1'))).toEqual(ALLOWED);
    expect(await say(inputs.edit(one, file('src/b.ts')))).toMatchObject({ decision: 'deny' });
    expect((await fleet.coordinator.view({ kind: 'sessions' })).total).toBe(2);
    await say(end(one, 'sub1'));
    expect(await held()).toEqual({ 'file:src/a.ts': 'one' });
    expect((await fleet.coordinator.view({ kind: 'sessions' })).total).toBe(1);
  });

  it('locks a path in all worktrees, by policy', async () => {
    const { say, held, one, two, file } = await rigged({ hooks: { scope: 'repo' } });
    await say(inputs.edit(one, file('src/a.ts')));
    expect(await held()).toEqual({ 'repo:src/a.ts': 'one' });
    expect(await say(inputs.edit(two, file('src/a.ts')))).toMatchObject({ decision: 'deny' });
  });

  it('means a file by whatever name it is called', async () => {
    const { say, held, one, two, file, root } = await rigged();
    mkdirSync(join(root, 'app', '[id]'), { recursive: true });
    writeFileSync(join(root, 'app', '[id]', 'page#1.tsx'), '');
    await say(inputs.edit(one, file('app/[id]/page#1.tsx')));
    await say(inputs.edit(one, file('src/../app/./x y.ts')));
    expect(Object.keys(await held()).toSorted()).toEqual(['file:app/%5Bid%5D/page%231.tsx', 'file:app/x y.ts']);
    expect(await say(inputs.edit(two, file('app/x y.ts')))).toMatchObject({ decision: 'deny' });
    expect((await say(inputs.edit(two, file('app/[id]/page#1.tsx')))).text).toContain('app/[id]/page#1.tsx is held by');
  });
});
