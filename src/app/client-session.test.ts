import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Place } from '../ports/place.ts';
import type { ProcessRow } from '../ports/process-table.ts';
import { agentVariablesIn, clientSessionOf, commandCaller, normalClientName } from './client-session.ts';

describe('the name of a client', () => {
  it.each([
    ['claude-code', 'claude-code'],
    ['Claude Code', 'claude-code'],
    ['claude_code_cli', 'claude-code'],
    [' CLAUDE ', 'claude-code'],
    ['Visual Studio Code', 'vscode'],
    ['gemini-cli', 'gemini'],
    ['codex-mcp-client', 'codex'],
    ['my.own/Client 2', 'my-own-client-2'],
    ['constructor', 'constructor'],
  ])('%j is %s', (name, expected) => {
    expect(normalClientName(name)).toBe(expected);
  });

  it.each(['', '---', '田中', 'x'.repeat(41)])('%j is none', (name) => {
    expect(normalClientName(name)).toBeNull();
  });
});

describe('the session of a client', () => {
  const env = { CLAUDE_CODE_SESSION_ID: 'abc' };

  it('is the one its own variable names', () => {
    expect(clientSessionOf('claude-code', env)).toEqual({ client: 'claude-code', id: 'abc' });
  });

  it.each(['codex', 'cursor', 'constructor', null])('is not one inherited from another client (%s)', (client) => {
    expect(clientSessionOf(client, env)).toBeNull();
  });

  it.each([{}, { CLAUDE_CODE_SESSION_ID: '' }, { CLAUDE_CODE_SESSION_ID: 'x'.repeat(513) }])('%j is none', (bad) => {
    expect(clientSessionOf('claude-code', bad)).toBeNull();
  });
});

it('an agent shows itself by the variables of its client', () => {
  expect(agentVariablesIn({ PATH: '/bin', CLAUDECODE: '1' })).toEqual(['CLAUDECODE']);
  expect(agentVariablesIn({ CLAUDECODE: '' })).toEqual([]);
});

describe('for whom a command acts', () => {
  const place: Place = {
    placeId: 'p_1',
    machineId: 'm',
    bootId: 'b',
    pidNamespace: 'none',
    timeNamespace: 'none',
    hostName: 'h',
  };
  const row = (pid: number, name: string): ProcessRow => ({
    pid,
    name,
    startTime: `t${pid}`,
    parentPid: pid - 1,
    groupId: pid,
    state: 'alive',
  });
  const caller = (names: readonly string[], env: Record<string, string> = {}, client: string | null = null) =>
    commandCaller({ client, env, place, ancestors: names.map((name, index) => row(100 - index, name)) });

  it('the handle goes first, then the session of the client, then the process', () => {
    const env = { BRIGADE_SESSION: 'secret', CLAUDE_CODE_SESSION_ID: 'abc' };
    expect(caller(['bash'], env, 'claude-code')).toEqual({ kind: 'handle', handle: 'secret' });
    expect(caller(['bash'], { CLAUDE_CODE_SESSION_ID: 'abc' }, 'claude-code')).toMatchObject({
      kind: 'client',
      key: { client: 'claude-code', id: 'abc' },
    });
    expect(caller(['bash'], { CLAUDE_CODE_SESSION_ID: 'abc' }, 'codex')).toMatchObject({
      kind: 'process',
      key: { client: 'process', id: 'p_1:100:t100' },
      process: { pid: 100 },
    });
  });

  it.each([
    [['zsh', 'terminal'], 100],
    [['npm exec brigad', 'bash'], 99],
    [['sh', 'npm exec brigad', 'bash'], 98],
    [['/bin/sh -c brigade', 'npm exec brigade acquire x', '-zsh'], 98],
    [['sh', 'npm run deploy', 'bash'], 100],
    [['node', 'npm exec claude', 'bash'], 100],
  ])('of %j it is process %d', (names, pid) => {
    expect(caller(names)).toMatchObject({ process: { pid } });
  });

  it.each([[[]], [['systemd']], [['/sbin/launchd']], [['tini']], [['npm exec brigad', 'init']], [['npx']]])(
    'nobody is left behind %j: refused, with a way on',
    (names) => {
      expect(() => caller(names)).toThrow(/Nobody is left/);
      expect(caller(names, { BRIGADE_SESSION: 'secret' })).toMatchObject({ kind: 'handle' });
    },
  );
});

describe.runIf(process.platform === 'linux')('with real processes', () => {
  const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { commandCaller } from ${module('./client-session.ts')};
    import { openProcessTable } from ${module('../adapters/system/process-table.ts')};
    const place = { placeId: 'p' };
    const ancestors = openProcessTable().ancestorsOf(process.pid);
    console.log(commandCaller({ client: null, env: {}, place, ancestors }).process.pid);
    process.exitCode = 0;`;

  function inScript<T>(run: (path: string) => T): T {
    const folder = mkdtempSync(join(tmpdir(), 'brigade-caller-'));
    try {
      const path = join(folder, 'caller.ts');
      writeFileSync(path, script);
      return run(path);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  it('two commands of one shell are one caller', () => {
    inScript((path) => {
      const line = `${process.execPath} ${path}`;
      const { stdout } = spawnSync('sh', ['-c', `echo $$; ${line}; ${line}; exit`], { encoding: 'utf8' });
      const [shell, first, second] = stdout.trim().split('\n');
      expect([first, second]).toEqual([shell, shell]);
    });
  });

  it('npm exec is passed, so the shell before it is the caller', () => {
    inScript((path) => {
      const command = `npm exec --offline -c '${process.execPath} ${path}; exit'`;
      const { stdout } = spawnSync('sh', ['-c', `echo $$; ${command}; ${command}; exit`], { encoding: 'utf8' });
      const [shell, first, second] = stdout.trim().split('\n');
      expect([first, second]).toEqual([shell, shell]);
    });
  }, 30_000);
});
