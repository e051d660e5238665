// The coordinator of a process among others of its place. It asks the desk where there is one, opens one where it may, and
// else folds the log itself; whoever holds it cannot tell.
//
//   finding ──> guest of a desk ── lost, moved ──> finding
//      ├──────> desk: decides here, for others too ── superseded ──> finding
//      └──────> alone: decides here, for itself ── a desk is there, or may be opened, after all ──> guest, or desk
//
// What is asked while a desk is being found waits for it, and what a lost desk had not answered is asked again under the same
// requestId, so a caller notices nothing but a pause.

import type { Command } from '../../core/command.ts';
import type { Rejection } from '../../core/rejection.ts';
import type { PastMoment, PastQuery, PastView } from '../../core/view/past.ts';
import type { Query, ViewOf } from '../../core/view/views.ts';
import { type DeskAddress, type DeskDoor, DeskFault } from '../../ports/desk-door.ts';
import { StoreFault } from '../../ports/event-store.ts';
import type { ProcessTable } from '../../ports/process-table.ts';
import type { FeedEvent, Health, Outcome, OwnCoordinator, SubmitOptions } from '../coordinator.ts';
import type { FeedOptions } from '../feed.ts';
import type { AnswerHook } from '../hook/hook-call.ts';
import type { LocalCoordinator } from '../local-coordinator.ts';
import { rejectionOf } from '../trouble.ts';
import { DeskFinder, type DeskFinderOptions } from './desk-finder.ts';
import { DeskLink, type Refusal } from './desk-link.ts';
import { DeskServer } from './desk-server.ts';
import { LinkLost } from './faults.ts';
import type { GuestRow } from './protocol.ts';

export interface HostCoordinatorOptions extends Omit<DeskFinderOptions, 'door'> {
  /** A coordinator of this process's own, opened. */
  readonly openLocal: () => Promise<LocalCoordinator>;
  /** Null where there are no desks. */
  readonly door: DeskDoor | null;
  readonly processes: ProcessTable;
  /** What hooks of clients are told that come to this process as their desk. */
  readonly answerHook: AnswerHook;
  /** Until the log was opened once. */
  readonly unopened: Health;
}

/** How this process takes part, for people. */
export type DeskRole =
  | { readonly role: 'desk' | 'guest' | 'finding' }
  /** Why there is no desk for it; null when it did not look for one. */
  | { readonly role: 'alone'; readonly why: Refusal | null };

interface Own {
  readonly kind: 'own';
  readonly local: LocalCoordinator;
  server: DeskServer | null;
  why: Refusal | null;
  /** Of this process's own, under way. */
  calls: number;
  isRetired: boolean;
  /** Aborted when it is retired: live feeds go on elsewhere. */
  readonly leaving: AbortController;
  /** When it stands alone for want of a desk: it looks for one again from then on. */
  lookAgainMs: number;
}

interface Guest {
  readonly kind: 'guest';
  readonly link: DeskLink;
  readonly address: DeskAddress;
}

type Carrier = Own | Guest;

/** Between two looks whether the next desk is open. */
const LOOK_MS = 25;
/**
 * Whoever opens the next desk needs less, also with a large log on a busy machine; after that everybody helps himself. All of
 * them reading that log at once would be what keeps it from opening.
 */
const PATIENCE_MS = 15_000;
/** Whoever may not open one does not know whether anybody will. */
const VISITOR_PATIENCE_MS = 1_000;
/** Who helped itself because no desk came in time looks for one again this long after it looked last, when it is asked something. */
const LOOK_AGAIN_MS = 10_000;
/** Own calls get this long to hear that their wait was left, when the process closes. */
const LEAVING_MS = 1_000;

export class HostCoordinator implements OwnCoordinator {
  readonly #options: HostCoordinatorOptions;
  /** Null where there are no desks. */
  readonly #finder: DeskFinder | null;
  readonly #beforeClose: (() => Promise<void>)[] = [];
  readonly #kept = new Map<object, { readonly sessionId: string; end: () => void }>();
  readonly #calls = new Set<Promise<unknown>>();
  readonly #leaving = new AbortController();
  #carrier: Carrier | null = null;
  #finding: Promise<Carrier> | null = null;
  /** Published still, but gone without a word; not to be asked again. */
  #silent: DeskAddress | null = null;
  #wasGuest = false;
  /** Something was decided for it: a session may live by this process, and somebody must beat for its place. */
  #hasActed = false;
  #fleetId: string | null = null;
  #health: Health;
  #retiring: Promise<void> = Promise.resolve();
  #takingOver: Promise<void> = Promise.resolve();
  #isRepublishing = false;
  #closing: Promise<void> | null = null;
  #isOver = false;

  constructor(options: HostCoordinatorOptions) {
    this.#options = options;
    this.#finder = options.door === null ? null : new DeskFinder({ ...options, door: options.door });
    this.#health = options.unopened;
  }

  /** Finds or opens a desk, or the log. What stands against the log is told by whatever is asked. */
  async open(): Promise<void> {
    await this.#carrierNow();
  }

  fleetId(): string | null {
    if (this.#carrier?.kind === 'own') this.#fleetId = this.#carrier.local.fleetId() ?? this.#fleetId;
    if (this.#carrier?.kind === 'guest') this.#fleetId = this.#carrier.link.status.fleetId ?? this.#fleetId;
    return this.#fleetId;
  }

  async found(): Promise<string | Rejection> {
    return (
      this.fleetId() ?? this.#with(async (carrier) => (carrier.kind === 'own' ? carrier.local : carrier.link).found())
    );
  }

  beforeClose(goodbye: () => Promise<void>): void {
    this.#beforeClose.push(goodbye);
  }

  role(): DeskRole {
    const carrier = this.#carrier;
    if (carrier === null) return { role: 'finding' };
    if (carrier.kind === 'guest') return { role: 'guest' };
    return carrier.server === null ? { role: 'alone', why: carrier.why } : { role: 'desk' };
  }

  /** The desk and its guests; null where there is no desk. */
  async deskGuests(): Promise<readonly GuestRow[] | null> {
    return this.#with(async (carrier) => {
      if (carrier.kind === 'guest') return carrier.link.guests();
      return carrier.server?.guests() ?? null;
    });
  }

  async submit(command: Command, options: SubmitOptions = {}): Promise<Outcome> {
    const { clock } = this.#options;
    const receivedMs = options.receivedMonoMs ?? clock.monotonicMs();
    const heard = { ...this.#untilLeaving(command, options), receivedMonoMs: receivedMs };
    this.#hasActed ||= command.dryRun !== true;
    let isAgain = false;
    try {
      return await this.#with((carrier) => {
        // Asked again, it waits for what is left of its time.
        const sent = isAgain ? waitingLess(command, clock.monotonicMs() - receivedMs) : command;
        isAgain = true;
        return carrier.kind === 'own'
          ? carrier.local.submit(sent, heard)
          : carrier.link.submit(sent, receivedMs, heard);
      });
    } catch (error) {
      if (!(error instanceof StoreFault)) this.#options.logger.error({ err: error }, 'a call could not be made');
      return { answer: rejectionOf(error), at: 0, waitedMs: 0, safeForMs: {}, notices: [] };
    }
  }

  /** When the process closes, its waits are left. */
  #untilLeaving(command: Command, options: SubmitOptions): SubmitOptions {
    if (!('waitMs' in command) || command.waitMs === 0) return options;
    const { signal } = this.#leaving;
    return { ...options, cut: options.cut === undefined ? signal : AbortSignal.any([options.cut, signal]) };
  }

  view<Q extends Query>(query: Q): Promise<ViewOf<Q>> {
    return this.#with((carrier) => (carrier.kind === 'own' ? carrier.local : carrier.link).view(this.#told(query)));
  }

  /** Only this process knows why it does not use a desk that there is. */
  #told<Q extends Query>(query: Q): Q {
    const role = this.role();
    if (query.kind !== 'diagnosis' || role.role !== 'alone' || role.why === null || PASSING.has(role.why.why))
      return query;
    return { ...query, own: { ...query.own, desk: { code: role.why.why, message: role.why.message } } };
  }

  viewAt<Q extends PastQuery>(query: Q, moment: PastMoment): Promise<PastView<Q> | Rejection> {
    return this.#with((carrier) => (carrier.kind === 'own' ? carrier.local : carrier.link).viewAt(query, moment));
  }

  async *feed(options: FeedOptions): AsyncIterable<FeedEvent> {
    const { once = false, signal } = options;
    let after = options.after;
    for (;;) {
      const carrier = await this.#carrierNow();
      if (carrier.kind === 'own') {
        for await (const event of this.#ownFeed(carrier, { ...options, after })) {
          yield event;
          after = event.seq;
        }
        // A live feed goes on at whoever decides now, or the old coordinator would never close.
        if (once || signal?.aborted === true || !carrier.leaving.signal.aborted) return;
        continue;
      }
      try {
        for await (const part of carrier.link.feed(after, once, signal)) {
          for (const event of part) {
            if (signal?.aborted === true) return;
            yield event;
            after = event.seq;
          }
        }
        return;
      } catch (error) {
        if (!(error instanceof LinkLost)) throw error;
      }
    }
  }

  keepActive(sessionId: string): () => void {
    const key = {};
    const kept = { sessionId, end: (): void => undefined };
    this.#kept.set(key, kept);
    if (this.#carrier !== null) kept.end = keepAt(this.#carrier, sessionId);
    return () => {
      this.#kept.delete(key);
      kept.end();
    };
  }

  /** Somebody waits here for others to be found gone: where there is no desk that looks after them, this process does. */
  watchOver(): void {
    if (this.#carrier?.kind === 'own') this.#carrier.local.watchOver();
  }

  health(): Health {
    if (this.#carrier?.kind === 'own') this.#health = this.#carrier.local.health();
    if (this.#carrier?.kind === 'guest') this.#health = this.#carrier.link.status.health;
    return this.#health;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#leaving.abort();
    await this.#within(LEAVING_MS, Promise.allSettled(this.#calls));
    for (const goodbye of this.#beforeClose) await this.#within(LEAVING_MS, goodbye());
    // What is being opened is closed too, however late.
    const finding = this.#finding;
    await this.#within(LEAVING_MS, Promise.allSettled([finding, this.#takingOver]));
    if (this.#carrier !== null) await this.#leave(this.#carrier);
    else finding?.then((late) => this.#leave(late)).catch((error: unknown) => this.#note(error));
    await this.#retiring;
    this.#isOver = true;
  }

  async #leave(carrier: Carrier): Promise<void> {
    if (carrier.kind === 'guest') {
      carrier.link.leave();
      return;
    }
    await carrier.server?.handOver();
    await carrier.local.close();
  }

  /** Asks whoever carries this process's calls, and again whoever does next when that one is lost. */
  #with<T>(ask: (carrier: Carrier) => Promise<T>): Promise<T> {
    const answer = this.#askUntilHeard(ask);
    this.#calls.add(answer);
    const settled = (): void => void this.#calls.delete(answer);
    answer.then(settled, settled);
    return answer;
  }

  async #askUntilHeard<T>(ask: (carrier: Carrier) => Promise<T>): Promise<T> {
    for (;;) {
      const carrier = await this.#carrierNow();
      if (carrier.kind === 'own') return this.#atOwn(carrier, () => ask(carrier));
      try {
        return await ask(carrier);
      } catch (error) {
        if (!(error instanceof LinkLost)) throw error;
        // Whoever is asked next is another one, whatever became of the notice of the loss.
        if (this.#carrier === carrier) this.#carrier = null;
      }
    }
  }

  /** A coordinator that is retired closes when the last call at it is over. */
  async #atOwn<T>(own: Own, work: () => Promise<T>): Promise<T> {
    own.calls += 1;
    try {
      return await work();
    } finally {
      own.calls -= 1;
      if (own.calls === 0 && own.isRetired) this.#retiring = own.local.close();
    }
  }

  async *#ownFeed(own: Own, options: FeedOptions): AsyncIterable<FeedEvent> {
    const { once = false, signal: asked } = options;
    const leaving = own.leaving.signal;
    const signal = asked === undefined ? leaving : AbortSignal.any([asked, leaving]);
    own.calls += 1;
    try {
      yield* own.local.feed(once ? options : { ...options, signal });
    } finally {
      own.calls -= 1;
      if (own.calls === 0 && own.isRetired) this.#retiring = own.local.close();
    }
  }

  #carrierNow(): Promise<Carrier> | Carrier {
    if (this.#isOver) return Promise.reject(over());
    if (this.#carrier !== null) {
      if (this.#carrier.kind === 'own') this.#lookAgain(this.#carrier);
      return this.#carrier;
    }
    this.#finding ??= this.#find().finally(() => {
      this.#finding = null;
    });
    return this.#finding;
  }

  async #find(): Promise<Carrier> {
    const { mayOpen, clock } = this.#options;
    const finder = this.#finder;
    if (finder === null) return this.#carry(await this.#alone(null));
    const untilMs = clock.monotonicMs() + (mayOpen ? PATIENCE_MS : VISITOR_PATIENCE_MS);
    for (;;) {
      const isPatient = clock.monotonicMs() < untilMs;
      const found = finder.published();
      const joined = found === null || found === this.#silent ? null : await this.#join(finder, found);
      if (joined !== null && 'kind' in joined) return this.#carry(joined);
      const isDesk = joined !== null && !PASSING.has(joined.why);
      if (isDesk || !isPatient) return this.#carry(await this.#alone(joined ?? NOBODY_OPENED));
      if (joined?.why === 'silent') this.#silent = found;
      if (mayOpen) {
        const opened = await this.#openDesk(finder, found);
        if (opened !== null) return this.#carry(opened);
      } else if (!this.#wasGuest && joined?.why !== 'leaving') {
        return this.#carry(await this.#alone(joined ?? NO_DESK));
      }
      await this.#pause(LOOK_MS);
    }
  }

  #carry<C extends Carrier>(carrier: C): C {
    this.#carrier = carrier;
    if (carrier.kind === 'guest') this.#wasGuest = true;
    else if (this.#hasActed) carrier.local.watchOver();
    for (const kept of this.#kept.values()) {
      // Who carried it before may go on for others, and keeps it active no longer.
      kept.end();
      kept.end = keepAt(carrier, kept.sessionId);
    }
    return carrier;
  }

  async #join(finder: DeskFinder, address: DeskAddress): Promise<Guest | Refusal> {
    const link = await finder.greet(address);
    if (!(link instanceof DeskLink)) return link;
    // It may have gone in the moment of its welcome, when nobody listened yet.
    if (link.isLost) return NO_DESK;
    const guest: Guest = { kind: 'guest', link, address };
    link.onLost = (lost) => this.#lost(guest, lost);
    link.onOpen = () => {
      this.#takingOver = this.#takeOver(guest);
    };
    return guest;
  }

  #lost(guest: Guest, lost: LinkLost): void {
    if (lost.isSilent) this.#silent = guest.address;
    if (this.#carrier !== guest) return;
    this.health();
    this.fleetId();
    this.#carrier = null;
    // Whoever may open the next desk does not wait to be asked something: the others count on it. Nor does anybody for whom
    // nobody would beat.
    if (this.#closing === null && (this.#options.mayOpen || this.#hasActed))
      Promise.resolve(this.#carrierNow()).catch((error: unknown) => this.#note(error));
  }

  /** The next desk, in the place of the one at `instead`. Null while another process is opening it. */
  async #openDesk(finder: DeskFinder, instead: DeskAddress | null): Promise<Own | null> {
    try {
      return await finder.inPlaceOf(instead, async () => {
        const own = await this.#alone(null);
        await this.#serveOthers(own, finder);
        return own;
      });
    } catch (error) {
      if (!(error instanceof DeskFault)) throw error;
      return this.#alone(this.#cannotServe(error));
    }
  }

  /** Makes this process the desk, where that can be done; it decides for itself in any case. */
  async #serveOthers(own: Own, finder: DeskFinder): Promise<void> {
    try {
      const server = new DeskServer({
        ...this.#options,
        local: own.local,
        key: await finder.key(),
        onSuperseded: () => this.#onSuperseded(own, finder),
      });
      await finder.publish(server);
      // It closes since, and whoever closes has not seen this desk.
      if (this.#closing !== null) {
        await server.stepBack();
        return;
      }
      own.server = server;
      own.why = null;
      own.local.watchOver();
    } catch (error) {
      if (!(error instanceof DeskFault)) throw error;
      own.why = this.#cannotServe(error);
    }
  }

  #cannotServe(error: DeskFault): Refusal {
    this.#options.logger.warn({ err: error }, 'no desk can be opened here; the log is written directly');
    return { why: error.code, message: error.message };
  }

  /** A process that helped itself on a bad day does not stand beside the desk for the rest of its life. */
  #lookAgain(own: Own): void {
    const { clock } = this.#options;
    const finder = this.#finder;
    const isAlone = own.server === null && own.why !== null && PASSING.has(own.why.why);
    if (finder === null || !isAlone || this.#closing !== null || clock.monotonicMs() < own.lookAgainMs) return;
    own.lookAgainMs = clock.monotonicMs() + LOOK_AGAIN_MS;
    this.#takingOver = this.#joinOthers(own, finder).catch((error: unknown) => this.#note(error));
  }

  async #joinOthers(own: Own, finder: DeskFinder): Promise<void> {
    const found = finder.published();
    const joined = found === null ? null : await this.#join(finder, found);
    if (joined !== null && 'kind' in joined) this.#moveToDesk(own, joined);
    else if (joined?.why !== 'leaving' && this.#options.mayOpen)
      await finder.inPlaceOf(found, async () => {
        if (this.#carrier === own && this.#closing === null) await this.#serveOthers(own, finder);
      });
  }

  /** What was asked before goes on where it is, and ends there. */
  #moveToDesk(own: Own, guest: Guest): void {
    if (this.#carrier !== own || this.#closing !== null) {
      guest.link.leave();
      return;
    }
    this.#carry(guest);
    this.#retire(own);
  }

  #retire(own: Own): void {
    own.isRetired = true;
    own.leaving.abort();
    if (own.calls === 0) this.#retiring = own.local.close();
  }

  async #alone(why: Refusal | null): Promise<Own> {
    const local = await this.#options.openLocal();
    const lookAgainMs = this.#options.clock.monotonicMs() + LOOK_AGAIN_MS;
    const leaving = new AbortController();
    return { kind: 'own', local, server: null, why, calls: 0, isRetired: false, leaving, lookAgainMs };
  }

  /** The desk leaves and asks this process to be the next one. What it still owes is asked again here. */
  async #takeOver(guest: Guest): Promise<void> {
    const finder = this.#finder;
    try {
      const isFree = finder !== null && this.#carrier === guest && this.#closing === null;
      const own = isFree ? await this.#openDesk(finder, guest.address) : null;
      if (own !== null) await this.#moveTo(own, guest);
    } catch (error) {
      this.#note(error);
    }
    // It does not wait for a process that cannot.
    guest.link.sayOpened();
  }

  async #moveTo(own: Own, guest: Guest): Promise<void> {
    if (this.#carrier !== guest) {
      await own.server?.stepBack();
      await own.local.close();
      return;
    }
    this.#carry(own);
    guest.link.sayOpened();
    guest.link.leave();
  }

  /** Another desk is published, or the published name was removed. Whoever closes meanwhile waits for what is done about it. */
  #onSuperseded(own: Own, finder: DeskFinder): void {
    const { server } = own;
    if (server === null || this.#closing !== null || this.#isRepublishing) return;
    this.#takingOver = this.#superseded(own, server, finder).catch((error: unknown) => this.#note(error));
  }

  async #superseded(own: Own, server: DeskServer, finder: DeskFinder): Promise<void> {
    if (finder.published() === null) {
      await this.#republish(server, finder);
      return;
    }
    if (this.#carrier === own) this.#carrier = null;
    own.server = null;
    await server.stepBack();
    this.#retire(own);
    if (this.#closing === null) await this.#carrierNow();
  }

  /** Its folder may be away for the moment; then the server's next look tries again. */
  async #republish(server: DeskServer, finder: DeskFinder): Promise<void> {
    this.#isRepublishing = true;
    try {
      await finder.publish(server);
    } finally {
      this.#isRepublishing = false;
    }
  }

  #note(error: unknown): void {
    this.#options.logger.warn({ err: error }, 'trouble with the desk');
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#options.clock.after(ms, resolve));
  }

  async #within(ms: number, work: Promise<unknown>): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(ms, resolve);
    await Promise.race([work.catch((error: unknown) => this.#note(error)), late]);
    cancel();
  }
}

/** What may be over in a moment; anything else is a desk that this process does not use. */
const PASSING: ReadonlySet<Refusal['why']> = new Set(['gone', 'silent', 'leaving']);
const NO_DESK: Refusal = { why: 'gone', message: 'No desk is open.' };
const NOBODY_OPENED: Refusal = { why: 'gone', message: 'No desk was opened in time.' };

function over(): StoreFault {
  return new StoreFault('STORE_UNAVAILABLE', 'This process has left the fleet.', { details: { outcome: 'none' } });
}

function keepAt(carrier: Carrier, sessionId: string): () => void {
  return (carrier.kind === 'own' ? carrier.local : carrier.link).keepActive(sessionId);
}

function waitingLess(command: Command, passedMs: number): Command {
  if (!('waitMs' in command) || command.waitMs === 0) return command;
  return { ...command, waitMs: Math.max(1, command.waitMs - passedMs) };
}
