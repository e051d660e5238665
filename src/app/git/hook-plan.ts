// What `brigade init --git` changes in a repository so that git runs the guard, and what takes it out again. Nothing is replaced:
// whatever ran before runs still, after the guard, with its own arguments, input and exit code.
//
//   a hook of this clone alone   a script of ours stands in its place and runs it; it is kept beside, as it was
//   a hook that git shares       a block at the top of the script, which names no path of this machine
//   husky                        the same block in `.husky/`, where people write what husky runs
//   lefthook                     `lefthook-local.yml`, which lefthook reads besides its own file
//
// Pure: it is told what is there and answers what to write. The same order twice changes nothing the second time.

import {
  type FileChange,
  type FoundFile,
  GIT_HOOKS,
  type GitHookFacts,
  type GitHookName,
  KEPT_SUFFIX,
} from '../../ports/git-hooks.ts';
import { hookmanagerNote } from './hook-managers.ts';
import { isOwnScript, ownScript } from './hook-scripts.ts';
import { planLefthook } from './lefthook-plan.ts';
import {
  type GitHookOrder,
  type GitHookPlan,
  type PlainFile,
  planned,
  type Refused,
  refusedPlan,
  sameFile,
  textOf,
} from './plan-parts.ts';
import { planShared } from './shared-hook-plan.ts';

export function planGitHooks(facts: GitHookFacts, order: GitHookOrder): GitHookPlan {
  const refused = order.remove === true ? null : refusalOf(facts, order);
  if (refused !== null) return { changes: [], notes: [], refused: [refused] };
  const parts = (order.hooks ?? GIT_HOOKS).map((hook) => planHook(facts, order, hook));
  if (facts.lefthook !== null) parts.push(planLefthook(facts.lefthook, order, order.hooks ?? GIT_HOOKS));
  const changes = parts.flatMap((part) => part.changes);
  const note = order.remove === true || changes.length === 0 ? null : hookmanagerNote(facts.manager);
  return {
    changes,
    notes: [...parts.flatMap((part) => part.notes), ...(note === null ? [] : [note])],
    refused: parts.flatMap((part) => part.refused),
  };
}

function refusalOf({ folder, namedBy }: GitHookFacts, { user }: GitHookOrder): Refused | null {
  if (namedBy !== 'user' || user === true) return null;
  return {
    where: folder,
    message: `Git takes the hooks of this repository from ${folder}, which your own settings name for all repositories (core.hooksPath).`,
    next: 'Say --scope user to put the guard there (it does nothing in a repository without a fleet), or give this repository hooks of its own: git config core.hooksPath .git/hooks.',
  };
}

function planHook(facts: GitHookFacts, order: GitHookOrder, hook: GitHookName): GitHookPlan {
  const { hook: found, kept } = facts.hooks[hook];
  const ours = ownScriptIn(found);
  if (order.remove === true) {
    const own = ours === null ? planned([]) : takeOut(ours, found, kept);
    const shared = planShared(facts.husky?.[hook] ?? found, hook, order);
    return ours !== null && facts.husky === null ? own : joined(own, shared);
  }
  if (facts.lefthook !== null) return planned([]);
  if (facts.husky !== null) return planShared(facts.husky[hook], hook, order);
  if (found.isShared && ours === null) return planShared(found, hook, order);
  return ours === null ? putBefore(found, kept, hook, order) : renew(ours, found, hook, order);
}

function joined(a: GitHookPlan, b: GitHookPlan): GitHookPlan {
  return {
    changes: [...a.changes, ...b.changes],
    notes: [...a.notes, ...b.notes],
    refused: [...a.refused, ...b.refused],
  };
}

function ownScriptIn({ state }: FoundFile): PlainFile | null {
  return state?.kind === 'file' && isOwnScript(textOf(state.bytes)) ? state : null;
}

/** A script of ours in the place of the hook; what stood there is kept beside it under another name. */
function putBefore(found: FoundFile, kept: FoundFile, hook: GitHookName, order: GitHookOrder): GitHookPlan {
  const { state } = found;
  if (state?.kind === 'other') return refusedPlan(inTheWay(found));
  const script: FileChange = {
    path: found.path,
    before: state,
    after: scriptFile(hook, order),
    isShared: found.isShared,
    why:
      state === null ? `git runs the guard at ${hook}` : `git runs the guard at ${hook}, then the hook that was here`,
  };
  if (state === null && kept.state === null) return planned([script]);
  if (kept.state !== null) {
    if (state === null) return refusedPlan(leftBehind(kept, hook));
    return refusedPlan(twoKept(found, kept));
  }
  const keep: FileChange = {
    path: kept.path,
    before: null,
    after: state,
    isShared: kept.isShared,
    why: `the hook that was here, as it was`,
  };
  return planned([keep, script]);
}

/** The same script, told anew where Brigade is. */
function renew(before: PlainFile, { path, isShared }: FoundFile, hook: GitHookName, order: GitHookOrder): GitHookPlan {
  const after = scriptFile(hook, order);
  if (sameFile(before, after)) return planned([]);
  return planned([{ path, before, after, isShared, why: `the guard at ${hook} is started as it is now` }]);
}

function takeOut(before: PlainFile, found: FoundFile, kept: FoundFile): GitHookPlan {
  if (kept.state?.kind === 'other') return refusedPlan(inTheWay(kept));
  const back: FileChange = {
    path: found.path,
    before,
    after: kept.state,
    isShared: found.isShared,
    why: kept.state === null ? 'the guard is taken out' : 'the hook that was here is put back',
  };
  if (kept.state === null) return planned([back]);
  const gone: FileChange = {
    path: kept.path,
    before: kept.state,
    after: null,
    isShared: kept.isShared,
    why: 'it is in its own place again',
  };
  return planned([back, gone]);
}

function scriptFile(hook: GitHookName, { command }: GitHookOrder): PlainFile {
  return { kind: 'file', bytes: Buffer.from(ownScript(hook, command)), mode: 0o755 };
}

function inTheWay({ path }: FoundFile): Refused {
  return {
    where: path,
    message: `${path} is neither a file nor a link.`,
    next: 'Move it away and run this again.',
  };
}

function leftBehind({ path }: FoundFile, hook: GitHookName): Refused {
  return {
    where: path,
    message: `A hook was kept at ${path}, and nothing stands in its place any more.`,
    next: `Rename it to ${hook} if it is wanted, or remove it; then run this again.`,
  };
}

function twoKept(found: FoundFile, kept: FoundFile): Refused {
  return {
    where: found.path,
    message: `Something wrote ${found.path} over the guard, and the hook from before the guard is still kept at ${kept.path}.`,
    next: `Look at both; remove ${kept.path} if the newer one has everything (a file name that ends in ${KEPT_SUFFIX} is only run by the guard's script), and run this again.`,
  };
}
