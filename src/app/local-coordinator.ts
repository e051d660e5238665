// The coordinator that folds the log itself. It owns the parts and their lives; each rule is in the part's own file.
//
//   submit ─> commit loop ─> log ─> merged state ─┬─> wait registry ─> parked callers
//                                      ^          ├─> mail registry ─> callers that wait for a message
//                                      │          ├─> feeds
//                 tail, hints, polls ──┘          └─> views
//
// Until something is decided here this process only looks: it founds nothing, anchors nothing and sweeps nothing.

import type { Command, RescueCommand } from '../core/command.ts';
import type { FleetState } from '../core/fleet-state.ts';
import { isRejection, type Rejection } from '../core/rejection.ts';
import type { AcquireReply, Answer, Blocker, ReleaseReply } from '../core/reply.ts';
import { isSignOfWork } from '../core/session/presence.ts';
import type { PastMoment, PastQuery, PastView } from '../core/view/past.ts';
import { viewOf } from '../core/view/view-of.ts';
import type { DiagnosisView, PresenceOf, Query, ViewOf } from '../core/view/views.ts';
import type { BackgroundFold } from '../ports/background-fold.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import { type EventStore, type LogHead, StoreFault } from '../ports/event-store.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { IdSource } from '../ports/id-source.ts';
import type { LogKeeper } from '../ports/log-keeper.ts';
import type { Logger } from '../ports/logger.ts';
import type { PastViews } from '../ports/past-views.ts';
import type { Place } from '../ports/place.ts';
import type { ProcessTable } from '../ports/process-table.ts';
import { ActivityKeeper } from './activity-keeper.ts';
import { AlertWatcher } from './alert-watcher.ts';
import type { OnAppended } from './appender.ts';
import { Beater } from './beater.ts';
import { CaveatWatch } from './caveat-watch.ts';
import { CommitLoop } from './commit-loop.ts';
import { tooManyParked } from './commit-refusals.ts';
import type { FeedEvent, Health, Outcome, OwnCoordinator, SubmitOptions } from './coordinator.ts';
import { type FeedOptions, feedOf } from './feed.ts';
import { FleetClock } from './fleet-clock.ts';
import { FleetLog } from './fleet-log.ts';
import type { HostMemory } from './host-memory.ts';
import { logAlerts } from './log-alerts.ts';
import { MailRegistry, type NothingReadReply, type WaitingRead } from './mail-registry.ts';
import type { NextTurn } from './next-turn.ts';
import { OtherPlaces } from './other-places.ts';
import { type Delivering, Outbox } from './outbox.ts';
import { outcomeOf, tellsOfLeases } from './outcome.ts';
import { PastViewer } from './past/past-viewer.ts';
import { type FoundingPolicy, preludesFor } from './preludes.ts';
import { PresenceSurvey } from './presence.ts';
import { withEvidence } from './rescue-evidence.ts';
import { faultNamingArchive, namingArchive, Retention } from './retention/retention.ts';
import { SnapshotSchedule } from './snapshot-schedule.ts';
import { Sweeper } from './sweeper.ts';
import { systemCommand } from './system-command.ts';
import { Tail } from './tail.ts';
import { rejectionOf } from './trouble.ts';
import { TroubleReporter } from './trouble-reporter.ts';
import { undoOf } from './undo-unheard.ts';
import { type QueuedReply, type WaitingCommand, WaitRegistry } from './wait-registry.ts';

export interface LocalCoordinatorOptions {
  /** A fresh handle on the log's location; asked again after a loss. */
  readonly makeStore: () => Promise<EventStore>;
  readonly memory: HostMemory;
  readonly place: Place;
  readonly processes: ProcessTable;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly nextTurn: NextTurn;
  readonly fold: BackgroundFold | null;
  /** Absent, or null: nothing is archived here. */
  readonly keeper?: LogKeeper | null;
  /** Absent: this process folds the past itself, between two turns of the event loop. */
  readonly past?: PastViews;
  /** Absent: what alerts have to tell outside is left to others. */
  readonly delivering?: Delivering;
  /** Absent: a fleet that is founded here begins with the defaults. */
  readonly foundingPolicy?: FoundingPolicy;
  /** It goes on after this call: what it does not record of a session at once it writes down in time. Absent: it does. */
  readonly stays?: boolean;
  /** Alerts that this process opens are written to its own log too. */
  readonly logsAlerts?: boolean;
}

/** How often the clock is read while the log is held open. */
const READ_CLOCK_MS = 1_000;

export class LocalCoordinator implements OwnCoordinator {
  readonly #options: LocalCoordinatorOptions;
  readonly #fleetClock: FleetClock;
  readonly #log: FleetLog;
  readonly #commits: CommitLoop;
  readonly #waits: WaitRegistry;
  readonly #mail: MailRegistry;
  readonly #activity: ActivityKeeper;
  readonly #tail: Tail;
  readonly #presence: PresenceSurvey;
  readonly #sweeper: Sweeper;
  readonly #beater: Beater;
  readonly #snapshots: SnapshotSchedule;
  readonly #alerts: AlertWatcher;
  readonly #troubles: TroubleReporter;
  readonly #past: PastViews;
  readonly #retention: Retention;
  readonly #caveats: CaveatWatch;
  readonly #outbox: Outbox | null;
  readonly #beforeClose: (() => Promise<void>)[] = [];
  #cancelReading: Cancel | null = null;
  #unfollow: (() => void) | null = null;
  #isEngaged = false;
  #closing: Promise<void> | null = null;

  constructor(options: LocalCoordinatorOptions) {
    this.#options = options;
    const { clock, place, processes } = options;
    const { placeId } = place;
    const { stays = true } = options;
    const fleetClock = new FleetClock({ clock, place, stays, isShared: () => this.#isShared });
    const log = new FleetLog({ ...options, placeId, momentOf: (state) => fleetClock.moment(state) });
    log.folded.listen((batch) => fleetClock.saw(log.state, batch));
    log.replaced.listen(() => this.#onReplaced());
    const { foundingPolicy = () => null } = options;
    const preludes = (): readonly Command[] =>
      preludesFor({ ...options, state: log.state, foundingPolicy, fleetClock, isBack: () => this.#beater.isBack });
    const { logsAlerts = false, logger } = options;
    const onAppended: OnAppended = (events, decidedAt) => {
      if (decidedAt !== null) fleetClock.wrote(decidedAt);
      if (logsAlerts) logAlerts(logger, events);
    };
    const isFed = (): boolean => this.#isShared && this.#tail.isCurrent;
    const hasCompany = (): boolean => this.#beater.hasCompany;
    const commits = new CommitLoop({ ...options, log, fleetClock, preludes, placeId, onAppended, isFed, hasCompany });
    const parts = { ...options, log, fleetClock, placeId, submit: (command: Command) => commits.submit(command, OWN) };
    this.#fleetClock = fleetClock;
    this.#log = log;
    this.#commits = commits;
    this.#activity = new ActivityKeeper({ ...parts, stays });
    this.#tail = new Tail({ ...parts, isSomebodyNear: () => this.#waits.isSomebodyNear });
    this.#waits = new WaitRegistry({ ...parts, onParked: (call) => this.#onParked(call) });
    this.#mail = new MailRegistry({ ...parts, onParked: (sessionId) => this.#keepWaiting(sessionId) });
    this.#beater = new Beater(parts);
    const others = new OtherPlaces({ ...parts, isSure: () => this.#beater.isSure });
    this.#presence = new PresenceSurvey({ placeId, processes, others, clock });
    this.#sweeper = new Sweeper({
      ...parts,
      presence: this.#presence,
      isWaitedFor: () => this.#waits.size > 0,
      isFed,
    });
    this.#snapshots = new SnapshotSchedule(parts);
    const { delivering } = options;
    this.#outbox =
      delivering === undefined
        ? null
        : new Outbox({
            ...parts,
            ...delivering,
            submit: (command) => this.#submitOwn(command),
            read: (seq) => this.#eventAt(seq),
          });
    this.#alerts = new AlertWatcher(parts);
    this.#troubles = new TroubleReporter(parts);
    this.#caveats = new CaveatWatch(parts);
    this.#retention = new Retention({ ...parts, keeper: options.keeper ?? null });
    this.#past = options.past ?? new PastViewer({ ...options, savesWaymarks: false });
  }

  /** Opens and reads the log. What stands against it is kept as trouble: the next call tries again. */
  async open(): Promise<void> {
    this.#readClock();
    if (this.#options.stays === true) this.#caveats.start();
    try {
      await this.#log.catchUp();
    } catch (error) {
      if (!(error instanceof StoreFault)) throw error;
      this.#options.logger.warn({ err: error }, 'the log could not be opened');
    }
  }

  fleetId(): string | null {
    return this.#log.state.fleet?.fleetId ?? null;
  }

  /** What this process has folded and how far, for checks that compare replicas. Not to be written. */
  get replica(): { readonly state: FleetState; readonly head: LogHead } {
    const { state, head } = this.#log;
    return { state, head };
  }

  async found(): Promise<string | Rejection> {
    const known = this.fleetId();
    if (known !== null) return known;
    const answer = await this.#commits.submit({ ...systemCommand(this.#options.ids, 'founding'), op: 'sweep' }, OWN);
    return this.fleetId() ?? (isRejection(answer) ? answer : rejectionOf(new Error('founding left no fleet')));
  }

  beforeClose(goodbye: () => Promise<void>): void {
    this.#beforeClose.push(goodbye);
  }

  async submit(command: Command, options: SubmitOptions = {}): Promise<Outcome> {
    const { clock } = this.#options;
    const receivedMonoMs = options.receivedMonoMs ?? clock.monotonicMs();
    const answer = await this.#answer(command, options, receivedMonoMs);
    this.#noteHeard(command, answer);
    await (tellsOfLeases(answer) ? this.#beater.assured() : this.#beater.tried());
    return outcomeOf({
      state: this.#log.state,
      command,
      answer,
      at: this.#fleetClock.now(this.#log.state),
      latestAt: this.#fleetClock.latest(this.#log.state),
      confirmedSeq: this.#log.confirmedSeq,
      waitedMs: clock.monotonicMs() - receivedMonoMs,
      placeSafeForMs: this.#beater.sureForMs,
    });
  }

  async view<Q extends Query>(query: Q): Promise<ViewOf<Q>> {
    if (query.kind === 'diagnosis') return this.#diagnosis(query) as Promise<ViewOf<Q>>;
    await this.#catchUpForView();
    if (!WITHOUT_PRESENCE.has(query.kind)) await this.#presence.refresh(this.#log.state);
    const { state } = this.#log;
    return viewOf(state, this.#fleetClock.now(state), (sessionId) => this.#presence.presenceOf(sessionId), query);
  }

  /** What stands against the log is part of what is wrong, and no reason to be silent about the rest. */
  async #diagnosis(query: DiagnosisQuery): Promise<DiagnosisView> {
    const fault = await this.#catchUpOrFault();
    const caveats = await this.#caveats.fresh();
    const { state, trouble } = this.#log;
    await this.#presence.refresh(state);
    const own = { ...query.own, store: query.own?.store ?? trouble ?? fault, caveats };
    const asked: DiagnosisQuery = { ...query, own };
    const presence: PresenceOf = (sessionId) => this.#presence.presenceOf(sessionId);
    return viewOf(state, this.#fleetClock.now(state), presence, asked);
  }

  async #catchUpOrFault(): Promise<StoreFault | null> {
    try {
      await this.#catchUpForView();
      return null;
    } catch (error) {
      if (!(error instanceof StoreFault)) throw error;
      return error;
    }
  }

  async viewAt<Q extends PastQuery>(query: Q, moment: PastMoment): Promise<PastView<Q> | Rejection> {
    const seen = await this.#past.view(query, moment);
    return isRejection(seen) ? namingArchive(seen, this.#log.state) : seen;
  }

  async *feed(options: FeedOptions): AsyncIterable<FeedEvent> {
    try {
      yield* feedOf(this.#log, this.#tail, options);
    } catch (error) {
      throw faultNamingArchive(error, this.#log.state);
    }
  }

  keepActive(sessionId: string): () => void {
    return this.#activity.keep(sessionId);
  }

  /**
   * Others count on this process: it beats for its place and looks after those that end without a word, before anything is
   * decided here.
   */
  watchOver(): void {
    if (this.#closing !== null) return;
    this.#beater.start();
    this.#sweeper.start();
    this.#alerts.start();
    this.#followShared();
  }

  /** A process of this place may have ended: whoever it acted for is looked at now, and not in a second. */
  suspectProcess(pid: number): void {
    const { placeId } = this.#options.place;
    const sessions = [...this.#log.state.sessions.in('place', placeId)];
    const ofProcess = sessions.filter(({ attachments }) => attachments.some((each) => each.pid === pid));
    this.#sweeper.suspect(ofProcess.map(({ sessionId }) => sessionId));
  }

  health(): Health {
    const { head, traits, trouble } = this.#log;
    const { known: caveats } = this.#caveats;
    const { placeId } = this.#options.place;
    const snapshotSeq = Math.max(this.#log.snapshotSeq, this.#snapshots.latestSeq);
    return {
      head,
      snapshotSeq,
      traits,
      placeId,
      trouble,
      ...(caveats.length === 0 ? {} : { caveats }),
      parked: this.#waits.size + this.#mail.size,
      ...this.#commits.counts,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#cancelReading?.();
    this.#caveats.stop();
    this.#sweeper.stop();
    this.#alerts.stop();
    this.#troubles.stop();
    this.#beater.stop();
    this.#commits.hurry();
    await this.#log.giveUp();
    await this.#outbox?.close();
    await this.#waits.close();
    this.#mail.close();
    for (const goodbye of this.#beforeClose) await goodbye();
    await this.#activity.close();
    this.#unfollow?.();
    this.#tail.close();
    await this.#snapshots.close();
    await this.#past.close();
    await this.#retention.close();
    await this.#commits.close();
    await this.#log.close();
  }

  #submitOwn(command: Command): Promise<Answer> {
    this.#engage();
    return this.#commits.submit(command, OWN);
  }

  /** The event of this number once it is durable; null where the log no longer has it. */
  async #eventAt(seq: number): Promise<FeedEvent | null> {
    try {
      for await (const event of this.feed({ after: seq - 1, once: true })) return event.seq === seq ? event : null;
      return null;
    } catch (error) {
      if (error instanceof StoreFault && error.code === 'HISTORY_TRUNCATED') return null;
      throw error;
    }
  }

  async #answer(asked: Command, options: SubmitOptions, receivedMonoMs: number): Promise<Answer> {
    const command = asked.op === 'rescue' ? await this.#withEvidence(asked) : asked;
    if (isWaiting(command) && this.#waits.isFull) return tooManyParked();
    if (isWaitingForMail(command) && this.#mail.isFull) return tooManyParked();
    if (command.dryRun !== true) this.#engage();
    const seqBefore = this.#log.head.seq;
    const answer = await this.#decideOnTheLiving(command, options);
    const undo = undoOf({ command, answer, seqBefore, options }, this.#options.ids);
    if (undo !== null) return this.#commits.submit(undo, OWN);
    if (isWaitingForMail(command) && isNothingRead(answer)) return this.#mail.park({ command, reply: answer, options });
    if (!isWaiting(command) || !isParked(answer)) return answer;
    return this.#waits.park({ command, reply: answer, receivedMonoMs, options });
  }

  /** Not all that a session does is recorded at once. */
  #noteHeard(command: Command, answer: Answer): void {
    if (command.dryRun === true || !isSignOfWork(command, answer)) return;
    const { state } = this.#log;
    if (command.by.kind === 'process') this.#activity.heard(command.by.sessionId);
    if (command.by.kind !== 'session') return;
    for (const { sessionId } of state.sessions.in('handle', command.by.handleHash)) this.#activity.heard(sessionId);
  }

  async #withEvidence(command: RescueCommand): Promise<RescueCommand> {
    await this.#catchUpOrFault();
    return withEvidence(command, this.#log.state, this.#presence);
  }

  /** A refusal in the name of the dead is none: whose process is gone is taken off first, and the call decided again. */
  async #decideOnTheLiving(command: Command, options: SubmitOptions): Promise<Answer> {
    const answer = await this.#decide(command, options);
    const holders = command.dryRun === true ? [] : holdersNamedIn(command, answer);
    if (holders.length === 0 || !(await this.#sweeper.clear(holders))) return answer;
    return this.#decide(command, options);
  }

  async #decide(command: Command, options: SubmitOptions): Promise<Answer> {
    const signals = [options.cut, options.cancelled, options.gone].filter((signal) => signal !== undefined);
    const [only] = signals;
    const givenUp = signals.length > 1 ? AbortSignal.any(signals) : only;
    const { isStillAsked } = options;
    const answer = await this.#commits.submit(command, {
      ...(givenUp === undefined ? {} : { givenUp }),
      ...(isStillAsked === undefined ? {} : { isStillAsked }),
    });
    return command.op === 'release' ? this.#releaseAll(command, answer) : answer;
  }

  /** More leases than one decision ends are released by asking again, until none is left. */
  async #releaseAll(command: Command, first: Answer): Promise<Answer> {
    let merged = first;
    while (isRelease(merged) && merged.more) {
      const next = await this.#commits.submit(command);
      if (!isRelease(next)) return next;
      merged = {
        ...next,
        released: [...merged.released, ...next.released],
        refused: [...merged.refused, ...next.refused],
        promoted: [...merged.promoted, ...next.promoted],
      };
    }
    return merged;
  }

  /** Something is decided here: from now on this process takes its part in watching over the fleet. */
  #engage(): void {
    if (this.#isEngaged || this.#closing !== null) return;
    this.#isEngaged = true;
    this.#sweeper.start();
    this.#beater.start();
    this.#snapshots.start();
    this.#retention.start();
    this.#alerts.start();
    this.#troubles.start();
    this.#followShared();
  }

  /** The log is one that several hosts share, as far as it is known yet. */
  get #isShared(): boolean {
    return this.#log.traits.sharedAcrossHosts;
  }

  /** Whoever takes part in a shared log reads it as it grows: fleet time is slow with whom it reaches late. */
  #followShared(): void {
    if (this.#isShared && this.#beater.isRunning) this.#unfollow ??= this.#tail.follow('feed');
  }

  #onReplaced(): void {
    this.#fleetClock.opened(this.#log.state, this.#log.lastWriter);
    this.#followShared();
  }

  #onParked({ sessionId, reply }: { readonly sessionId: string; readonly reply: AcquireReply }): () => void {
    this.#sweeper.suspect(reply.blockedBy.map((blocker) => blocker.sessionId));
    return this.#keepWaiting(sessionId);
  }

  /** A call is parked here: its session counts as active, and what others write is heard of. */
  #keepWaiting(sessionId: string): () => void {
    const inactive = this.#activity.keep(sessionId);
    const unfollow = this.#tail.follow('wait');
    return () => {
      inactive();
      unfollow();
    };
  }

  /** A log that was lost is read again once it is settled; one that cannot be folded on is shown as far as it goes. */
  async #catchUpForView(): Promise<void> {
    try {
      await this.#log.catchUpSettled();
    } catch (error) {
      const code = error instanceof StoreFault ? error.code : null;
      const isReadable = code === 'STORE_VERSION' || code === 'STORE_DAMAGED';
      if (!isReadable || !this.#log.isOpen) throw error;
    }
  }

  #readClock(): void {
    if (this.#closing !== null) return;
    this.#fleetClock.now(this.#log.state);
    this.#troubles.readClocks();
    this.#cancelReading = this.#options.clock.after(READ_CLOCK_MS, () => this.#readClock(), { background: true });
  }
}

const OWN = { ownBehalf: true } as const;

/** They say of no process whether it is there. */
const WITHOUT_PRESENCE: ReadonlySet<Query['kind']> = new Set(['state', 'counts', 'policy']);

type DiagnosisQuery = Extract<Query, { kind: 'diagnosis' }>;

function isWaiting(command: Command): command is WaitingCommand {
  const isWait = (command.op === 'acquire' || command.op === 'await') && command.waitMs > 0;
  return isWait && command.by.kind === 'session' && command.dryRun !== true;
}

function isWaitingForMail(command: Command): command is WaitingRead {
  const isWait = command.op === 'read_messages' && command.waitMs > 0;
  return isWait && command.by.kind === 'session' && command.dryRun !== true;
}

function isNothingRead(answer: Answer): answer is NothingReadReply {
  return !isRejection(answer) && answer.op === 'read_messages' && answer.parkedUntil !== null;
}

function isParked(answer: Answer): answer is QueuedReply {
  if (isRejection(answer) || answer.op !== 'acquire' || answer.status !== 'queued') return false;
  return answer.ticket !== null && answer.position !== null && answer.parkedUntil !== null;
}

/** Sessions in whose favour a call was refused, or an edit denied. */
function holdersNamedIn(command: Command, answer: Answer): readonly string[] {
  if (command.op === 'begin_edit' && isParked(answer)) return answer.blockedBy.map(({ sessionId }) => sessionId);
  if (!isRejection(answer) || answer.code !== 'LEASE_HELD') return [];
  const blockers = answer.details.blockedBy;
  return Array.isArray(blockers) ? (blockers as readonly Blocker[]).map((blocker) => blocker.sessionId) : [];
}

function isRelease(answer: Answer): answer is ReleaseReply {
  return !isRejection(answer) && answer.op === 'release';
}
