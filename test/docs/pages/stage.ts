// Where a page is carried out: a scratch repository, one terminal in it, `brigade` on the PATH, and the clients that are played.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brigadeBin } from '../../support/brigade-bin.ts';
import { hookBin } from '../../support/hook-process.ts';
import type { McpAgent } from '../../support/mcp-agent.ts';
import { PlayedClient, type PlayedName } from '../../support/played-client.ts';
import { type Ran, Scratch } from '../../support/scratch.ts';
import { ServedProcess } from '../../support/served.ts';
import { Shell } from '../../support/shell.ts';
import { waitUntil } from '../../support/wait-until.ts';

const WHO = {
  GIT_AUTHOR_NAME: 'you',
  GIT_AUTHOR_EMAIL: 'you@example.org',
  GIT_COMMITTER_NAME: 'you',
  GIT_COMMITTER_EMAIL: 'you@example.org',
};

export class Stage {
  readonly scratch: Scratch;
  readonly #shell: Shell;
  readonly #env: Readonly<Record<string, string>>;
  readonly #clients = new Map<PlayedName, PlayedClient>();
  readonly #others = new Map<string, McpAgent>();
  #served: ServedProcess | null = null;

  constructor() {
    this.scratch = new Scratch({ env: { BRIGADE_HOOK_PATIENCE_MS: '30000' } });
    const bin = join(this.scratch.folder, 'bin');
    mkdirSync(bin);
    for (const [name, program] of [
      ['brigade', brigadeBin],
      ['brigade-hook', hookBin],
    ] as const) {
      writeFileSync(join(bin, name), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
      chmodSync(join(bin, name), 0o755);
    }
    // README runs it with a lock held; what it makes is the reader's.
    this.scratch.write('Makefile', 'all:\n\t@true\n');
    this.#env = { ...this.scratch.env, ...WHO, PATH: `${bin}:${process.env.PATH ?? ''}` };
    this.#shell = new Shell(this.scratch, 'page', this.#env);
  }

  run(line: string): Promise<Ran> {
    // Behind a here document a bracket must stand on a line of its own.
    return this.#shell.line(`{ ${line}\n}`);
  }

  /** The folder in which the page stands now. */
  async folder(): Promise<string> {
    return (await this.run('pwd')).stdout.trim();
  }

  /** What the agent of the client, or a reader of another terminal, sees of it. */
  async play(what: string): Promise<string> {
    const [who = '', verb = '', ...rest] = what.split(' ');
    if (who === 'the-server') return this.#serve();
    if (who === 'the-operator') return this.#authorize();
    if (who === 'the-lock-is') return this.#untilFree();
    if (who === 'nothing') return '';
    const text = rest.join(' ');
    if (verb === 'locks' || verb === 'waits' || verb === 'writes') return this.#other(who, verb, text);
    const name = who as PlayedName;
    if (verb === 'begins') {
      this.#clients.set(
        name,
        await PlayedClient.start({ root: await this.folder(), home: this.scratch.home }, name, this.#env),
      );
      return '';
    }
    const client = this.#clients.get(name);
    if (client === undefined) throw new Error(`${name} has not begun: ${what}`);
    switch (verb) {
      case 'calls':
        return client.call(
          rest[0] ?? '',
          JSON.parse(rest.slice(1).join(' ') || '{}') as Readonly<Record<string, unknown>>,
        );
      case 'edits':
        return this.#mayEdit(client, text, true);
      case 'is-denied':
        return this.#mayEdit(client, text, false);
      case 'ends-its-turn':
        await client.endTurn();
        return '';
      case 'is-killed':
        await client.kill();
        this.#clients.delete(name);
        return '';
      default:
        throw new Error(`nobody can play: ${what}`);
    }
  }

  async close(): Promise<void> {
    for (const client of this.#clients.values()) await client.end();
    await this.#served?.end();
    await this.#shell.close();
    await this.scratch.close();
  }

  /** An agent that has no client of its own on the page: it locks something, waits for it, or writes a message to all. */
  async #other(who: string, verb: 'locks' | 'waits' | 'writes', what: string): Promise<string> {
    const agent = this.#others.get(who) ?? (await this.scratch.agent({ cwd: await this.folder() }));
    if (!this.#others.has(who)) await agent.call('register', { id: who });
    this.#others.set(who, agent);
    if (verb === 'writes') return (await agent.call('send_message', { to: '*', text: what })).text;
    const waitMs = verb === 'locks' ? 0 : 10;
    return (await agent.call('acquire_lock', { resources: [what], waitMs })).text;
  }

  async #mayEdit(client: PlayedClient, path: string, may: boolean): Promise<string> {
    const denied = await client.edit(path, `// ${path}\n`);
    if ((denied === null) !== may) throw new Error(`${path}: ${denied ?? 'was not denied'}`);
    return denied ?? '';
  }

  /** `brigade serve` of the folder, whose address is in BRIGADE_URL. */
  async #serve(): Promise<string> {
    const where = { env: this.#env, under: this.scratch.under };
    this.#served = await ServedProcess.start({ ...where, root: await this.folder() });
    await this.run(`export BRIGADE_URL='${this.#served.url}'`);
    return '';
  }

  /** A person at a terminal has authority. Here is no terminal, so the page's own has the token. */
  async #authorize(): Promise<string> {
    const { stdout } = await this.run('brigade token operator --force --json');
    const { token } = JSON.parse(stdout) as { readonly token: string };
    await this.run(`export BRIGADE_OPERATOR_TOKEN='${token}'`);
    return '';
  }

  async #untilFree(): Promise<string> {
    const total = async () =>
      (JSON.parse((await this.run('brigade locks --json')).stdout) as { readonly total: number }).total;
    await waitUntil('the locks are free', async () => (await total()) === 0, { withinMs: 60_000, everyMs: 200 });
    return '';
  }
}
