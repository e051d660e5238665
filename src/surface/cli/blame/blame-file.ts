// `brigade blame-agent`: what the log and git together know of a file.

import { fileHistory, namesOf } from '../../../app/git/file-history.ts';
import * as compose from '../../../compose.ts';
import { Blame, type Edit, type Hold } from '../../../core/blame/blame.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import { EVERY_SPACE } from '../../../core/resource/parsed-key.ts';
import { formatKey, parseKey } from '../../../core/resource/resource-key.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { resourceText } from '../../../core/view/resource-text.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { KeptFeed } from '../kept-feed.ts';
import type { SeenFleet } from '../open-fleet.ts';
import { progressNote } from '../text/progress-note.ts';
import { type BlamedCommit, type BlamedFile, blameLines } from './blame-text.ts';

export interface BlameRange {
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
}

export interface BlameAsked {
  readonly file: string;
  readonly range: BlameRange;
  /** Lines shown to a person; a program gets all. */
  readonly limit: number;
}

export async function blameFile(context: Context, { file, range, limit }: BlameAsked): Promise<number> {
  const fleet = await context.look();
  const path = await pathOf(fleet, file);
  if (isRejection(path)) return context.refuse(path);
  const commits = await commitsOf(context, fleet, path);
  const names = namesOf(path, commits);
  const { blame, cutOff } = await readLog(context, fleet, names);
  const held = await stillHeld(fleet, blame.holds);
  const blamed: BlamedFile = {
    path,
    names,
    holds: blame.holds
      .filter((hold) => overlaps(range, hold))
      .map((hold) => ({ ...hold, isHeld: held.has(hold.token) })),
    edits: blame.edits.filter(({ at }) => isIn(range, Date.parse(at))),
    commits: commits.filter(({ at }) => isIn(range, Date.parse(at))),
    cutOff,
  };
  context.tell(documentOf(blamed, fleet), (look) => blameLines(blamed, look, limit));
  return EXIT.done;
}

/** From the root of the worktree, links followed. */
async function pathOf(fleet: SeenFleet, file: string): Promise<string | Rejection> {
  const key = await fleet.keyOf(file);
  if (isRejection(key)) return key;
  const parsed = parseKey(key as Parameters<typeof parseKey>[0]);
  if (parsed.form === 'exact' || parsed.form === 'symbol') return parsed.path;
  return reject('INVALID_ARGUMENT', {
    message: `${oneLine(file)} is not one file.`,
    next: 'Name a file; brigade locks and brigade history tell of folders and agents.',
  });
}

async function commitsOf({ cli }: Context, { host }: SeenFleet, path: string): Promise<readonly BlamedCommit[]> {
  const { repository, root } = host.workspace;
  if (repository === null) return [];
  return fileHistory(await compose.gitIn(root, cli.env), path);
}

async function readLog(context: Context, fleet: SeenFleet, names: readonly string[]) {
  const blame = new Blame(
    names.map((path) => formatKey({ form: 'exact', kind: 'repo', space: EVERY_SPACE, path: path.normalize('NFC') })),
  );
  const progress = progressNote(context, fleet.clock, { besideResults: false });
  const kept = new KeptFeed(fleet);
  for await (const event of kept.read()) {
    progress.show(`reading number ${event.seq}`);
    blame.take(event);
  }
  progress.end();
  return { blame, cutOff: kept.cutOff };
}

/** Of those whose end nobody told, the ones that are held now: a log may have lost the end of a lease with its epoch. */
async function stillHeld({ coordinator }: SeenFleet, holds: readonly Hold[]): Promise<ReadonlySet<number>> {
  const open = holds.filter(({ end }) => end === null);
  if (open.length === 0) return new Set();
  const held = await coordinator.view({ kind: 'held', resources: [...new Set(open.map(({ resource }) => resource))] });
  return new Set(held.map(({ token }) => token));
}

function isIn({ sinceMs, untilMs }: BlameRange, ms: number): boolean {
  return (sinceMs === null || ms >= sinceMs) && (untilMs === null || ms <= untilMs);
}

function overlaps({ sinceMs, untilMs }: BlameRange, { fromAt, end }: Hold): boolean {
  const endsBefore = sinceMs !== null && end !== null && Date.parse(end.at) < sinceMs;
  return !endsBefore && (untilMs === null || Date.parse(fromAt) <= untilMs);
}

function documentOf({ path, names, holds, edits, commits, cutOff }: BlamedFile, { worktree }: SeenFleet) {
  const seen = <T extends Hold | Edit>(each: T) => ({ ...each, resource: resourceText(each.resource, worktree.id) });
  return { path, names, holds: holds.map(seen), edits: edits.map(seen), commits, cutOff };
}
