// The guard in a script that git shares: a block behind its first line, between two marks. What is cut out is what was put in.

import type { FoundFile, GitHookName } from '../../ports/git-hooks.ts';
import { findBlock, guardOf, sharedBlock } from './hook-scripts.ts';
import {
  bytesOf,
  type GitHookOrder,
  type GitHookPlan,
  type PlainFile,
  planned,
  refusedPlan,
  sameFile,
  textOf,
} from './plan-parts.ts';

const FIRST_LINE = '#!/bin/sh\n';

/** Puts the block into the script, or takes it out. */
export function planShared(found: FoundFile, hook: GitHookName, order: GitHookOrder): GitHookPlan {
  const { state, path, isShared } = found;
  if (state !== null && state.kind !== 'file')
    return order.remove === true ? planned([]) : refusedPlan(byHand(found, hook));
  const before = state === null ? null : textOf(state.bytes);
  const bare = before === null ? null : withoutBlock(before);
  if (order.remove === true) {
    if (state === null || bare === before) return planned([]);
    return planned([{ path, before: state, after: fileOr(bare, state), isShared, why: 'the guard is taken out' }]);
  }
  if (bare !== null && !isShell(bare)) return refusedPlan(byHand(found, hook));
  const after: PlainFile = { kind: 'file', bytes: bytesOf(withBlock(bare, hook)), mode: state?.mode ?? 0o755 };
  if (sameFile(state, after)) return planned([]);
  return planned([{ path, before: state, after, isShared, why: `the guard runs at ${hook}, for whoever has Brigade` }]);
}

function withBlock(text: string | null, hook: GitHookName): string {
  if (text === null) return `${FIRST_LINE}${sharedBlock(hook, true)}\n`;
  const block = sharedBlock(hook, false);
  if (!text.startsWith('#!')) return `${block}\n${text}`;
  const end = text.indexOf('\n');
  // Without a line's end behind it the block has none either, which tells whoever cuts it out.
  return end === -1 ? `${text}\n${block}` : `${text.slice(0, end + 1)}${block}\n${text.slice(end + 1)}`;
}

/** Null where the file came with the block, and nothing else has come into it since. */
function withoutBlock(text: string): string | null {
  const block = findBlock(text);
  if (block === null) return text;
  const isLast = block.to === text.length;
  const from = isLast && block.from > 0 ? block.from - 1 : block.from;
  const rest = text.slice(0, from) + text.slice(isLast ? block.to : block.to + 1);
  return block.isOwnFile && rest === FIRST_LINE ? null : rest;
}

function fileOr(text: string | null, { mode }: PlainFile): PlainFile | null {
  return text === null ? null : { kind: 'file', bytes: bytesOf(text), mode };
}

/** Husky runs its scripts with sh, whatever their first line says or without one. */
function isShell(text: string): boolean {
  const [first = ''] = text.split('\n', 1);
  return !first.startsWith('#!') || /[/ ](?:sh|bash|dash|zsh|ksh)\b/.test(first);
}

function byHand({ path }: FoundFile, hook: GitHookName) {
  return {
    where: path,
    message: `${path} is shared through git and is no shell script.`,
    next: `Let it run \`brigade guard ${guardOf(hook)}\` with its own arguments and input, and end with its exit code where that is not 0.`,
  };
}
