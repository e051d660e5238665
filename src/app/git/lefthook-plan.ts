// The guard under lefthook: a block in `lefthook-local.yml`, which lefthook merges with the settings that are shared. A file that
// names one of the hooks already is not taken apart: a person is told what to add.

import { shellQuote } from '../../core/view/shell-word.ts';
import type { FoundFile, GitHookName } from '../../ports/git-hooks.ts';
import { guardOf } from './hook-scripts.ts';
import {
  asLetters,
  bytesOf,
  type GitHookOrder,
  type GitHookPlan,
  type PlainFile,
  planned,
  refusedPlan,
  sameFile,
  textOf,
} from './plan-parts.ts';

const BEGIN = '# >>> brigade guard: `brigade init --git --remove` takes this out\n';
const END = '# <<< brigade guard\n';

interface Lefthook {
  readonly local: FoundFile;
  readonly others: readonly string[];
}

export function planLefthook(
  { local, others }: Lefthook,
  order: GitHookOrder,
  hooks: readonly GitHookName[],
): GitHookPlan {
  const { state, path, isShared } = local;
  if (order.remove !== true && others.length > 0) return refusedPlan(byHand(others.join(' and '), order, hooks));
  if (state !== null && state.kind !== 'file')
    return order.remove === true ? planned([]) : refusedPlan(byHand(path, order, hooks));
  const before = state === null ? null : textOf(state.bytes);
  const bare = before === null ? '' : withoutBlock(before);
  if (order.remove === true) {
    if (state === null || bare === before) return planned([]);
    const after: PlainFile | null = bare === '' ? null : { kind: 'file', bytes: bytesOf(bare), mode: state.mode };
    return planned([{ path, before: state, after, isShared, why: 'the guard is taken out' }]);
  }
  if (!isOpen(bare, hooks)) return refusedPlan(byHand(path, order, hooks));
  const command = isShared ? ['brigade'] : order.command.map(shellQuote);
  const after: PlainFile = {
    kind: 'file',
    bytes: bytesOf(bare + (bare === '' || bare.endsWith('\n') ? '' : '\n') + block(command, hooks, bare)),
    mode: state?.mode ?? 0o644,
  };
  if (sameFile(state, after)) return planned([]);
  return planned([{ path, before: state, after, isShared, why: 'lefthook runs the guard' }]);
}

/** The mark of a file that ended without the end of a line: it is cut off again with the block. */
const ADDED_LINE = '# (with the line before it)\n';

function block(command: readonly string[], hooks: readonly GitHookName[], before: string): string {
  const added = before === '' || before.endsWith('\n') ? '' : ADDED_LINE;
  return asLetters(`${BEGIN}${added}${entries(command, hooks)}${END}`);
}

function entries(command: readonly string[], hooks: readonly GitHookName[]): string {
  return hooks.map((hook) => entry(command, hook)).join('');
}

function entry(command: readonly string[], hook: GitHookName): string {
  const given = hook === 'commit-msg' ? ' {1}' : hook === 'pre-push' ? ' {0}' : '';
  const run = `${command.join(' ')} guard ${guardOf(hook)}${given}`;
  const input = hook === 'pre-push' ? '      use_stdin: true\n' : '';
  return `${hook}:\n  commands:\n    brigade-guard:\n      run: ${yamlQuote(run)}\n${input}`;
}

function withoutBlock(text: string): string {
  const from = text.indexOf(BEGIN);
  const end = from === -1 ? -1 : text.indexOf(END, from);
  if (end === -1) return text;
  const isAdded = text.startsWith(ADDED_LINE, from + BEGIN.length);
  return text.slice(0, isAdded ? from - 1 : from) + text.slice(end + END.length);
}

/** A plain mapping at the top that names none of the hooks: then a block may stand behind it. */
function isOpen(text: string, hooks: readonly GitHookName[]): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  return lines.every((line) => {
    if (/^[\s-]/.test(line) && !/^(---|\.\.\.)/.test(line)) return /^\s/.test(line);
    const [, name] = /^["']?([A-Za-z_][\w-]*)["']?\s*:(?:\s|$)/.exec(line) ?? [];
    return name !== undefined && !hooks.some((hook) => hook === name);
  });
}

function yamlQuote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function byHand(where: string, { command }: GitHookOrder, hooks: readonly GitHookName[]) {
  const lines = entries(command.map(shellQuote), hooks).trimEnd();
  return {
    where,
    message: `${where} has settings of lefthook that are not taken apart here.`,
    next: `Add to it:\n${lines}`,
  };
}
