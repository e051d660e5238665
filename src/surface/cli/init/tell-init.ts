// What became of it: one document for a program, and what to do next for a person.

import type { Context } from '../context.ts';
import type { Client } from './client.ts';
import { isChange } from './file-plan.ts';
import type { InitOrder, Surroundings } from './file-wish.ts';
import { isFromSources } from './launch.ts';
import type { InitPlan, PlannedFile } from './plan-init.ts';
import { diffOf, shownPath } from './show-plan.ts';

export type Done = 'nothing' | 'dry run' | 'written';

const WORDS: Readonly<Record<Done, string>> = {
  nothing: 'Nothing to do.',
  'dry run': 'Nothing was written.',
  written: 'Done.',
};

export interface Told {
  readonly plan: InitPlan;
  readonly done: Done;
  readonly remarks: readonly string[];
}

export function tellInit(context: Context, { plan, done, remarks }: Told): void {
  const { files, git, leftOut } = plan;
  const document = {
    done,
    files: files.map((file) => fileDocument(file)),
    git:
      git === null
        ? null
        : { files: git.changes.map(({ path, why, isShared }) => ({ path, why, isShared })), refused: git.refused },
    leftOut,
    remarks,
  };
  context.tell(document, ({ paint }) => [
    done === 'written' ? paint.good(WORDS[done]) : WORDS[done],
    ...remarks.map((remark) => `  ${remark}`),
  ]);
}

function fileDocument({ client, audience, plan }: PlannedFile): object {
  const { path, realPath, found } = plan.target;
  const change = !isChange(plan) ? 'none' : plan.after === null ? 'remove' : found === null ? 'create' : 'change';
  return { client: client?.name ?? 'git', path, realPath, audience, change, diff: diffOf(plan) };
}

/** What is left to do, client by client, and what a person should know of what was written. */
export function remarksOn(clients: readonly Client[], order: InitOrder, { files, git }: InitPlan): readonly string[] {
  const isShared =
    order.http === null && files.some(({ audience, client }) => audience === 'shared' && client !== null);
  return [
    ...(isShared && isFromSources() ? [UNPUBLISHED] : []),
    ...clients.flatMap((client) => client.remarks(order)),
    ...(order.hooks ? hookRemarks(clients, order) : []),
    ...(git?.notes ?? []),
    'Start the clients anew; brigade agents shows who has come.',
  ];
}

const UNPUBLISHED =
  'What goes through git lets npx fetch Brigade from npm, and this one runs from its sources: until it is published, --scope user works.';

function hookRemarks(clients: readonly Client[], { http, scope }: InitOrder): readonly string[] {
  const byProgram = clients.filter(({ hooks }) => http === null || !hooks.speaksHttp);
  const inAll =
    scope === 'user'
      ? [
          'Hooks do something only where there is a fleet: a repository that init is run in has one, elsewhere any lock begins one.',
        ]
      : [];
  if (http === null || byProgram.length === 0) return inAll;
  return [
    `Hooks of ${byProgram.map(({ title }) => title).join(', ')} speak no HTTP: they start a program, which asks the fleet that this machine has.`,
    ...inAll,
  ];
}

export function removalRemarks({ files }: InitPlan, around: Surroundings, isElsewhere: boolean): readonly string[] {
  const changed = files.filter(({ plan }) => isChange(plan));
  const names = (those: readonly PlannedFile[]) =>
    those.map(({ plan }) => shownPath(plan.target.path, around)).join(', ');
  const restored = changed.filter(({ plan }) => plan.isRestored === true);
  const unknown = changed.filter(({ plan }) => plan.isRestored === null);
  return [
    ...(restored.length > 0 ? [`As before init, to the byte: ${names(restored)}.`] : []),
    ...(unknown.length > 0 ? [`Ours is out; what it was like before was not kept here: ${names(unknown)}.`] : []),
    ...(isElsewhere ? [around.root === null ? HERE_TOO : EVERYWHERE_TOO] : []),
  ];
}

const EVERYWHERE_TOO =
  'Files of yours for all folders have entries of Brigade too: brigade init --remove --scope user.';
const HERE_TOO = 'This repository has entries of Brigade too: brigade init --remove.';
