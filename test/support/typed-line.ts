// A shell at a terminal of its own, into which somebody types: what becomes of a line when Tab is pressed. The key Ctrl-G prints
// the line as it stands, between marks.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import type { Scratch } from './scratch.ts';
import { waitUntil } from './wait-until.ts';

const PATIENCE_MS = 60_000;
const CTRL_G = '\u0007';
const CTRL_U = '\u0015';

/** What each shell is started with, and what makes Ctrl-G print the line. */
const SHELLS = {
  bash: {
    command: 'bash --norc --noprofile -i',
    setUp: [
      "bind 'set bell-style none'",
      "bind 'set completion-query-items 0'",
      String.raw`bind -x '"\C-g": printf "\n<<%s>>\n" "$READLINE_LINE"'`,
      String.raw`bind '"\eX": insert-completions'`,
    ],
  },
  zsh: {
    command: 'zsh -f -i',
    setUp: [
      'autoload -U compinit; compinit -u -D',
      'unsetopt beep; LISTMAX=1000',
      String.raw`shown() { print -r -- $'\n'"<<$BUFFER>>" }; zle -N shown; bindkey '^G' shown`,
    ],
  },
} as const;

export class TypedLine {
  readonly #process: ChildProcessWithoutNullStreams;
  #screen = '';

  private constructor(process: ChildProcessWithoutNullStreams) {
    this.#process = process;
    process.stdout.on('data', (chunk: Buffer) => {
      this.#screen += chunk.toString();
    });
  }

  /** Starts `shell` in the workspace, with `path` before the PATH, and runs the lines of `setUp`. */
  static async start(
    shell: keyof typeof SHELLS,
    scratch: Scratch,
    options: { readonly path: string; readonly setUp: readonly string[] },
  ): Promise<TypedLine> {
    const { command, setUp } = SHELLS[shell];
    const child = spawn('script', ['-qec', `stty cols 200 rows 50; exec ${command}`, '/dev/null'], {
      cwd: scratch.root,
      env: {
        ...scratch.env,
        PATH: `${options.path}:${process.env.PATH ?? ''}`,
        TERM: 'dumb',
        PS1: '> ',
        SHELL: '/bin/sh',
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const line = new TypedLine(child);
    for (const each of [...setUp, ...options.setUp]) child.stdin.write(`${each}\n`);
    // Said in two parts, so that what is typed is not yet what is awaited.
    child.stdin.write("printf '%s-%s\\n' all set\n");
    await line.#sees(/^all-set/m);
    return line;
  }

  /** The line after `keys` were typed on an empty one, and what was shown meanwhile. */
  async after(keys: string): Promise<{ readonly line: string; readonly shown: string }> {
    this.#screen = '';
    this.#process.stdin.write(`${CTRL_U}${keys}${CTRL_G}`);
    const [, line = ''] = await this.#sees(/<<(.*?)>>/);
    return { line, shown: stripVTControlCharacters(this.#screen) };
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin.write(`${CTRL_U}exit\n`);
    await ended;
  }

  #sees(pattern: RegExp): Promise<RegExpExecArray> {
    const look = () => pattern.exec(stripVTControlCharacters(this.#screen).replaceAll('\r', ''));
    return waitUntil(`${pattern} on the screen`, look, { withinMs: PATIENCE_MS });
  }
}
