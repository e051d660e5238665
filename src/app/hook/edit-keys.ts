// From what a tool is about to change to the keys that are leased for it.
//
//   in a worktree of the fleet      the key of the path in that worktree, wherever the session works
//   in `.brigade/`                  refused: what is there is Brigade's alone
//   elsewhere                       left alone: it is none of our business
//
// A path is taken as the file system knows it, never as a pattern. Links are followed, so a link is what it leads to.

import { isRejection, type Rejection } from '../../core/rejection.ts';
import { keyOfPath } from '../../core/resource/canonical-name.ts';
import type { ResourceKey } from '../../core/resource/resource-key.ts';
import type { PathProber } from '../../ports/path-prober.ts';
import { canonicalResource } from '../resource/canonical-resource.ts';
import { follow, kindOf, namesOf, type RealPath } from '../resource/real-path.ts';
import type { Worktree } from '../seat/occupant.ts';
import type { EditTarget } from './hook-call.ts';
import type { HookPorts } from './hook-ports.ts';
import { type ShellWrite, writtenByShell } from './shell/written-by-shell.ts';

export interface EditKeys {
  readonly keys: readonly ResourceKey[];
  /** The first path that nobody may edit. */
  readonly forbidden: string | null;
}

export interface EditPlace {
  /** Absolute; relative paths begin there. */
  readonly folder: string;
  /** Of the session: also of a repository within it that has no fleet of its own here. */
  readonly worktree: Worktree;
  readonly scope: 'file' | 'repo';
}

/** What of the outside it takes to tell paths apart. */
interface EditPorts extends Pick<HookPorts, 'fleetFolder'> {
  readonly seat: Pick<HookPorts['seat'], 'prober' | 'worktreeAt'>;
}

/** The keys, each once, in the order of the targets; or why a path cannot be told. */
export async function editKeysOf(
  targets: readonly EditTarget[],
  place: EditPlace,
  ports: EditPorts,
): Promise<EditKeys | Rejection> {
  const { prober } = ports.seat;
  const keys = new Set<ResourceKey>();
  const worktrees = new Map<string, Promise<Worktree | null>>();
  for (const written of writesOf(targets, place.folder)) {
    const real = await realPathOf(written, prober);
    if (real === null) continue;
    if (isWithin(real.path, slashed(prober, ports.fleetFolder))) return { keys: [], forbidden: real.path };
    const known = worktrees.get(real.folder) ?? worktreeOf(real.folder, place, ports);
    worktrees.set(real.folder, known);
    const worktree = await known;
    if (worktree === null) continue;
    const root = slashed(prober, worktree.root);
    if (isWithin(real.path, `${root}/.brigade`)) return { keys: [], forbidden: real.path };
    const context = { worktree: worktree.id, root: worktree.root, isLiteral: true };
    const name = `${place.scope}:${real.path}`;
    const key =
      real.pattern === null
        ? await canonicalResource(name, context, prober)
        : patternKey({ ...real, pattern: real.pattern }, { root, space: worktree.id, kind: place.scope });
    if (typeof key !== 'string') return key;
    keys.add(key);
  }
  return { keys: [...keys], forbidden: null };
}

interface Placed {
  /** Without links; up to where a pattern begins. */
  readonly path: string;
  /** Of `path`, or the nearest one above it that is there. */
  readonly folder: string;
  /** What follows and is a pattern; null where nothing does. */
  readonly pattern: string | null;
}

/** Each path that is written; what is put into a folder is meant, not the folder. */
function* writesOf(targets: readonly EditTarget[], folder: string): Iterable<ShellWrite> {
  for (const target of targets) {
    if (target.kind === 'path') yield { path: target.path, folder, isPattern: false, into: [] };
    else yield* writtenByShell(target.command, folder).flatMap(parts);
  }
}

function parts(write: ShellWrite): readonly ShellWrite[] {
  if (write.into.length === 0) return [write];
  return write.into.map((name) => ({ ...write, into: [name] }));
}

/** Null for what is no path, and where links lead round and round: no tool writes there. */
async function realPathOf({ path, folder, isPattern, into }: ShellWrite, prober: PathProber): Promise<Placed | null> {
  const absolute = prober.splitAbsolute(path) ?? prober.splitAbsolute(`${folder}/${path}`);
  if (absolute === null || path.includes('\0')) return null;
  const { volume, names } = absolute;
  const from = isPattern ? names.findIndex((name) => /[*?[]/.test(name)) : names.length;
  const real = await follow(prober, { volume, steps: [] }, names.slice(0, from));
  const [name] = into;
  const isFolder = real !== null && kindOf(real) === 'directory' && name !== undefined && !isPattern;
  const place = isFolder ? await follow(prober, real, [name]) : real;
  if (place === null) return null;
  const pattern = isPattern ? names.slice(from).join('/') : null;
  return { path: joined(prober, place), folder: joined(prober, nearestFolder(place)), pattern };
}

/** Of whatever files match it, now or later. */
function patternKey(
  { path, pattern }: Placed & { readonly pattern: string },
  { root, space, kind }: { readonly root: string; readonly space: string; readonly kind: 'file' | 'repo' },
): ResourceKey | Rejection {
  const names = path
    .slice(root.length)
    .split('/')
    .filter((name) => name !== '');
  return keyOfPath({ kind, worktree: space, names, isFolder: false, pattern, symbol: null });
}

function joined(prober: PathProber, real: RealPath): string {
  return slashed(prober, prober.join({ volume: real.volume, names: namesOf(real) }));
}

/** With `/` between names, wherever the system would write something else. */
function slashed(prober: PathProber, path: string): string {
  return prober.backslashSeparates ? path.replaceAll('\\', '/') : path;
}

function nearestFolder({ volume, steps }: RealPath): RealPath {
  const last = steps.findLastIndex(({ kind }) => kind === 'directory');
  return { volume, steps: steps.slice(0, last + 1) };
}

/** Null where no worktree of the fleet is around the folder. */
async function worktreeOf(folder: string, { worktree }: EditPlace, ports: EditPorts): Promise<Worktree | null> {
  const found = await ports.seat.worktreeAt(folder);
  if (!isRejection(found)) return found;
  return isWithin(folder, slashed(ports.seat.prober, worktree.root)) ? worktree : null;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
