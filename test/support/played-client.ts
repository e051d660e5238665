// A client whose part a test plays: it says what its agent would do, and hears what the agent would hear. What it starts is what
// `brigade init` wrote into the user's configuration.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { claudeCode } from '../hooks/inputs/claude-code.ts';
import type { ClientInputs } from '../hooks/inputs/client-inputs.ts';
import { codex } from '../hooks/inputs/codex.ts';
import type { ClientHeard, ClientOrder } from './played-client-process.ts';
import type { Scratch } from './scratch.ts';

const PROGRAM = fileURLToPath(new URL('played-client-process.ts', import.meta.url));
const CLIENTS = {
  'claude-code': { inputs: claudeCode, file: '.claude/settings.json' },
  codex: { inputs: codex, file: '.codex/hooks.json' },
} as const;
export type PlayedName = keyof typeof CLIENTS;

interface HooksFile {
  readonly hooks: Readonly<Record<string, readonly { readonly hooks: readonly { readonly command: string }[] }[]>>;
}

export class PlayedClient {
  readonly #scratch: Pick<Scratch, 'root' | 'home'>;
  readonly #process: ChildProcess;
  readonly #inputs: ClientInputs;
  readonly #file: string;
  readonly #at: { readonly session: string; readonly cwd: string };

  private constructor(
    scratch: Pick<Scratch, 'root' | 'home'>,
    name: PlayedName,
    env: Readonly<Record<string, string>>,
  ) {
    const { inputs, file } = CLIENTS[name];
    this.#scratch = scratch;
    this.#inputs = inputs;
    this.#file = join(scratch.home, file);
    this.#at = { session: `session-of-${name}`, cwd: scratch.root };
    this.#process = fork(PROGRAM, [name, scratch.root, this.#at.session], { cwd: scratch.root, env: { ...env } });
  }

  /** Starts the client, and tells how it began: what its hook said to the agent. */
  static async start(
    scratch: Pick<Scratch, 'root' | 'home'>,
    name: PlayedName,
    env: Readonly<Record<string, string>>,
  ): Promise<PlayedClient> {
    const client = new PlayedClient(scratch, name, env);
    await client.#hook('SessionStart', client.#inputs.sessionStart(client.#at, 'startup'));
    return client;
  }

  /** Writes `text` into a file, unless the hook denies it; what the agent hears then, else null. */
  async edit(path: string, text: string): Promise<string | null> {
    const file = join(this.#scratch.root, path);
    const answer = await this.#hook('PreToolUse', this.#inputs.edit(this.#at, file));
    const { hookSpecificOutput: said } = JSON.parse(answer) as {
      readonly hookSpecificOutput?: {
        readonly permissionDecision?: string;
        readonly permissionDecisionReason?: string;
      };
    };
    if (said?.permissionDecision === 'deny') return said.permissionDecisionReason ?? '';
    writeFileSync(file, text);
    await this.#hook('PostToolUse', this.#inputs.edited(this.#at, file));
    return null;
  }

  async endTurn(): Promise<void> {
    await this.#hook('Stop', this.#inputs.turnEnd(this.#at));
  }

  /** Calls a tool; what the agent reads. */
  call(tool: string, args: Readonly<Record<string, unknown>>): Promise<string> {
    return this.#ask({ kind: 'call', tool, args });
  }

  /** As when its terminal is closed, or the machine takes it away. */
  async kill(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.send({ kind: 'end' } satisfies ClientOrder);
    await ended;
  }

  /** Runs the hooks of the client's own configuration for `event`; what the last one answered. */
  async #hook(event: string, input: unknown): Promise<string> {
    const { hooks } = JSON.parse(readFileSync(this.#file, 'utf8')) as HooksFile;
    const commands = (hooks[event] ?? []).flatMap((each) => each.hooks.map(({ command }) => command));
    if (commands.length === 0) throw new Error(`${this.#file} has no hook for ${event}`);
    let answer = '';
    for (const command of commands) answer = await this.#ask({ kind: 'hook', command, input });
    return answer;
  }

  async #ask(order: ClientOrder): Promise<string> {
    const heard = once(this.#process, 'message') as Promise<[ClientHeard]>;
    this.#process.send(order);
    const [{ text }] = await heard;
    if (text.startsWith('client failed')) throw new Error(text);
    return text;
  }
}
