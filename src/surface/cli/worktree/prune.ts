// `brigade worktree prune`: removes worktrees in which nothing would be lost. Git removes them and refuses what is not clean by
// itself, so whatever comes into one between the look and the removal is not lost either.

import { basename } from 'node:path';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import { counted } from '../../../core/view/count-text.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { hasPerson } from '../authority.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { SeenFleet } from '../open-fleet.ts';
import { confirmed } from '../output/confirm.ts';
import { baseOf, type Repository, repositoryOf, type SeenWorktree, seeWorktrees } from './seen-worktrees.ts';
import { filesText, isDirty } from './worktree-text.ts';

export interface PruneAsked {
  readonly into?: string;
  readonly yes?: boolean;
  readonly ignored?: boolean;
  readonly branches?: boolean;
  readonly dryRun?: boolean;
}

/** Somebody may have made it for an agent that is about to start. */
const YOUNG_MS = 3_600_000;
const IGNORED_NAMED = 5;

interface Removed {
  readonly path: string;
  readonly branch: string | null;
  readonly branchRemoved: boolean;
}

interface Kept {
  readonly path: string;
  readonly why: string;
}

export async function pruneWorktrees(context: Context, names: readonly string[], asked: PruneAsked): Promise<number> {
  const fleet = await context.look();
  const repository = await repositoryOf(context, fleet);
  if (isRejection(repository)) return context.refuse(repository);
  const base = await baseOf(repository, asked.into);
  if (isRejection(base)) return context.refuse(base);
  const worktrees = (await seeWorktrees(fleet, repository, base)).filter(({ isMain }) => !isMain);
  const unknown = names.find((name) => !worktrees.some((each) => isNamed(each, name)));
  if (unknown !== undefined) return context.refuse(noSuch(unknown));
  const meant = names.length === 0 ? worktrees : worktrees.filter((each) => names.some((name) => isNamed(each, name)));
  const judged = meant.map((each) => ({ each, why: whyKept(each, { repository, isChosen: names.length > 0, asked }) }));
  const free = judged.flatMap(({ each, why }) => (why === null ? [each] : []));
  const kept = judged.flatMap(({ each, why }) => (why === null ? [] : [{ path: each.path, why }]));
  if (free.length === 0 || asked.dryRun === true) return tell(context, { removed: [], kept, would: free });
  if (asked.yes !== true) {
    const agreed = await agree(context, free);
    if (isRejection(agreed)) return context.refuse(agreed, free.map(lineOf));
    if (!agreed) return tell(context, { removed: [], kept, would: free });
  }
  const removed: Removed[] = [];
  for (const each of free) {
    const done = await remove(fleet, repository, each, asked.branches === true);
    if ('why' in done) kept.push(done);
    else removed.push(done);
  }
  return tell(context, { removed, kept, would: [] });
}

function isNamed({ path, branch }: SeenWorktree, name: string): boolean {
  return path === name || basename(path) === name || branch === name;
}

interface Conditions {
  readonly repository: Repository;
  readonly isChosen: boolean;
  readonly asked: PruneAsked;
}

/** Why it stays; null where nothing would be lost with it. */
function whyKept(each: SeenWorktree, { repository, isChosen, asked }: Conditions): string | null {
  const { path, locked, sessions, locks, state, ahead, head, branch, isMissing, ageMs } = each;
  if (path === repository.root) return 'you are in it';
  if (locked !== null) return `git keeps it locked${locked === '' ? '' : `: ${oneLine(locked)}`}`;
  if (sessions.length > 0) return `${oneLine(sessions[0]?.agentId ?? 'somebody')} is there`;
  if (locks > 0) return `${counted(locks, 'file')} of it ${locks === 1 ? 'is' : 'are'} locked`;
  if (isDirty(state)) return filesText(each);
  if (head === null || ahead === null) return 'it is not known whether it is merged';
  // What a branch has is not lost with the folder, but somebody is not done with it.
  if (ahead > 0) return `${counted(ahead, 'commit')} not merged${branch === null ? ' and on no branch' : ''}`;
  if (isMissing) return null;
  if (!isChosen && ageMs !== null && ageMs < YOUNG_MS)
    return `it was made ${durationText(ageMs)} ago; name it to remove it`;
  const isSilent = asked.yes === true && asked.ignored !== true;
  if (isSilent && state !== null && state.ignored.length > 0)
    return `it has files that git ignores (${ignoredText(each)}); say --ignored`;
  return null;
}

function ignoredText({ state }: SeenWorktree): string {
  const ignored = state?.ignored ?? [];
  const names = ignored.slice(0, IGNORED_NAMED).map((name) => oneLine(name, 60));
  return ignored.length > names.length
    ? `${names.join(', ')} and ${ignored.length - names.length} more`
    : names.join(', ');
}

async function agree(context: Context, free: readonly SeenWorktree[]): Promise<boolean | Rejection> {
  if (context.json || !hasPerson(context))
    return reject('INVALID_ARGUMENT', {
      message: `${counted(free.length, 'worktree')} would be removed, and nobody can be asked here.`,
      next: 'Say --yes, or look first with --dry-run.',
    });
  context.cli.screen.err(...free.map(lineOf));
  return confirmed(context.cli, `Remove ${free.length === 1 ? 'this worktree' : `these ${free.length} worktrees`}?`);
}

function lineOf(each: SeenWorktree): string {
  const ignored = (each.state?.ignored.length ?? 0) === 0 ? '' : `; with what git ignores: ${ignoredText(each)}`;
  return `  ${oneLine(each.path)} (${oneLine(each.branch ?? each.head?.slice(0, 10) ?? '')})${ignored}`;
}

/** Looks once more whether somebody came, and lets git do it. */
async function remove(
  fleet: SeenFleet,
  { git }: Repository,
  each: SeenWorktree,
  branches: boolean,
): Promise<Removed | Kept> {
  const { path, branch, id } = each;
  const { items } = await fleet.coordinator.view({ kind: 'sessions', limit: 1_000 });
  const here = items.find(({ worktree }) => id !== null && worktree === id);
  if (here !== undefined) return { path, why: `${oneLine(here.agentId)} is there` };
  const { code, err } = await git.ask(['worktree', 'remove', '--', path], { withinMs: 600_000 });
  if (code !== 0) return { path, why: oneLine(err.replace(/^fatal: /, ''), 300) };
  const gone = branches && branch !== null && (await git.ask(['branch', '--delete', '--', branch])).code === 0;
  return { path, branch, branchRemoved: gone };
}

interface Told {
  readonly removed: readonly Removed[];
  readonly kept: readonly Kept[];
  readonly would: readonly SeenWorktree[];
}

function tell(context: Context, { removed, kept, would }: Told): number {
  const document = {
    removed,
    kept,
    would: would.map(({ path, branch, state }) => ({ path, branch, ignored: state?.ignored ?? [] })),
  };
  context.tell(document, ({ paint }) => {
    const nothing = removed.length === 0 && would.length === 0 ? ['Nothing to remove.'] : [];
    const left = kept.map(({ path, why }) => `  ${oneLine(path)}  ${paint.faint(why)}`);
    return [
      ...removed.map(
        ({ path, branch, branchRemoved }) =>
          `${paint.good('Removed')} ${oneLine(path)}${branchRemoved ? ` and its branch ${oneLine(branch ?? '')}` : ''}`,
      ),
      ...(would.length === 0 ? [] : ['Would be removed:', ...would.map(lineOf)]),
      ...nothing,
      ...(left.length === 0 ? [] : [paint.title('Kept:'), ...left]),
    ];
  });
  return EXIT.done;
}

function noSuch(name: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `There is no worktree ${JSON.stringify(name.slice(0, 80))} beside the main one.`,
    next: 'brigade worktree list names them.',
  });
}
