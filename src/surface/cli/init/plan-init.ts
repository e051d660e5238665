// All that init would change, planned before anything is: one refusal, and nothing is written anywhere.

import { join } from 'node:path';
import type { GitHookPlan } from '../../../app/git/plan-parts.ts';
import { isRejection, type Rejection } from '../../../core/rejection.ts';
import type { Client } from './client.ts';
import { CLIENTS } from './clients/clients.ts';
import { type FilePlan, planPut, planTake, type RecordOf } from './file-plan.ts';
import type { FileWish, InitOrder, Scope, Surroundings } from './file-wish.ts';
import type { Audience, Launch } from './launch.ts';
import { lineFormat } from './merge/line-file.ts';
import { namesBrigade } from './target-file.ts';
import { excludeLine, placesOf, wishOf } from './wishes.ts';

export interface PlannedFile {
  /** Null: the file is git's. */
  readonly client: Client | null;
  readonly audience: Audience;
  readonly plan: FilePlan;
}

export interface InitPlan {
  readonly files: readonly PlannedFile[];
  /** What git is to run; null where nobody asked. */
  readonly git: GitHookPlan | null;
  readonly leftOut: readonly string[];
}

/** What a plan looks at on this machine. */
export interface Looks {
  readonly around: Surroundings;
  readonly launch: Launch;
  /** Git's own folder, which all worktrees share; null without git. */
  readonly gitFolder: string | null;
  readonly recordOf: RecordOf;
  standingOf(path: string): Promise<'kept' | 'ignored' | 'open' | 'none'>;
  gitPlan(remove: boolean): Promise<GitHookPlan | null>;
}

type Planned = InitPlan | readonly Rejection[];

export async function planInit(
  looks: Looks,
  clients: readonly Client[],
  order: InitOrder,
  git: boolean,
): Promise<Planned> {
  const { around, launch } = looks;
  const isKept = async (path: string) => (await looks.standingOf(path)) === 'kept';
  const wishes = await Promise.all(clients.map((client) => wishOf(client, order, launch, around, isKept)));
  const plans: (PlannedFile | Rejection)[] = [];
  for (const { client, files } of wishes) for (const wish of files) plans.push(await put(looks, client, wish));
  const exclude = await excludeWish(
    looks,
    wishes.flatMap(({ files }) => files),
  );
  if (exclude !== null) plans.push(await put(looks, null, exclude));
  return together(
    plans,
    git ? await looks.gitPlan(false) : null,
    wishes.flatMap(({ leftOut }) => leftOut ?? []),
  );
}

/** A file that cannot be read or written keeps nobody from the others; one that does not even name us is none of ours. */
export async function planRemoval(looks: Looks, clients: readonly Client[], scope: Scope): Promise<InitPlan> {
  const files: PlannedFile[] = [];
  const leftOut: string[] = [];
  const take = async (client: Client | null, { path, audience, format }: Place): Promise<void> => {
    const plan = await planTake(path, format, looks.recordOf);
    if (!isRejection(plan)) files.push({ client, audience, plan });
    else if (await namesBrigade(path)) leftOut.push(`${plan.message} ${plan.next}`);
  };
  for (const client of clients) for (const place of placesOf(client, scope, looks.around)) await take(client, place);
  const path = scope === 'project' ? excludePath(looks) : null;
  if (path !== null) await take(null, { path, audience: 'local', format: lineFormat([], linesOf(looks, clients)) });
  return { files, git: await looks.gitPlan(true), leftOut };
}

type Place = Pick<FileWish, 'path' | 'audience' | 'format'>;

function together(
  plans: readonly (PlannedFile | Rejection)[],
  git: GitHookPlan | null,
  leftOut: readonly string[],
): Planned {
  const refused = plans.filter((plan) => isRejection(plan));
  if (refused.length > 0) return refused;
  return { files: plans.filter((plan): plan is PlannedFile => !isRejection(plan)), git, leftOut };
}

async function put(looks: Looks, client: Client | null, wish: FileWish): Promise<PlannedFile | Rejection> {
  const plan = await planPut(wish, looks.recordOf);
  return isRejection(plan) ? plan : { client, audience: wish.audience, plan };
}

/** Files of one person that git would take into a commit. */
async function excludeWish(looks: Looks, files: readonly FileWish[]): Promise<FileWish | null> {
  const path = excludePath(looks);
  if (path === null) return null;
  const open: string[] = [];
  for (const file of files)
    if (file.audience === 'local' && (await looks.standingOf(file.path)) === 'open')
      open.push(excludeLine(file.path, looks.around));
  if (open.length === 0) return null;
  return { path, audience: 'local', format: lineFormat(open, linesOf(looks, CLIENTS)), entries: [], possible: [] };
}

function excludePath({ gitFolder }: Looks): string | null {
  return gitFolder === null ? null : join(gitFolder, 'info', 'exclude');
}

function linesOf({ around }: Looks, clients: readonly Client[]): readonly string[] {
  const local = clients.map((client) => client.hooks.place('project', around, false));
  return local.map(({ path }) => excludeLine(path, around));
}
