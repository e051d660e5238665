// Commits that no guard let pass: made with `--no-verify`, by a client of git that runs no hooks, or by commands of git for which it
// runs none (rebase, cherry-pick). They are found afterwards, in git's own record of how HEAD moved in this worktree, and
// what they changed of others' is told in the log.
//
//   a guard passes ──> notes what may be committed on top of what
//   HEAD moved     ──> a move that made a commit, and that no such note explains, is looked at once
//
// What moved HEAD without making a commit here (checkout, pull, reset) is nobody's commit. Git's record is by the second, so a
// lease that was granted or that ended in the same second counts as held, and one that did both is not found. Where git keeps no
// record (core.logAllRefUpdates), nothing is found.

import { isRejection, type Rejection } from '../../core/rejection.ts';
import type { PastMoment, PastView } from '../../core/view/past.ts';
import type { HeldView } from '../../core/view/views.ts';
import type { Git } from '../../ports/git.ts';
import type { GuardNotes, HeadMove, Pass } from '../../ports/guard-notes.ts';
import type { Committer } from './committer.ts';
import { type GuardedFleet, heldOf, hooksPolicyOf } from './guard.ts';
import { type HeldChange, judgeChanges } from './judge-changes.ts';
import { type NoteEdits, noteHeld } from './note-held.ts';
import { keyOfGitPath } from './path-key.ts';
import { type Change, changesBetween } from './staged-changes.ts';

export interface AuditPorts {
  readonly git: Git;
  readonly notes: GuardNotes;
  readonly fleet: GuardedFleet & {
    readonly viewAt: (
      query: { readonly kind: 'held'; readonly resources: readonly string[] },
      moment: PastMoment,
    ) => Promise<PastView<{ kind: 'held'; resources: readonly string[] }> | Rejection>;
    readonly note: NoteEdits;
  };
  readonly wallMs: () => number;
}

/** A commit that changed what others held. */
export interface AuditedCommit {
  readonly commit: string;
  readonly who: string;
  readonly atSeconds: number;
  readonly what: string;
  readonly held: readonly HeldChange[];
}

/** Moves looked at in one go; the rest waits for the next guard. */
const MOVES_AT_ONCE = 50;

/**
 * Looks at what was committed since it was looked at last, and notes it in the log. `newest`: who made the newest commit, where
 * that is known.
 */
export async function auditCommits(
  ports: AuditPorts,
  newest: Committer | null = null,
): Promise<readonly AuditedCommit[]> {
  return (await ports.notes.alone(() => auditAlone(ports, newest))) ?? [];
}

async function auditAlone(ports: AuditPorts, newest: Committer | null): Promise<readonly AuditedCommit[]> {
  const { notes } = ports;
  const moves = await notes.moves();
  const seen = await notes.seen();
  const last = moves.at(-1);
  if (last === undefined) return [];
  const found: AuditedCommit[] = [];
  const passes = await notes.passes();
  for (const move of unseen(moves, seen, newest !== null)) {
    const audited = await auditMove(ports, move, { passes, by: move === last ? newest : null });
    await notes.keepSeen(move);
    if (audited !== null) found.push(audited);
  }
  if (seen === null) await notes.keepSeen(last);
  return found;
}

/** What came before the first guard is not its to judge; save the very commit behind which it runs. */
function unseen(moves: readonly HeadMove[], seen: HeadMove | null, isBehindCommit: boolean): readonly HeadMove[] {
  if (seen !== null) return movesAfter(moves, seen).slice(0, MOVES_AT_ONCE);
  return isBehindCommit ? moves.slice(-1) : [];
}

/** Git forgets moves after some months, so the last one that was seen may be gone. */
function movesAfter(moves: readonly HeadMove[], seen: HeadMove): readonly HeadMove[] {
  const index = moves.findLastIndex((move) => isSameMove(move, seen));
  return index === -1 ? moves.filter(({ atSeconds }) => atSeconds > seen.atSeconds) : moves.slice(index + 1);
}

function isSameMove(a: HeadMove, b: HeadMove): boolean {
  return a.from === b.from && a.to === b.to && a.atSeconds === b.atSeconds;
}

interface Known {
  readonly passes: readonly Pass[];
  readonly by: Committer | null;
}

async function auditMove(ports: AuditPorts, move: HeadMove, { passes, by }: Known): Promise<AuditedCommit | null> {
  if (!madeCommit(move)) return null;
  const changes = await changesOrNone(ports.git, move);
  if (changes.length === 0 || passes.some((pass) => explains(pass, move, changes))) return null;
  const { fleet } = ports;
  const keyed = changes.map((change) => ({ change, key: keyOfGitPath(change.path, fleet.worktree) }));
  const held = await heldThen(
    ports,
    move,
    keyed.map(({ key }) => key),
  );
  const committer = by ?? { kind: 'person' };
  const judged = judgeChanges({ committer, changes: keyed, held, policy: await hooksPolicyOf(fleet) });
  if (judged.held.length === 0) return null;
  const { to, who, atSeconds, what } = move;
  const tool = `git commit ${to.slice(0, 10)} (${nameIn(who)})`;
  await noteHeld(fleet, judged.held, { tool, committer: by });
  return { commit: to, who, atSeconds, what, held: judged.held };
}

/** Of `NAME <ADDRESS>`. */
function nameIn(who: string): string {
  return who.replace(/<.*/, '').trimEnd();
}

/** `commit (amend): ...`, `cherry-pick: ...`, `rebase (pick): ...`, `merge side: Merge made by ...`. */
function madeCommit({ what }: Pick<HeadMove, 'what'>): boolean {
  if (/^(commit|cherry-pick|revert|am)\b/.test(what)) return true;
  if (/^(rebase|pull)\b[^:]*\((pick|reword|edit|squash|fixup|continue|merge)\)/.test(what)) return true;
  return /^(merge|pull)\b.*: Merge made by/.test(what);
}

/** What it changed is part of what a guard saw. Hooks behind the guard may have changed the same files further. */
function explains({ head, paths }: Pass, { from }: HeadMove, changes: readonly Change[]): boolean {
  if (head !== from) return false;
  const passed = new Set(paths);
  return changes.every(({ path }) => passed.has(path));
}

/** Of a commit that is gone again (pruned, a shallow clone) nothing can be said. */
async function changesOrNone(git: Git, { from, to }: HeadMove): Promise<readonly Change[]> {
  try {
    return await changesBetween(git, from, to);
  } catch {
    return [];
  }
}

/** By whoever held something in any part of that second, as far as its beginning and its end show. */
async function heldThen(
  { fleet, wallMs }: AuditPorts,
  { atSeconds }: HeadMove,
  keys: readonly string[],
): Promise<readonly HeldView[]> {
  const beginMs = atSeconds * 1_000;
  const endMs = beginMs + 999;
  const held = await heldAt(fleet, keys, beginMs);
  held.push(...(endMs < wallMs() ? await heldAt(fleet, keys, endMs) : await heldOf(fleet, keys)));
  return [...new Map(held.map((each) => [`${each.asked} ${each.token}`, each])).values()];
}

async function heldAt({ viewAt }: AuditPorts['fleet'], keys: readonly string[], atMs: number): Promise<HeldView[]> {
  const held: HeldView[] = [];
  for (let from = 0; from < keys.length; from += 1_000) {
    const resources = keys.slice(from, from + 1_000);
    const past = await viewAt({ kind: 'held', resources }, { wallAt: new Date(atMs).toISOString() });
    // What lies before the log that is kept, nobody can tell any more.
    if (!isRejection(past)) held.push(...past.view);
  }
  return held;
}
