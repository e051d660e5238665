// `brigade init` as it is run: by a script, by a person at a terminal, in a repository and for the user.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { containing, matching } from '../support/matching.ts';
import { atTerminal } from '../support/pty.ts';
import { type Ran, Scratch } from '../support/scratch.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: Scratch;

beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.close());

const init = (...args: string[]): Promise<Ran> => scratch.brigade(['init', ...args]);
const text = (path: string): string => readFileSync(join(scratch.root, path), 'utf8');
const status = (): string => scratch.git('status', '--short', '--untracked-files=all').trim();

interface ServerEntry {
  readonly command: string;
  readonly args: readonly string[];
}
const serverIn = (file: string): ServerEntry =>
  (JSON.parse(readFileSync(file, 'utf8')) as { mcpServers: { brigade: ServerEntry } }).mcpServers.brigade;

/** Everything in the workspace and its `.git` that init may touch, to the byte. */
function picture(): readonly (readonly [string, string])[] {
  const names = readdirSync(scratch.root, { recursive: true, withFileTypes: true });
  const files = names.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  const own = files.filter((path) => !/\.git\/(objects|refs|logs|index|COMMIT_EDITMSG)/.test(path));
  return own.toSorted().map((path) => [path, readFileSync(path).toString('latin1')]);
}

describe('in a repository', () => {
  it('shows what it would write, and writes nothing without a yes', async () => {
    const before = picture();
    const shown = await init('--client', 'claude-code', '--dry-run');
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toContain('.mcp.json  new · Claude Code · for everybody, through git');
    expect(shown.stdout).toContain('+      "args": ["-y", "brigade@0", "mcp", "--client", "claude-code"],');
    expect(shown.stdout).toContain('Nothing was written.');
    const refused = await init('--client', 'claude-code');
    expect(refused).toMatchObject({ code: 2, stderr: containing('Add --yes to write it, or --dry-run') });
    expect(picture()).toEqual(before);
  });

  it('gives clients their files, says the second time that there is nothing to do, and takes all of it out again', async () => {
    scratch.write('.mcp.json', '{\r\n  // ours\r\n  "mcpServers": { "x": { "command": "y" } },\r\n}');
    scratch.write('.git/info/exclude', '*.tmp');
    const before = picture();
    const clients = ['--client', 'claude-code', 'cursor', 'vscode', 'codex', 'gemini'];
    const written = await init(...clients, '--hooks', '--git', '--yes');
    expect(written).toMatchObject({ code: 0, stderr: '', stdout: containing('Done.') });
    // What git would commit starts nothing by a path of this machine.
    const shared = ['.codex/config.toml', '.cursor/mcp.json', '.mcp.json', '.vscode/mcp.json'];
    expect(status()).toBe(shared.map((path) => `?? ${path}`).join('\n'));
    for (const path of shared) expect(text(path)).not.toContain(process.execPath);
    expect(text('.claude/settings.local.json')).toContain(process.execPath);
    expect(existsSync(join(scratch.root, '.brigade'))).toBe(true);
    const again = await init(...clients, '--hooks', '--git', '--yes');
    expect(again).toMatchObject({ code: 0, stdout: matching(/\nNothing to do\.\n$/) });
    const removed = await init('--remove', '--yes');
    expect(removed).toMatchObject({
      code: 0,
      stderr: '',
      stdout: containing('As before init, to the byte: .mcp.json,'),
    });
    expect(picture()).toEqual(before);
    expect(await init('--remove', '--yes')).toMatchObject({ code: 0, stdout: 'Nothing to do.\n' });
  });

  it('takes only ours out of files that were changed meanwhile', async () => {
    scratch.write('.mcp.json', '{\n  "mcpServers": {}\n}\n');
    await init('--client', 'claude-code', '--yes');
    const mine = '"mine": { "command": "true" }, // mine\n    "brigade"';
    scratch.write('.mcp.json', text('.mcp.json').replace('"brigade"', mine));
    expect(await init('--remove', '--yes')).toMatchObject({ code: 0 });
    expect(text('.mcp.json')).toBe('{\n  "mcpServers": {\n    "mine": { "command": "true" } // mine\n  }\n}\n');
  });

  it('writes no hook of this machine into a file that git has', async () => {
    scratch.write('.cursor/hooks.json', '{ "version": 1, "hooks": {} }\n');
    scratch.git('add', '.');
    const ran = await init('--client', 'cursor', '--hooks', '--yes');
    expect(ran).toMatchObject({ code: 1, stdout: containing('Cursor gets no hooks: git has') });
    expect(text('.cursor/hooks.json')).toBe('{ "version": 1, "hooks": {} }\n');
    expect(text('.cursor/mcp.json')).toContain('brigade@0');
  });

  it('lets a server that runs be asked, hooks too, and then everybody may share them', async () => {
    const ran = await init('--client', 'claude-code', '--http', 'http://127.0.0.1:7420', '--hooks', '--yes');
    expect(ran).toMatchObject({ code: 0 });
    expect(status()).toBe('?? .claude/settings.json\n?? .mcp.json');
    expect(text('.claude/settings.json')).toContain('"url": "http://127.0.0.1:7420/hooks/claude-code"');
    expect(text('.mcp.json')).toContain('"url": "http://127.0.0.1:7420/mcp"');
  });

  it('refuses a file that its client could not read either, with the line, and writes none of the others', async () => {
    scratch.write('.cursor/mcp.json', '{\n  "mcpServers": {\n    "x": { "command" "y" }\n  }\n}\n');
    const before = picture();
    const refused = await init('--client', 'cursor', 'codex', '--yes');
    expect(refused).toMatchObject({
      code: 2,
      stdout: '',
      stderr: matching(/\.cursor\/mcp\.json, line 3, column 22: it is no valid JSON \(colon expected\)/),
    });
    expect(picture()).toEqual(before);
  });

  it('tells a program the same', async () => {
    const { code, stdout } = await init('--client', 'codex', '--yes', '--json');
    expect(code).toBe(0);
    expect(shapeOf(JSON.parse(stdout))).toEqual(CLI_SHAPES.init);
    const refused = await init('--client', 'codex', '--fail', 'maybe', '--json');
    expect(refused).toMatchObject({ code: 2, stdout: containing('"code":"INVALID_ARGUMENT"') });
  });

  it('finds by itself which clients are here', async () => {
    expect(await init('--yes')).toMatchObject({
      code: 2,
      stderr: containing('No client that init knows was found here'),
    });
    mkdirSync(join(scratch.home, '.gemini'));
    mkdirSync(join(scratch.root, '.vscode'));
    expect(await init('--yes')).toMatchObject({ code: 0 });
    expect(status()).toBe('?? .gemini/settings.json\n?? .vscode/mcp.json');
  });
});

describe('for the user', () => {
  it('needs no project, and what it writes starts', async () => {
    const ran = await scratch.brigade(['init', '--scope', 'user', '--client', 'claude-code', '--yes'], {
      cwd: scratch.home,
    });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const { command, args } = serverIn(join(scratch.home, '.claude.json'));
    const child = spawn(command, args, { cwd: scratch.root, env: { ...scratch.env, PATH: '' } });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
    try {
      await waitUntil('an answer', () => said.includes('"serverInfo"'));
    } finally {
      child.stdin.end();
    }
    expect(await scratch.brigade(['init', '--remove', '--yes'])).toMatchObject({
      stdout: containing('brigade init --remove --scope user'),
    });
    await scratch.brigade(['init', '--remove', '--scope', 'user', '--yes'], { cwd: scratch.home });
    expect(existsSync(join(scratch.home, '.claude.json'))).toBe(false);
  });
});

describe('a person at a terminal', () => {
  it('is asked, sees the change, and says yes', async () => {
    mkdirSync(join(scratch.home, '.codex'));
    const answers = [
      ['Which clients work here?', '\r'],
      ['Where?', '\r'],
      ['Edit hooks', 'n'],
      ['A guard in git', 'n'],
      ['Write this? [y/N]', 'y\r'],
    ] as const;
    const { code, shown } = await atTerminal(scratch, ['init'], { answers });
    expect({ code, shown }).toMatchObject({ code: 0, shown: containing('Which clients work here?') });
    expect(shown).toContain('+[mcp_servers.brigade]');
    expect(text('.codex/config.toml')).toContain('brigade@0');
  });

  it('may say no', async () => {
    const { code, shown } = await atTerminal(scratch, ['init', '--client', 'codex'], { input: 'n\r' });
    expect({ code, shown }).toMatchObject({ code: 0, shown: containing('Nothing was written.') });
    expect(status()).toBe('');
  });
});
