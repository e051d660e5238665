// A real repository, and beside it a fleet in memory whose agents hold its files. Git and the files are dated by the clock of the
// fleet, which the test holds.

import { rmSync, utimesSync } from 'node:fs';
import { openGuardPlace } from '../../src/adapters/system/guard-folder.ts';
import { gitIn } from '../../src/adapters/system/run-git.ts';
import type { Coordinator } from '../../src/app/coordinator.ts';
import type { GuardedFleet } from '../../src/app/git/guard.ts';
import type { NoteBody } from '../../src/app/git/note-held.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { Git } from '../../src/ports/git.ts';
import type { GuardNotes } from '../../src/ports/guard-notes.ts';
import { type Cook, FleetRig, HERE, seat } from './fleet-rig.ts';
import { HookedRepository } from './hooked-repository.ts';
import type { Ran } from './scratch.ts';

export class GitFleet {
  readonly repo = new HookedRepository();
  readonly rig: FleetRig;
  readonly git: Git = gitIn(this.repo.root, this.repo.env);
  /** What was noted in the log, in order. */
  readonly noted: NoteBody[] = [];
  readonly #at: Coordinator;
  #asked = 0;

  private constructor(rig: FleetRig, at: Coordinator) {
    this.rig = rig;
    this.#at = at;
  }

  static async open(): Promise<GitFleet> {
    const rig = FleetRig.onFakeClock();
    return new GitFleet(rig, await rig.coordinator());
  }

  get nowMs(): number {
    return Date.parse(this.rig.clock.wallAt());
  }

  /** Runs git now. Throws where it fails. */
  run(...args: readonly string[]): string {
    const { code, stdout, stderr } = this.tries(...args);
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  tries(...args: readonly string[]): Ran {
    const date = `${Math.floor(this.nowMs / 1_000)} +0000`;
    return this.repo.run(args, { env: { GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date } });
  }

  /** Writes a file now; `agoMs`: it brings an older time along. */
  put(path: string, text: string, agoMs = 0): void {
    this.repo.write(this.repo.path(path), text);
    const seconds = (this.nowMs - agoMs) / 1_000;
    utimesSync(this.repo.path(path), seconds, seconds);
  }

  remove(path: string): void {
    rmSync(this.repo.path(path));
  }

  /**
   * Commits these files past every guard; answers the commit. The files are of the machine's own time, without which git would not
   * see that one has changed whose size has not.
   */
  commits(files: Readonly<Record<string, string>>, message = 'change'): string {
    for (const [path, text] of Object.entries(files)) this.repo.write(this.repo.path(path), text);
    this.run('add', '--all');
    this.run('commit', '--quiet', '--no-verify', '-m', message);
    return this.run('rev-parse', 'HEAD').trim();
  }

  passes(seconds: number): Promise<void> {
    return this.rig.clock.advance(seconds * 1_000);
  }

  seat(agentId: string): Promise<Cook> {
    return seat(this.#at, agentId);
  }

  async notes(): Promise<GuardNotes> {
    const place = await openGuardPlace(this.git, this.repo.root);
    if (place === null) throw new Error('no worktree');
    return place.notes;
  }

  async note(body: NoteBody): Promise<void> {
    this.#asked += 1;
    this.noted.push(body);
    const by = { kind: 'system', name: 'guard' } as const;
    const { answer } = await this.#at.submit({ ...body, by, requestId: `note-${this.#asked}`, bodyHash: '' });
    if (isRejection(answer)) throw new Error(`${answer.code}: ${answer.message}`);
  }

  /** The fleet as guards see it, from a process that no agent started. */
  get fleet(): GuardedFleet &
    Pick<Coordinator, 'view' | 'viewAt'> & { readonly note: (body: NoteBody) => Promise<void> } {
    return {
      view: (query) => this.#at.view(query),
      viewAt: (query, moment) => this.#at.viewAt(query, moment),
      note: (body) => this.note(body),
      env: {},
      handleHash: (handle) => handle,
      placeId: HERE.placeId,
      processes: { ancestorsOf: () => [] },
      pid: 1,
      worktree: 'w1',
    };
  }

  feed() {
    return this.#at.feed({ after: 0, once: true });
  }

  async close(): Promise<void> {
    await this.rig.close();
    this.repo.close();
  }
}
