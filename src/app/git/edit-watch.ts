// Looks at the files that are leased, again and again, for changes that their holders did not make.
//
// Files are looked at, not listened to: only what is leased counts, which is little; a look sees what happened where no system
// tells of it (network folders, containers), what stood there before the watch began, and each change once. What changes and
// changes back between two looks shows by its time. How much can be known of who did it: `edit-trace.ts`.

import type { HeldView, LockView } from '../../core/view/views.ts';
import type { FileStamp, FileStamps } from '../../ports/file-stamps.ts';
import type { Git } from '../../ports/git.ts';
import type { EditTrace, Explained } from './edit-trace.ts';
import { type GuardedFleet, heldOf } from './guard.ts';
import { knownFiles, type LeasedFiles, leasedFiles } from './leased-files.ts';
import { keyOfGitPath } from './path-key.ts';
import type { ChangeKind } from './staged-changes.ts';

export interface WatchPorts {
  readonly git: Git;
  readonly stamps: FileStamps;
  readonly fleet: Pick<GuardedFleet, 'view' | 'worktree'>;
  readonly trace: EditTrace;
  readonly wallMs: () => number;
}

/** A change that the holder did not make, as far as can be told. */
export interface SeenEdit {
  readonly path: string;
  readonly change: ChangeKind;
  readonly changedMs: number;
  readonly lease: HeldView;
  /** `told`: by another agent, whose client told of it; `unsure`: the holder's client tells of no edits, and it may have been that. */
  readonly found: Exclude<Explained, { kind: 'holder' | 'seen' }>;
}

/** The hook of a client tells of an edit behind it, by a process of its own. */
const SETTLE_MS = 3_000;
const KNOWN_FOR_MS = 5_000;
/** Activity is recorded a quarter of a TTL late at most; a holder that was active so shortly before may have done it. */
const ACTIVE_MS = 150_000;
const PAGE = 1_000;

interface Pending {
  readonly change: ChangeKind;
  readonly changedMs: number;
  readonly seenMs: number;
}

export class EditWatch {
  readonly #ports: WatchPorts;
  #stamps = new Map<string, FileStamp | null>();
  readonly #pending = new Map<string, Pending>();
  #matched: { readonly of: string; readonly files: LeasedFiles; readonly atMs: number } | null = null;
  isCut = false;

  constructor(ports: WatchPorts) {
    this.#ports = ports;
  }

  /** Changes seen of which nobody can judge yet. */
  get isPending(): boolean {
    return this.#pending.size > 0;
  }

  /** One look at all that is leased. Answers what has settled. */
  async look(): Promise<readonly SeenEdit[]> {
    const { stamps, wallMs } = this.#ports;
    const locks = await this.#locks();
    const { paths, isCut } = await this.#files(locks);
    this.isCut = isCut;
    const nowMs = wallMs();
    const sinceMs = Math.min(...locks.map(({ heldForMs }) => nowMs - (heldForMs ?? 0)), nowMs);
    const now = await stamps.of(paths);
    const next = new Map<string, FileStamp | null>();
    paths.forEach((path, index) => {
      const stamp = now[index] ?? null;
      next.set(path, stamp);
      const pending = this.#changeOf(path, stamp, { nowMs, sinceMs });
      if (pending !== null) this.#pending.set(path, pending);
    });
    this.#stamps = next;
    return this.#settled(nowMs);
  }

  #changeOf(
    path: string,
    stamp: FileStamp | null,
    { nowMs, sinceMs }: { readonly nowMs: number; readonly sinceMs: number },
  ): Pending | null {
    const before = this.#stamps.get(path);
    // Leased since the last look: only its own time tells whether it has changed since.
    if (before === undefined)
      return stamp !== null && stamp.changedMs > sinceMs
        ? { change: 'changed', changedMs: stamp.changedMs, seenMs: nowMs }
        : null;
    if (stamp === null) return before === null ? null : { change: 'removed', changedMs: nowMs, seenMs: nowMs };
    const isSame = before?.changedMs === stamp.changedMs && before.size === stamp.size && before.inode === stamp.inode;
    if (isSame) return null;
    // A file that was moved there brings its own, older time along.
    const changedMs = stamp.changedMs > (before?.changedMs ?? 0) ? Math.min(stamp.changedMs, nowMs) : nowMs;
    return { change: before === null ? 'added' : 'changed', changedMs, seenMs: nowMs };
  }

  async #settled(nowMs: number): Promise<readonly SeenEdit[]> {
    const due = [...this.#pending].filter(
      ([, { changedMs, seenMs }]) => nowMs - Math.min(changedMs, seenMs) >= SETTLE_MS,
    );
    if (due.length === 0) return [];
    for (const [path] of due) this.#pending.delete(path);
    const { fleet } = this.#ports;
    const keys = due.map(([path]) => keyOfGitPath(path, fleet.worktree));
    const held = Map.groupBy(await heldOf(fleet, keys), ({ asked }) => asked);
    return due.flatMap(
      ([path, pending], index) => this.#judge(path, pending, held.get(keys[index] as string) ?? []) ?? [],
    );
  }

  /** Nothing where one of the holders did it, or where it was told already. */
  #judge(path: string, { change, changedMs }: Pending, held: readonly HeldView[]): SeenEdit | null {
    const { trace, wallMs } = this.#ports;
    const then = held.filter(({ alive, heldSince }) => alive !== 'gone' && Date.parse(heldSince) <= changedMs);
    let first: Pick<SeenEdit, 'lease' | 'found'> | null = null;
    for (const lease of then) {
      const found = trace.explain(path, changedMs, lease);
      if (found.kind === 'holder' || found.kind === 'seen') return null;
      first ??= { lease, found };
    }
    if (first === null) return null;
    const { lease, found } = first;
    const lastActiveMs = wallMs() - lease.idleForMs;
    if (found.kind === 'unsure' && lastActiveMs > changedMs - ACTIVE_MS) return null;
    return { path, change, changedMs, lease, found };
  }

  async #locks(): Promise<readonly LockView[]> {
    const { fleet } = this.#ports;
    const locks: LockView[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = { kind: 'locks', resource: `file:@${fleet.worktree}/`, cursor, limit: PAGE } as const;
      const page: { readonly items: readonly LockView[]; readonly cursor: string | null } = await fleet.view(query);
      locks.push(...page.items.filter(({ holder }) => holder !== null));
      ({ cursor } = page);
    }
    return locks;
  }

  /** The same leases and the same files are not matched again. */
  async #files(locks: readonly LockView[]): Promise<LeasedFiles> {
    const { fleet, git, wallMs } = this.#ports;
    const leases = locks.map(({ resource }) => resource);
    const isFresh = this.#matched !== null && wallMs() - this.#matched.atMs <= KNOWN_FOR_MS;
    const of = leases.toSorted().join('\n');
    if (isFresh && this.#matched?.of === of) return this.#matched.files;
    const files = await leasedFiles(leases, fleet.worktree, () => knownFiles(git));
    this.#matched = { of, files, atMs: wallMs() };
    return files;
  }
}
