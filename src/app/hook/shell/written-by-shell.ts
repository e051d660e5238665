// Which files a shell command writes, as far as its text tells: redirections, the usual programs, a `cd` before them, and
// commands within commands. What depends on what the shell expands is not seen, and neither is what a program or a script
// writes by itself; docs/hooks.md says so to users.

import { nameOf, type SimpleCommand, type WrittenWord, writesOf } from './command-writes.ts';
import { type ShellToken, type ShellWord, shellTokens } from './shell-words.ts';

/** A path with the folder that it begins in. */
export interface ShellWrite extends WrittenWord {
  readonly folder: string;
}

/** Longer ones are programs, not commands. */
const LENGTH_MAX = 65_536;
const DEPTH_MAX = 4;

/** In the order in which they stand there. Writes to devices are none. */
export function writtenByShell(command: string, folder: string, depth = 0): readonly ShellWrite[] {
  if (command.length > LENGTH_MAX || depth > DEPTH_MAX) return [];
  const writes: ShellWrite[] = [];
  /** Null: nobody can tell from here on. */
  let at: string | null = folder;
  const outer: (string | null)[] = [];
  for (const part of partsOf(shellTokens(command))) {
    if (part.sign === '(') outer.push(at);
    const here: string | null = at;
    if (here !== null) {
      writes.push(...[...part.redirected, ...writesOf(part)].map((each) => ({ ...each, folder: here })));
      for (const inner of innerOf(part)) writes.push(...writtenByShell(inner, here, depth + 1));
    }
    at = folderAfter(part, at);
    if (part.sign === ')') at = outer.pop() ?? at;
  }
  return writes.filter(({ path }) => path !== '' && path !== '-' && !path.startsWith('/dev/'));
}

interface Part extends SimpleCommand {
  readonly redirected: readonly WrittenWord[];
  /** Lines of shell that are expanded in it. */
  readonly inner: readonly string[];
  /** What ends it. */
  readonly sign: string;
}

/** Commands one by one. A heredoc stands below the line of its command, so it is given to the last one before it. */
function partsOf(tokens: readonly ShellToken[]): readonly Part[] {
  const parts: Part[] = [];
  let words: ShellWord[] = [];
  let redirected: WrittenWord[] = [];
  let inner: string[] = [];
  let awaited: boolean | null = null;
  const end = (sign: string): void => {
    parts.push({ words: started(words), heredocs: [], redirected, inner, sign });
    [words, redirected, inner, awaited] = [[], [], [], null];
  };
  for (const token of tokens) {
    if (token.t === 'end') end(token.sign);
    else if (token.t === 'redirect') awaited = token.writes;
    else if (token.t === 'inner') inner.push(token.command);
    else if (token.t === 'heredoc') giveHeredoc(parts, token.text);
    else if (awaited === null) words.push(token);
    else {
      if (awaited && !token.isUnknown) redirected.push({ path: token.text, isPattern: token.isPattern, into: [] });
      awaited = null;
    }
  }
  end('');
  return parts;
}

function giveHeredoc(parts: Part[], text: string): void {
  const at = parts.findLastIndex(({ words }) => words.length > 0);
  const part = parts[at];
  if (part !== undefined) parts[at] = { ...part, heredocs: [...part.heredocs, text] };
}

const ASSIGNMENT = /^\w+\+?=/;
/** They start what stands behind them. */
const STARTERS: ReadonlySet<string> = new Set([
  'sudo',
  'env',
  'command',
  'builtin',
  'exec',
  'nohup',
  'time',
  'nice',
  'then',
  'do',
  'else',
  '{',
  '!',
  'if',
  'while',
]);

/** Without what stands before the program itself. */
function started(words: readonly ShellWord[]): readonly ShellWord[] {
  let i = 0;
  for (let isOpen = true; isOpen; ) {
    const word = words[i];
    const isBefore = word !== undefined && (ASSIGNMENT.test(word.text) || STARTERS.has(word.text));
    if (isBefore) i += 1;
    // `timeout 5 CMD`, `nice -n 5 CMD`.
    else if (word?.text === 'timeout') i += 2;
    else if (i > 0 && word?.text.startsWith('-') === true) i += word.text === '-n' || word.text === '-u' ? 2 : 1;
    else isOpen = false;
  }
  return words.slice(i);
}

/** Lines of shell that the command runs. */
function innerOf({ words, inner }: Part): readonly string[] {
  const [program, ...args] = words;
  if (program === undefined) return inner;
  const name = nameOf(program);
  if (name === 'eval') return [...inner, args.map(({ text }) => text).join(' ')];
  if (!/^(?:ba|da|z|k|a)?sh$/.test(name)) return inner;
  const at = args.findIndex(({ text }) => /^-[a-z]*c$/.test(text));
  const line = at === -1 ? undefined : args[at + 1];
  return line === undefined || line.isUnknown ? inner : [...inner, line.text];
}

function folderAfter({ words, sign }: Part, at: string | null): string | null {
  const [program, target] = words;
  if (program?.text !== 'cd' && program?.text !== 'pushd') return at;
  // Of a pipe only its own part goes there.
  if (sign === '|') return at;
  if (target === undefined || target.isUnknown || target.isPattern || target.text === '-') return null;
  if (/^(?:\/|[A-Za-z]:[\\/])/.test(target.text)) return target.text;
  return at === null ? null : `${at}/${target.text}`;
}
