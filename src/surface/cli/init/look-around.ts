// What init looks at before it plans: the workspace, the home, git, and what was remembered.

import { homedir } from 'node:os';
import { planGitHooks } from '../../../app/git/hook-plan.ts';
import type { GitHookPlan } from '../../../app/git/plan-parts.ts';
import { setupRejection } from '../../../app/setup-rejection.ts';
import * as compose from '../../../compose.ts';
import type { Context } from '../context.ts';
import { hostOf } from '../open-fleet.ts';
import type { Scope } from './file-wish.ts';
import { launchHere } from './launch.ts';
import type { Looks } from './plan-init.ts';

/** Throws `SetupFault` where a project is asked for and this is none. */
export async function lookAround(context: Context, scope: Scope): Promise<Looks> {
  return looksAt(context, scope, scope === 'user' ? null : await hostOf(context.cli, context.flags));
}

/** The same; where this is no project, files of the user are all that is looked at. */
export async function lookFromHere(
  context: Context,
  scope: Scope,
): Promise<{ readonly looks: Looks; readonly canProject: boolean }> {
  const host = await hostHere(context);
  return { looks: await looksAt(context, scope, host), canProject: host !== null };
}

/** Null in a home folder, say, which is no project. */
export async function hostHere({ cli, flags }: Context): Promise<compose.Host | null> {
  try {
    return await hostOf(cli, flags);
  } catch (error) {
    if (setupRejection(error) === null) throw error;
    return null;
  }
}

async function looksAt({ cli }: Context, scope: Scope, host: compose.Host | null): Promise<Looks> {
  const workspace = host?.workspace ?? null;
  const { records, standingOf } = await compose.initParts(cli.env);
  const root = workspace?.root ?? null;
  const launch = launchHere(process.execPath);
  return {
    around: { root, home: homedir(), env: cli.env, platform: process.platform },
    launch,
    gitFolder: workspace?.repository?.commonDir ?? null,
    recordOf: (path) => records.read(path),
    standingOf: async (path) => (root === null ? 'none' : standingOf(root, path)),
    gitPlan: (remove) => gitPlan(root ?? cli.folder, cli.env, { command: launch.git, remove, user: scope === 'user' }),
  };
}

interface GitOrder {
  readonly command: readonly string[];
  readonly remove: boolean;
  readonly user: boolean;
}

async function gitPlan(folder: string, env: compose.Host['env'], order: GitOrder): Promise<GitHookPlan | null> {
  const facts = await compose.gitHookFacts(folder, env);
  if (facts === null) return null;
  const isOfUser = facts.namedBy === 'user';
  // Hooks of all repositories are the user's, those of this one the project's.
  if (order.remove && isOfUser !== order.user) return null;
  if (order.user && !isOfUser) return { changes: [], notes: [], refused: [OF_A_PROJECT] };
  return planGitHooks(facts, order);
}

const OF_A_PROJECT = {
  where: 'git',
  message: 'Your git takes hooks from each repository, so a guard of git belongs to one repository.',
  next: 'Run brigade init --git in it, without --scope user.',
};
