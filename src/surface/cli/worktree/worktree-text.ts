// Worktrees as a table, and for programs.

import { counted } from '../../../core/view/count-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import type { Look } from '../output/screen.ts';
import { type Column, tableLines } from '../output/table.ts';
import type { SeenWorktree } from './seen-worktrees.ts';

export function worktreeLines(
  worktrees: readonly SeenWorktree[],
  { here, look }: { readonly here: string; readonly look: Look },
): readonly string[] {
  const { paint, width } = look;
  const columns: readonly Column<SeenWorktree>[] = [
    {
      title: 'WORKTREE',
      text: ({ path }) => `${path === here ? '* ' : '  '}${oneLine(path)}`,
      cut: 'middle',
      least: 26,
      paint: paint.strong,
    },
    { title: 'BRANCH', text: branchText, cut: 'middle' },
    {
      title: 'AGENTS',
      text: ({ sessions }) => [...new Set(sessions.map(({ agentId }) => oneLine(agentId)))].join(', '),
      cut: 'end',
    },
    { title: 'LOCKS', text: ({ locks }) => (locks === 0 ? '' : String(locks)), align: 'right' },
    { title: 'FILES', text: filesText, paint: (text, { state }) => (isDirty(state) ? paint.warn(text) : text) },
    {
      title: 'COMMITS',
      text: (each) => commitsText(each),
      paint: (text, { ahead }) => (ahead === 0 ? paint.faint(text) : text),
    },
  ];
  return tableLines(columns, worktrees, { width, title: paint.title });
}

function branchText({ branch, head, isBare }: SeenWorktree): string {
  if (isBare) return '(bare)';
  if (branch !== null) return oneLine(branch);
  return head === null ? '(no commit)' : `(${head.slice(0, 10)})`;
}

export function filesText({ state, isMissing, isBare }: SeenWorktree): string {
  if (isMissing) return 'gone';
  if (state === null || isBare) return '';
  const parts = [
    ...(state.changed === 0 ? [] : [`${state.changed} changed`]),
    ...(state.untracked === 0 ? [] : [`${state.untracked} untracked`]),
    ...(state.underWay ? ['a rebase, merge or the like under way'] : []),
  ];
  return parts.length === 0 ? 'clean' : parts.join(', ');
}

function commitsText({ ahead, isMain, isBare, locked }: SeenWorktree): string {
  const kept = locked === null ? '' : ', locked';
  if (isMain || isBare) return `main${kept}`;
  if (ahead === null) return `not known${kept}`;
  return ahead === 0 ? `merged or empty${kept}` : `${counted(ahead, 'commit')} not merged${kept}`;
}

export function isDirty(state: SeenWorktree['state']): boolean {
  return state !== null && (state.changed > 0 || state.untracked > 0 || state.underWay);
}

export function spokenWorktree(each: SeenWorktree, here: string) {
  const { path, branch, head, isMain, isBare, isMissing, locked, id, sessions, locks, state, ahead, ageMs } = each;
  return {
    path,
    isHere: path === here,
    branch,
    head,
    isMain,
    isBare,
    isMissing,
    locked,
    worktree: id,
    agents: sessions.map(({ agentId, sessionId, client, idleForMs }) => ({ agentId, sessionId, client, idleForMs })),
    locks,
    changed: state?.changed ?? null,
    untracked: state?.untracked ?? null,
    ignored: state?.ignored ?? [],
    underWay: state?.underWay ?? null,
    ahead,
    merged: ahead === null ? null : ahead === 0,
    ageMs,
  };
}
