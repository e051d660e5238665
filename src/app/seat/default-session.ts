// The session of a process that names none in its calls.
//
//   none      nothing needed one so far. Reads look at a kept handle, and change nothing.
//   standing  the first mutating call took it: a kept handle was resumed, or an agent registered.
//   renewed   the log says that it ended, or does not know it: the same agent comes back in a new session, and hears why.
//
// The handle is kept in the user's state folder under the client session, so that the next process of the same client
// session is the same agent. Two processes that start at once both register; the file decides, and the one that comes
// second gives its own session up and joins the first.
//
// Over HTTP there is none, but for hooks: their client says which session it is.

import { isRejection, type Rejection } from '../../core/rejection.ts';
import type { ClientSessionKey, KeptSession, StateFolder } from '../../ports/state-folder.ts';
import { secretHash } from '../credentials.ts';
import type { Occupant, Worktree } from './occupant.ts';
import { giveUp, type OpenRequest, openSession, type Registered } from './open-session.ts';
import type { RegisterAsk } from './registration.ts';
import { needsSession } from './seat-outcome.ts';
import type { SeatPorts } from './seat-ports.ts';
import { Standing } from './standing.ts';

/** Of processes that race for one client session, each gives way at most this often before it goes on alone. */
const RACES = 3;

type Taken = Registered | Standing | Rejection;

interface Kept {
  readonly registered: Registered;
  readonly winner: KeptSession | null;
}

export class DefaultSession {
  readonly #ports: SeatPorts;
  readonly #occupant: Occupant;
  #standing: Standing | null = null;
  /** A session that reads look at although it is not taken. */
  #seen: Standing | null = null;
  #taking: Promise<Taken> | null = null;

  constructor(ports: SeatPorts, occupant: Occupant) {
    this.#ports = ports;
    this.#occupant = occupant;
  }

  /** The session taken so far; waits for a registration under way. */
  async current(): Promise<Standing | null> {
    await Promise.allSettled([this.#taking]);
    return this.#standing;
  }

  /** For whom a read asks: the session taken, else the kept one, without taking it. Null when there is neither. */
  async peek(): Promise<Standing | null> {
    if (this.#standing !== null) return this.#standing;
    const found = this.#join(await this.kept());
    if (found?.facts.handleHash !== this.#seen?.facts.handleHash) this.#seen = found;
    return this.#seen;
  }

  /** What the state folder keeps for this client session and fleet. */
  async kept(): Promise<KeptSession | null> {
    const key = keyOf(this.#occupant);
    const fleetId = this.#ports.fleetId();
    return key === null || fleetId === null ? null : this.#ports.stateFolderOf(fleetId).keptSession(key);
  }

  /** The session for a mutating call, registered or resumed if need be. The answer tells whether this call did so. */
  async take(): Promise<Taken> {
    if (this.#occupant.process === null && this.#occupant.keptAs === null) return needsSession();
    return this.#standing ?? this.#alone(() => this.#find());
  }

  /**
   * Takes it by an explicit `register`, instead of `current` and of the kept session `replaces`. Null when another call has
   * taken it meanwhile, or is about to: then look again.
   */
  async register(
    request: OpenRequest,
    { current, replaces }: { readonly current: Standing | null; readonly replaces: string | undefined },
  ): Promise<Registered | Rejection | null> {
    if (this.#taking !== null || this.#standing !== current) return null;
    const registering = this.#register(request, replaces);
    this.#taking = registering;
    try {
      return await registering;
    } finally {
      this.#taking = null;
    }
  }

  /** The log refused `ended`: the same agent comes back. Null when nobody knows which one that was. */
  async renew(ended: Standing): Promise<Taken | null> {
    const { handle, acting, worktree } = ended.facts;
    if (acting === null) return null;
    if (this.#standing !== ended) return this.take();
    this.#standing = null;
    return this.#alone(() => this.#open({ handle, ...acting }, worktree));
  }

  /** One at a time: who comes while another call registers shares what that one gets. */
  async #alone(take: () => Promise<Taken>): Promise<Taken> {
    if (this.#taking !== null) {
      const taken = await this.#taking;
      return isRejection(taken) || taken instanceof Standing ? taken : (taken.standing ?? taken);
    }
    this.#taking = take();
    try {
      return await this.#taking;
    } finally {
      this.#taking = null;
    }
  }

  async #register(request: OpenRequest, replaces: string | undefined): Promise<Registered | Rejection> {
    const opened = await openSession(this.#ports, this.#occupant, request);
    if (isRejection(opened)) return opened;
    this.#standing = opened.standing ?? this.#standing;
    return (await this.#keep(opened, replaces)).registered;
  }

  async #find(): Promise<Taken> {
    const fleetId = await this.#ports.found();
    if (isRejection(fleetId)) return fleetId;
    const kept = await this.kept();
    const joined = (await this.#needsNoProcess(kept)) ? this.#join(kept) : null;
    if (joined === null) return this.#open(kept, this.#occupant.worktree);
    this.#standing = joined;
    return joined;
  }

  async #open(earlier: OpenRequest['earlier'], worktree: Worktree): Promise<Taken> {
    for (let race = 1, before = earlier; ; race += 1) {
      const ask: RegisterAsk = { id: before?.agentId ?? this.#occupant.agentId, purpose: this.#occupant.purpose };
      const opened = await openSession(this.#ports, this.#occupant, { ask, earlier: before, worktree, asPaused: true });
      if (isRejection(opened)) return opened;
      const { registered, winner } = await this.#keep(opened, before?.sessionId);
      if (winner === null || opened.standing === null || race === RACES) {
        this.#standing = opened.standing;
        return registered;
      }
      await giveUp(this.#ports, opened.standing);
      before = winner;
    }
  }

  /**
   * Keeps a new session for the next process. `winner` is the one to go on with when another process was first. A folder
   * that cannot be written costs the next process its resume, and this one nothing but a warning.
   */
  async #keep(opened: Registered, replaces: string | undefined): Promise<Kept> {
    const { standing, reply } = opened;
    const key = keyOf(this.#occupant);
    const fleetId = this.#ports.fleetId();
    if (key === null || fleetId === null || standing === null || !reply.handleAccepted) return alone(opened);
    const { agentId, sessionId } = reply;
    const createdAt = this.#ports.clock.wallAt();
    const session = { fleetId, agentId, sessionId, handle: standing.facts.handle, createdAt };
    const folder = this.#ports.stateFolderOf(fleetId);
    try {
      const kept = await folder.keepSession(key, session, replaces);
      if (kept.sessionId === sessionId) await this.#keepAlso(folder, session);
      return { ...alone(opened, folder.warning()), winner: kept.sessionId === sessionId ? null : kept };
    } catch (error) {
      this.#ports.logger.warn({ err: error }, 'the session handle could not be kept');
      return alone(
        opened,
        'Your handle could not be kept on disk: after a restart of this client you are a new agent.',
      );
    }
  }

  async #keepAlso(folder: StateFolder, session: KeptSession): Promise<void> {
    const { alsoKeptAs = null } = this.#occupant;
    if (alsoKeptAs === null) return;
    const there = await folder.keptSession(alsoKeptAs);
    if (there === null || !(await this.#isLive(there))) await folder.keepSession(alsoKeptAs, session, there?.sessionId);
  }

  async #isLive({ handle }: KeptSession): Promise<boolean> {
    const handleHash = secretHash(this.#ports.hasher, handle);
    const session = await this.#ports.coordinator.view({ kind: 'session', handleHash });
    return session?.state === 'live';
  }

  /** The process of a command ends with it, so it only uses a session that lives by another process, or by none. */
  async #needsNoProcess(kept: KeptSession | null): Promise<boolean> {
    if (kept === null || this.#occupant.process?.role === 'self') return false;
    return this.#isLive(kept);
  }

  #join(kept: KeptSession | null): Standing | null {
    if (kept === null) return null;
    const { agentId, sessionId, handle } = kept;
    const handleHash = secretHash(this.#ports.hasher, handle);
    const { worktree } = this.#occupant;
    return new Standing({ handle, handleHash, acting: { agentId, sessionId }, worktree, attachmentId: null });
  }
}

/** One client session that names several agents in its settings keeps a session for each. */
function keyOf({ keptAs, agentId, purpose }: Occupant): ClientSessionKey | null {
  if (keptAs === null || (agentId === null && purpose === null)) return keptAs;
  return { client: keptAs.client, id: JSON.stringify([keptAs.id, agentId, purpose]) };
}

function alone(registered: Registered, warning: string | null = null): Kept {
  if (warning === null) return { registered, winner: null };
  const warnings = [...registered.reply.warnings, warning];
  return { registered: { ...registered, reply: { ...registered.reply, warnings } }, winner: null };
}
