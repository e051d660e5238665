// Does what was planned. What is to be remembered of a file is kept before it is written, so that whatever ends this process on
// the way, the next one can still undo it.

import { existsSync } from 'node:fs';
import { readdir, rmdir } from 'node:fs/promises';
import { applyFileChanges } from '../../../compose.ts';
import type { FileChange } from '../../../ports/git-hooks.ts';
import type { InitRecords } from '../../../ports/init-records.ts';
import { type FilePlan, isChange } from './file-plan.ts';
import type { InitPlan, PlannedFile } from './plan-init.ts';
import { bytesFor, modeFor } from './target-file.ts';

export async function applyPlan({ files, git }: InitPlan, records: InitRecords): Promise<void> {
  const changed = files.filter(({ plan }) => isChange(plan));
  for (const { plan } of changed) if (plan.record !== null) await records.keep(plan.target.realPath, plan.record);
  await applyFileChanges([...changed.map(changeOf), ...(git?.changes ?? [])]);
  for (const { plan } of files) if (plan.record === null) await records.forget(plan.target.realPath);
  for (const { plan } of changed) await leaveFolders(plan);
}

function changeOf({ audience, plan: { target, after } }: PlannedFile): FileChange {
  const { found, realPath } = target;
  const mode = modeFor(target);
  return {
    path: realPath,
    before: found === null ? null : { kind: 'file', bytes: found.bytes, mode },
    after: after === null ? null : { kind: 'file', bytes: bytesFor(target, after), mode },
    isShared: audience === 'shared',
    why: after === null ? 'nothing else was in it' : 'entries of Brigade',
  };
}

/** Folders that init made, while they are empty. Two files may have had one in common. */
async function leaveFolders({ leaves }: FilePlan): Promise<void> {
  for (const folder of leaves) {
    if (!existsSync(folder)) continue;
    if ((await readdir(folder)).length > 0) return;
    await rmdir(folder);
  }
}
