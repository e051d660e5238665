// What a person is asked who says only `brigade init`: which clients, for whom, and how much. Nothing is written here; what was
// chosen is shown as a change of files and asked about once more.

import { confirm, intro, isCancel, multiselect, select } from '@clack/prompts';
import type { Client } from './client.ts';
import type { Detected } from './detect.ts';
import type { Scope } from './file-wish.ts';

export interface Chosen {
  readonly clients: readonly Client[];
  readonly scope: Scope;
  readonly hooks: boolean;
  readonly git: boolean;
}

export interface Choices {
  readonly detected: readonly Detected[];
  /** Whether there is a repository. */
  readonly canProject: boolean;
  readonly canHooks: boolean;
  readonly canGit: boolean;
}

/** Null: they left. */
export async function askPerson({ detected, canProject, canHooks, canGit }: Choices): Promise<Chosen | null> {
  intro('Brigade in your clients');
  const clients = await multiselect<Client>({
    message: 'Which clients work here?',
    options: detected.map(({ client, by }) => ({
      value: client,
      label: client.title,
      hint: by === null ? 'not found here' : `found ${by}`,
    })),
    initialValues: detected.flatMap(({ client, by }) => (by === null ? [] : [client])),
    required: true,
  });
  if (isCancel(clients)) return null;
  const scope = canProject ? await askScope() : ('user' as const);
  if (isCancel(scope)) return null;
  const hooks = canHooks ? await confirm({ message: HOOKS }) : false;
  if (isCancel(hooks)) return null;
  const git = canGit && scope === 'project' ? await confirm({ message: GIT }) : false;
  return isCancel(git) ? null : { clients, scope, hooks, git };
}

const HOOKS = 'Edit hooks, so that an agent cannot edit what another one holds?';
const GIT = 'A guard in git, so that nobody commits what another one holds?';

function askScope() {
  return select<Scope>({
    message: 'Where?',
    options: [
      { value: 'project', label: 'In this repository', hint: 'others who clone it have the server too' },
      { value: 'user', label: 'For me, in all my folders', hint: 'no file of the repository changes' },
    ],
  });
}
