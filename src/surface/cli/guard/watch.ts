// `brigade guard watch`: tells of changes of leased files that their holders did not make, and of commits that no guard saw.

import { type AuditedCommit, type AuditPorts, auditCommits } from '../../../app/git/audit-commits.ts';
import { EditTrace } from '../../../app/git/edit-trace.ts';
import { EditWatch, type SeenEdit } from '../../../app/git/edit-watch.ts';
import { noteHeld } from '../../../app/git/note-held.ts';
import { rejectionOf } from '../../../app/trouble.ts';
import * as compose from '../../../compose.ts';
import { isRejection } from '../../../core/rejection.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import type { Git } from '../../../ports/git.ts';
import type { GuardNotes } from '../../../ports/guard-notes.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { KeptFeed } from '../kept-feed.ts';
import type { SeenFleet } from '../open-fleet.ts';
import { untilAsked } from '../watching.ts';
import { repositoryOf } from '../worktree/seen-worktrees.ts';
import { auditPortsOf } from './guard-run.ts';
import { auditedLines, spokenAudit } from './guard-text.ts';
import { seenEditLine, spokenSeenEdit } from './watch-text.ts';

export interface WatchOptions {
  readonly once?: boolean;
}

const EVERY_MS = 1_000;
/** The same file under the same lease is noted in the log once in so long. */
const NOTED_FOR_MS = 60_000;

export async function guardWatch(context: Context, { once = false }: WatchOptions): Promise<number> {
  const seen = await context.look(!once);
  const repository = await repositoryOf(context, seen);
  if (isRejection(repository)) return context.refuse(repository);
  const { place } = await compose.gitOfHook(repository.root, context.cli.env);
  const watching = new Watching(context, seen, { git: repository.git, notes: place?.notes ?? null });
  return once ? watching.once() : watching.run();
}

interface Ground {
  readonly git: Git;
  readonly notes: GuardNotes | null;
}

class Watching {
  readonly #context: Context;
  readonly #seen: SeenFleet;
  readonly #ground: Ground;
  readonly #trace = new EditTrace();
  readonly #watch: EditWatch;
  readonly #noted = new Map<string, number>();
  readonly #end = untilAsked();
  #found = 0;
  #after = 0;
  #lastMove = '';
  #trouble: string | null = null;
  #saidCut = false;

  constructor(context: Context, seen: SeenFleet, ground: Ground) {
    this.#context = context;
    this.#seen = seen;
    this.#ground = ground;
    const { coordinator, clock, worktree, host } = seen;
    this.#watch = new EditWatch({
      git: ground.git,
      stamps: compose.fileStampsIn(host.workspace.root),
      fleet: { view: (query) => coordinator.view(query), worktree: worktree.id },
      trace: this.#trace,
      wallMs: () => Date.parse(clock.wallAt()),
    });
  }

  /** Everything up to now. Exit code 1 where there was something. */
  async once(): Promise<number> {
    await this.#readLog();
    await this.#look();
    while (this.#watch.isPending && !this.#end.aborted) {
      await this.#pause();
      await this.#readLog();
      await this.#look();
    }
    if (this.#found === 0)
      this.#context.remark('Nothing that is held was changed by anybody else, as far as can be told.');
    return this.#found === 0 ? EXIT.done : EXIT.fault;
  }

  async run(): Promise<number> {
    this.#context.remark(`Watching what is held in ${oneLine(this.#seen.host.workspace.root)}; Ctrl-C ends it.`);
    while (!this.#end.aborted) {
      try {
        await this.#readLog();
        await this.#look();
        this.#recovered();
      } catch (error) {
        this.#tellTrouble(error);
      }
      await this.#pause();
    }
    return EXIT.done;
  }

  /** What was told of edits since the last look, so that a look never judges by less than was known before it. */
  async #readLog(): Promise<void> {
    if (this.#after === 0) {
      for await (const event of new KeptFeed(this.#seen).read()) {
        this.#trace.take(event);
        this.#after = event.seq;
      }
      return;
    }
    for await (const event of this.#seen.coordinator.feed({ after: this.#after, once: true })) {
      this.#trace.take(event);
      this.#after = event.seq;
    }
  }

  async #look(): Promise<void> {
    const ports = await this.#auditPorts();
    if (ports === null) return;
    for (const edit of await this.#watch.look()) {
      await this.#note(ports, edit);
      await this.#tell(spokenSeenEdit(edit, this.#reader), [
        seenEditLine(edit, this.#context.cli.screen.look(this.#reader)),
      ]);
    }
    for (const audited of await this.#audited(ports)) {
      await this.#tell(spokenAudit(audited, this.#reader), auditedLines([audited], this.#reader));
    }
    if (!this.#watch.isCut || this.#saidCut) return;
    this.#saidCut = true;
    this.#context.cli.screen.err('brigade guard: more files are held than are watched; the rest is not looked at.');
  }

  get #reader(): string {
    return this.#seen.worktree.id;
  }

  async #auditPorts(): Promise<AuditPorts | null> {
    const { git, notes } = this.#ground;
    return notes === null ? null : auditPortsOf({ context: this.#context, git, notes }, this.#seen);
  }

  /** Git's record is looked at when it has grown. */
  async #audited(ports: AuditPorts): Promise<readonly AuditedCommit[]> {
    const last = (await ports.notes.moves()).at(-1);
    const move = last === undefined ? '' : `${last.to} ${last.atSeconds} ${last.what}`;
    if (move === this.#lastMove) return [];
    this.#lastMove = move;
    return auditCommits(ports);
  }

  /** What is certain goes into the log, where the policy makes an alert of it or not. */
  async #note({ fleet, wallMs }: AuditPorts, { path, change, lease, found }: SeenEdit): Promise<void> {
    if (found.kind !== 'unexplained') return;
    const key = `${lease.token} ${path}`;
    if (wallMs() - (this.#noted.get(key) ?? Number.NEGATIVE_INFINITY) < NOTED_FOR_MS) return;
    this.#noted.set(key, wallMs());
    await noteHeld(fleet, [{ change: { path, kind: change }, lease }], {
      tool: 'an unknown program',
      committer: null,
      via: 'watch',
    });
  }

  async #tell(document: unknown, lines: readonly string[]): Promise<void> {
    this.#found += 1;
    const { json, cli } = this.#context;
    for (const line of json ? [JSON.stringify(document)] : lines) await cli.screen.outSlowly(line);
  }

  #tellTrouble(error: unknown): void {
    const { code, message } = rejectionOf(error);
    if (this.#trouble !== code)
      this.#context.cli.screen.err(`brigade guard: ${oneLine(message, 500)} (${code}); watching goes on`);
    this.#trouble = code;
  }

  #recovered(): void {
    if (this.#trouble === null) return;
    this.#trouble = null;
    this.#context.cli.screen.err('brigade guard: the fleet can be asked again');
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#seen.clock.after(EVERY_MS, resolve);
      const stop = () => {
        cancel();
        resolve();
      };
      this.#end.addEventListener('abort', stop, { once: true });
    });
  }
}
