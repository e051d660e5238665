// What programs that write hooks themselves do to a guard, said once it is there.

import type { HookManager } from '../../ports/git-hooks.ts';

const NOTES: Readonly<Record<HookManager, string>> = {
  'simple-git-hooks':
    'simple-git-hooks writes its hooks anew whenever it is run, and the guard goes with them: run brigade init --git again afterwards.',
  'pre-commit': 'pre-commit keeps the guard in its chain if it is installed again.',
  lefthook: 'Run lefthook install, so that git has all the hooks that lefthook-local.yml names.',
  husky:
    'What stands in .husky is shared: the guard there does nothing where Brigade is not installed (npm install --save-dev brigade, or globally).',
};

/** Null where there is nothing to say. */
export function hookmanagerNote(manager: HookManager | null): string | null {
  return manager === null ? null : NOTES[manager];
}
