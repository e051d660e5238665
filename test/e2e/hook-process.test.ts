// The program that clients start, as it ships: at a desk, without one, where there is no fleet, and when all goes wrong.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { claudeCode } from '../hooks/inputs/claude-code.ts';
import { codex } from '../hooks/inputs/codex.ts';
import { gemini } from '../hooks/inputs/gemini.ts';
import { hookBin, hookProcess } from '../support/hook-process.ts';
import { containing } from '../support/matching.ts';
import { Scratch } from '../support/scratch.ts';

function kitchen(): Scratch {
  // The machine that tests is busier than one on which a single agent works.
  const scratch = new Scratch({ env: { BRIGADE_HOOK_PATIENCE_MS: '30000' } });
  onTestFinished(() => scratch.close());
  return scratch;
}

const at = (scratch: Scratch, session: string) => ({ session, cwd: scratch.root });
const editOf = (scratch: Scratch, session: string, path = 'src/a.ts') =>
  claudeCode.edit(at(scratch, session), join(scratch.root, path));

const SILENT = { code: 0, stdout: '{}\n', stderr: '' };
const DENIED = { code: 0, stdout: containing('"permissionDecision":"deny"'), stderr: '' };

describe('brigade-hook', () => {
  it('loads nothing but modules of Node, and the rest only when there is something to ask', () => {
    const folder = join(hookBin, '../../dist/hook');
    const loadedBy = (file: string): readonly string[] =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/\b(?:require|import)\("([^"]+)"\)/g)].map(
        ([, name = '']) => name,
      );
    const others = (file: string): readonly string[] => loadedBy(file).filter((name) => !name.startsWith('node:'));
    expect(loadedBy('brigade-hook.cjs')).toEqual(['node:fs', 'node:util', './hook-ask.cjs']);
    expect(others('hook-ask.cjs')).toEqual(['./brigade-hook.cjs', '../program/answer-alone.js']);
  });

  it('asks the desk, which is one agent with the MCP server of the same client session', async () => {
    const scratch = kitchen();
    const server = await scratch.agent({ env: { BRIGADE_CLIENT: 'claude-code', CLAUDE_CODE_SESSION_ID: 'one' } });
    await server.call('acquire_lock', { resources: ['src/a.ts'] });
    expect(await hookProcess(scratch, 'claude-code', editOf(scratch, 'one'))).toEqual(SILENT);
    const own = { byOwnClient: true };
    expect(await hookProcess(scratch, 'claude-code', editOf(scratch, 'two'), own)).toMatchObject(DENIED);
    expect(
      await hookProcess(scratch, 'codex', codex.edit(at(scratch, 'three'), join(scratch.root, 'src/a.ts'))),
    ).toMatchObject(DENIED);
    // The hook is no process of the session: that lives by the client, which is this one.
    const opened = (await scratch.events()).filter(({ type }) => type === 'session.opened');
    expect(opened).toMatchObject([
      { attachment: { kind: 'mcp', pid: server.pid } },
      { clientSession: 'two', attachment: { kind: 'client' } },
      { clientSession: 'three', attachment: { kind: 'client', pid: process.pid } },
    ]);
  });

  it.each([
    ['codex', codex],
    ['gemini', gemini],
  ] as const)('is one agent with an MCP server that comes later and is told no session: %s', async (client, inputs) => {
    const scratch = kitchen();
    expect(await scratch.brigade(['acquire', 'task:found'])).toMatchObject({ code: 0 });
    const edit = (path: string) => inputs.edit(at(scratch, 'one'), join(scratch.root, path));
    expect(await hookProcess(scratch, client, edit('src/a.ts'))).toEqual(SILENT);
    const server = await scratch.agent({ env: { BRIGADE_CLIENT: client } });
    expect(await server.call('acquire_lock', { resources: ['src/a.ts', 'src/b.ts'] })).toMatchObject({
      isError: false,
    });
    expect(await hookProcess(scratch, client, edit('src/b.ts'))).toEqual(SILENT);
    // A second client of that kind is another agent, by its server and by its hooks.
    const own = { byOwnClient: true };
    const other = inputs.edit(at(scratch, 'two'), join(scratch.root, 'src/b.ts'));
    expect((await hookProcess(scratch, client, other, own)).stdout).toContain('deny');
    const joined = (await scratch.events()).filter(({ type }) => type === 'agent.registered');
    expect(joined).toHaveLength(3);
  });

  it('does the work itself where no desk is open, and opens none', async () => {
    const scratch = kitchen();
    expect(await scratch.brigade(['acquire', 'task:found'])).toMatchObject({ code: 0 });
    expect(await hookProcess(scratch, 'claude-code', editOf(scratch, 'one'))).toEqual(SILENT);
    expect(await hookProcess(scratch, 'claude-code', editOf(scratch, 'two'))).toMatchObject(DENIED);
    expect(await hookProcess(scratch, 'claude-code', claudeCode.turnEnd(at(scratch, 'one')))).toEqual(SILENT);
    expect(await hookProcess(scratch, 'claude-code', editOf(scratch, 'two'))).toEqual(SILENT);
    const { stdout } = await scratch.brigade(['doctor', '--json']);
    expect(stdout).not.toContain('desk.sock');
  });

  it('founds no fleet, and is silent where there is none', async () => {
    const scratch = kitchen();
    expect(await hookProcess(scratch, 'claude-code', editOf(scratch, 'one'))).toEqual(SILENT);
    expect(scratch.git('status', '--short')).toBe('');
    expect(await hookProcess(scratch, 'claude-code', editOf(scratch, 'one'), { cwd: '/' })).toEqual(SILENT);
  });

  it('fails the way it is told to where the log cannot be read', async () => {
    const scratch = kitchen();
    scratch.write('.brigade/brigade.db', 'this is no database, whatever its name says\n'.repeat(100));
    const open = await hookProcess(scratch, 'claude-code', editOf(scratch, 'one'));
    expect(open).toMatchObject({ code: 0, stdout: containing('it goes ahead (fail open)') });
    const closed = await hookProcess(scratch, 'claude-code', editOf(scratch, 'one'), { args: ['--fail', 'closed'] });
    expect(closed).toMatchObject({ code: 0, stdout: containing('"permissionDecision":"deny"') });
    expect(closed.stdout).toContain('it was refused (fail closed)');
  });

  it('answers garbage by what it is told, and a wrong call by its usage', async () => {
    const scratch = kitchen();
    expect(await hookProcess(scratch, 'gemini', 'garbage')).toMatchObject({ code: 0, stdout: '{}\n' });
    expect(await hookProcess(scratch, 'gemini', 'garbage', { args: ['--fail', 'closed'] })).toMatchObject({
      code: 2,
      stdout: '',
    });
    expect(await hookProcess(scratch, 'emacs', '{}')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: containing('Usage: brigade-hook'),
    });
    expect(await hookProcess(scratch, 'codex', '{}', { args: ['--fail', 'perhaps'] })).toMatchObject({ code: 1 });
    expect(await hookProcess(scratch, '--help', '')).toMatchObject({
      code: 0,
      stdout: containing('Usage: brigade-hook'),
    });
  });
});
