// The sessions that this process acts for: its default one, and those whose handle a call shows.
//
// A process that acts for a session is one of its attachments, so that the session lives while somebody acts for it. So a
// handle that another process opened is attached at its first mutating call here. Reads attach nothing.

import { isRejection, type Rejection, reject } from '../../core/rejection.ts';
import { secretHash } from '../credentials.ts';
import { DefaultSession } from './default-session.ts';
import type { Occupant } from './occupant.ts';
import { attachTo, detachFrom } from './open-session.ts';
import { attachmentOf } from './registration.ts';
import type { SeatPorts } from './seat-ports.ts';
import { Standing } from './standing.ts';

/** Handles one process may act for; an agent program with more of them starts another process. */
const SESSIONS_MAX = 1_000;
/** Sessions that call over HTTP and are known here; one that is forgotten is looked up anew and hears its notices again. */
const CALLERS_MAX = 10_000;

export class Sessions {
  readonly default: DefaultSession;
  readonly #ports: SeatPorts;
  readonly #occupant: Occupant;
  readonly #shown = new Map<string, Standing>();

  constructor(ports: SeatPorts, occupant: Occupant) {
    this.#ports = ports;
    this.#occupant = occupant;
    this.default = new DefaultSession(ports, occupant);
  }

  /** The session of a handle that a mutating call shows. Refuses only when this process acts for too many. */
  async shown(handle: string): Promise<Standing | Rejection> {
    const known = await this.#known(handle);
    if (known !== null) return known;
    const standing = this.#standingOf(handle);
    await this.learn(standing);
    const { process } = this.#occupant;
    if (process === null) return standing.facts.acting === null ? standing : this.add(standing);
    if (process.role === 'other') return standing;
    if (this.#shown.size >= SESSIONS_MAX) return tooMany();
    // Refused for an ended or unknown session; the call itself is submitted all the same, and the log answers it.
    if (isRejection(await attachTo(this.#ports, this.#occupant, standing))) return standing;
    standing.learn({ attachmentId: attachmentOf(process, this.#ports.hasher).attachmentId });
    if (standing.facts.acting === null) await this.learn(standing);
    return this.add(standing);
  }

  /** For whom a read asks; attaches nothing. Null when nobody is known. */
  async reader(handle: string | undefined): Promise<Standing | null> {
    const standing =
      handle === undefined ? await this.default.peek() : ((await this.#known(handle)) ?? this.#standingOf(handle));
    if (standing !== null && standing.facts.acting === null) await this.learn(standing);
    return standing;
  }

  /** Acts for `standing` until this process leaves. Of two calls that showed the same handle at once, one standing stays. */
  add(standing: Standing): Standing {
    const known = this.#shown.get(standing.facts.handleHash);
    if (known !== undefined) return known;
    this.#shown.set(standing.facts.handleHash, standing);
    this.#forgetOldest();
    return standing;
  }

  /** The session of that id, if this process acts for it. */
  bySessionId(sessionId: string): Standing | null {
    for (const standing of this.#shown.values()) {
      if (standing.facts.acting?.sessionId === sessionId) return standing;
    }
    return null;
  }

  /** Learns from the log whom the handle stands for, and in which worktree that one reads names. */
  async learn(standing: Standing): Promise<void> {
    const { handleHash, worktree } = standing.facts;
    const session = await this.#ports.coordinator.view({ kind: 'session', handleHash });
    if (session === null) return;
    const { agentId, sessionId, root } = session;
    const isHere = session.worktree === worktree.id;
    standing.learn({
      acting: { agentId, sessionId },
      worktree: isHere ? worktree : { id: session.worktree, root, foldsCase: worktree.foldsCase },
    });
  }

  /** Leaves every session: takes this process off, and nothing else. */
  async leave(): Promise<void> {
    const current = await this.default.current();
    const standings = new Set([...(current === null ? [] : [current]), ...this.#shown.values()]);
    await Promise.all([...standings].map((standing) => detachFrom(this.#ports, standing)));
  }

  async #known(handle: string): Promise<Standing | null> {
    const current = await this.default.current();
    if (current?.facts.handle === handle) return current;
    const standing = this.#shown.get(secretHash(this.#ports.hasher, handle)) ?? null;
    if (standing !== null && this.#occupant.process === null) this.#moveUp(standing);
    return standing;
  }

  /** Called last, forgotten last. */
  #moveUp(standing: Standing): void {
    const { handleHash } = standing.facts;
    this.#shown.delete(handleHash);
    this.#shown.set(handleHash, standing);
  }

  #forgetOldest(): void {
    if (this.#occupant.process !== null) return;
    for (const handleHash of this.#shown.keys()) {
      if (this.#shown.size <= CALLERS_MAX) return;
      this.#shown.delete(handleHash);
    }
  }

  #standingOf(handle: string): Standing {
    const handleHash = secretHash(this.#ports.hasher, handle);
    return new Standing({ handle, handleHash, acting: null, worktree: this.#occupant.worktree, attachmentId: null });
  }
}

function tooMany(): Rejection {
  return reject('BUSY', {
    message: `This process acts for ${SESSIONS_MAX} sessions already.`,
    next: 'Start another brigade process for more.',
  });
}
