// What the log tells of edits lately, and whether a change of a file that somebody saw is one of them.
//
// A file system does not say who changed a file. What can be known:
//
//   the holder's client told of an edit then       it was the holder
//   another session's client told of one           it was that one, and the log has it already; not where that edit was over
//                                                  before the holder had the file
//   the holder's client tells of edits, but of     it was not an edit of the holder; a command that it ran may have written
//   none then                                      the file, which hooks do not always see
//   the holder's client tells of no edits at all   nobody can tell the holder from anybody else

import type { FleetEvent } from '../../core/event.ts';
import { parsed } from '../../core/lease/parsed.ts';
import { foldText } from '../../core/resource/case-folding.ts';
import type { HeldView } from '../../core/view/views.ts';

/** From the beginning of an edit to when it was told; without an end it is still under way. */
interface ToldEdit {
  readonly sessionId: string;
  readonly agentId: string;
  readonly fromMs: number;
  readonly toMs: number | null;
}

export type Explained =
  | { readonly kind: 'holder' }
  | { readonly kind: 'told'; readonly agentId: string }
  | { readonly kind: 'seen' }
  | { readonly kind: 'unexplained' }
  | { readonly kind: 'unsure' };

/** Of one file. */
const EDITS_KEPT = 32;
/** Of all files; the ones that were told of longest ago go first. */
const FILES_KEPT = 20_000;
/** Clocks of file systems are coarse, and a client may write a moment before or behind its hooks. */
const SLACK_MS = 2_500;
/** An edit that was told without its beginning. */
const BEFORE_MS = 30_000;
/** An edit of which no end is told: a person may be asked about it meanwhile. */
const OPEN_MS = 600_000;

export class EditTrace {
  readonly #edits = new Map<string, ToldEdit[]>();
  /** Wall times at which a change of a file was told that nobody had told of. */
  readonly #seen = new Map<string, number>();
  readonly #telling = new Set<string>();

  take(event: FleetEvent): void {
    if (event.type !== 'edit.began' && event.type !== 'file.edited') return;
    const { resource, sessionId, agentId } = event;
    const path = resource === undefined ? null : pathOf(resource);
    if (path === null) return;
    const atMs = Date.parse(event.wallAt);
    if (event.type === 'file.edited' && event.via !== 'hook') {
      if (event.via === 'watch') this.#seen.set(path, atMs);
      return;
    }
    if (sessionId === undefined || agentId === undefined) return;
    this.#telling.add(sessionId);
    const known = this.#edits.get(path) ?? [];
    const next =
      event.type === 'edit.began'
        ? [...known, { sessionId, agentId, fromMs: atMs, toMs: null }]
        : ended(known, { sessionId, agentId, atMs });
    this.#edits.delete(path);
    this.#edits.set(path, next.slice(-EDITS_KEPT));
    const [oldest] = this.#edits.keys();
    if (this.#edits.size > FILES_KEPT && oldest !== undefined) this.#edits.delete(oldest);
  }

  /** Who made the change at `changedMs` of a file that `lease` covers. */
  explain(path: string, changedMs: number, lease: Pick<HeldView, 'sessionId' | 'heldSince'>): Explained {
    const key = foldText(path);
    const heldSinceMs = Date.parse(lease.heldSince);
    const then = (this.#edits.get(key) ?? []).filter(({ fromMs, toMs }) => {
      return changedMs >= fromMs - SLACK_MS && changedMs <= (toMs ?? fromMs + OPEN_MS) + SLACK_MS;
    });
    if (then.some(({ sessionId }) => sessionId === lease.sessionId)) return { kind: 'holder' };
    const other = then.find(({ toMs }) => toMs === null || toMs >= heldSinceMs);
    if (other !== undefined) return { kind: 'told', agentId: other.agentId };
    if ((this.#seen.get(key) ?? 0) >= changedMs) return { kind: 'seen' };
    return { kind: this.#telling.has(lease.sessionId) ? 'unexplained' : 'unsure' };
  }
}

/** The edit that began is over; or one is told of which nobody said that it began. */
function ended(
  known: readonly ToldEdit[],
  { sessionId, agentId, atMs }: { readonly sessionId: string; readonly agentId: string; readonly atMs: number },
): readonly ToldEdit[] {
  const index = known.findLastIndex((edit) => edit.sessionId === sessionId && edit.toMs === null);
  const begun = known[index];
  if (begun === undefined) return [...known, { sessionId, agentId, fromMs: atMs - BEFORE_MS, toMs: atMs }];
  return known.with(index, { ...begun, toMs: atMs });
}

/** Hooks may lease a path of all worktrees; the path is what counts. */
function pathOf(resource: string): string | null {
  const key = parsed(resource);
  return key.form === 'exact' || key.form === 'symbol' ? foldText(key.path) : null;
}
