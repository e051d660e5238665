// What the script of an incident can do: have agents join and call, watch the log, make something wrong, send somebody in.

import { join } from 'node:path';
import type { FeedEvent } from '../../../../app/coordinator.ts';
import { systemCommand } from '../../../../app/system-command.ts';
import { clock, ids } from '../../../../compose.ts';
import type { AlertCode } from '../../../../core/alert/alert.ts';
import type { EventOf, EventType } from '../../../../core/event.ts';
import { isRejection } from '../../../../core/rejection.ts';
import type { Actor } from '../cast.ts';
import type { JournalLine } from '../journal.ts';
import type { Hour } from '../night-hours.ts';
import type { LeaseRef, Order, OrderResult, Told, ToolArguments } from '../protocol.ts';
import type { Signal } from '../record.ts';
import type { Audience, Tone } from '../rehearsal/audience.ts';
import { FAULTS_VARIABLE, type Faults, NO_FAULTS, writeFaults } from '../rehearsal/faults.ts';
import { heardLater } from '../rehearsal/heard-later.ts';
import type { LogWatch } from '../rehearsal/log-watch.ts';
import type { Setting } from '../rehearsal/on-scratch.ts';
import { Player, programOf } from '../rehearsal/player.ts';
import { SceneFault } from '../rehearsal/scene-fault.ts';
import { textIn } from '../rehearsal/scratch.ts';
import { within } from '../rehearsal/within.ts';
import { deskPid } from './desk-pid.ts';
import { inWords, isOf, spoken } from './measure.ts';
import { actorOf, namesText } from './names.ts';

export type Cook = Player<Actor>;

export interface SceneOptions extends Setting {
  readonly watch: LogWatch;
  readonly audience: Audience;
  readonly startedMs: number;
  /** Processes may be made faulty. */
  readonly faulty: boolean;
  /** The log of this very process can be made full too. */
  readonly ownLog: { readonly set: (isFull: boolean) => void } | null;
  /** Those who take part from the beginning. */
  readonly asks: readonly Actor['asks'][];
  /** Somebody at the page of this fleet may help. */
  readonly isByHand: boolean;
}

type Hears = (cook: Cook, line: JournalLine) => void;

/** Under way: `rest` ends with what came of it. */
export interface Underway {
  readonly cook: Cook;
  readonly rest: Promise<OrderResult>;
}

export class Scene {
  /** Everybody, in the order of joining. */
  readonly cooks: Cook[] = [];
  readonly watch: LogWatch;
  readonly #options: SceneOptions;
  readonly #hearing = new Set<Hears>();

  constructor(options: SceneOptions) {
    this.#options = options;
    this.watch = options.watch;
    for (const asks of options.asks) this.#cast(asks);
  }

  /** Who is there; throws where the cast is too small. */
  cook(index: number): Cook {
    const cook = this.cooks[index];
    if (cook === undefined) throw new Error(`the cast has no number ${index}`);
    return cook;
  }

  tell(text: string, tone: Tone = 'plain'): void {
    const { audience, startedMs } = this.#options;
    audience.onMoment({ afterMs: clock.monotonicMs() - startedMs, text: inWords(text), tone });
  }

  nowMs(): number {
    return clock.monotonicMs();
  }

  /** Number of the newest event that was seen. */
  get seen(): number {
    return this.watch.events.at(-1)?.seq ?? 0;
  }

  /** Starts all processes at once; they register one after the other, so that names do not depend on luck. */
  async everybodyJoins(): Promise<void> {
    this.tell(`${this.cooks.length} agents start, each a process of its own with its own \`brigade mcp\``);
    await Promise.all(this.cooks.map((cook) => cook.start()));
    for (const cook of this.cooks) await this.#register(cook);
    this.tell(`${namesText(this.cooks.map(({ agentId }) => agentId))} have joined`, 'quiet');
  }

  /** Somebody new comes, named by a purpose; one that only looks does not register. */
  async sendIn(purpose: string, { looksOnly = false } = {}): Promise<Cook> {
    const cook = this.#cast({ purpose });
    await cook.start();
    if (!looksOnly) await this.#register(cook);
    this.tell(`${cook.agentId} is sent in: a fresh agent, without the rights of an operator`);
    return cook;
  }

  async register(cook: Cook): Promise<void> {
    await this.#register(cook);
  }

  /** The agent whose process is the desk of this host. */
  async atTheDesk(): Promise<Cook> {
    const pid = await deskPid(this.#options);
    const opened = this.watch.events.find(
      (event) => isOf(event, 'session.opened') && event.attachment?.pid === pid && pid !== undefined,
    );
    const cook = this.cooks.find(({ agentId }) => agentId === opened?.agentId);
    if (cook === undefined) throw new SceneFault('no agent of this drill is the desk');
    return cook;
  }

  /** The first line of its journal of which `isIt` holds, from now on; throws a `SceneFault` when it does not come. */
  noted(cook: Cook, what: string, isIt: (line: JournalLine) => boolean): Promise<JournalLine> {
    let hears: Hears = () => undefined;
    const coming = new Promise<JournalLine>((resolve) => {
      hears = (whose, line) => whose === cook && isIt(line) && resolve(line);
      this.#hearing.add(hears);
    });
    return within(COMES_WITHIN_MS, `${cook.agentId} to ${what}`, coming).finally(() => this.#hearing.delete(hears));
  }

  /** One call of a tool. */
  async call(cook: Cook, tool: string, args: ToolArguments): Promise<Told> {
    const { told } = await cook.order({ do: 'call', tool, args });
    if (told === undefined) throw new Error(`${tool} was not answered`);
    return told;
  }

  /** The same; where there is no answer at all, that is the answer. */
  async ask(cook: Cook, tool: string, args: ToolArguments): Promise<Told> {
    try {
      return await this.call(cook, tool, args);
    } catch (error) {
      if (!(error instanceof SceneFault)) throw error;
      return { ok: false, code: 'INTERNAL', message: error.message, next: '' };
    }
  }

  /** Takes what is free. */
  async take(
    cook: Cook,
    resources: readonly string[],
    options: { reason: string; ttlMs?: number },
  ): Promise<readonly LeaseRef[]> {
    const told = await this.call(cook, 'acquire_lock', { resources, waitMs: 0, ttlMs: 600_000, ...options });
    if (!told.ok)
      throw new SceneFault(`${cook.agentId} was refused ${resources.join(' and ')}: ${told.message} (${told.code})`);
    return told.reply.leases as readonly LeaseRef[];
  }

  /** Begins to do something that takes a while; `tellIt` of it when it is to stop. */
  begin(cook: Cook, order: Order): Underway {
    const rest = cook.order(order);
    heardLater(rest);
    return { cook, rest };
  }

  /** Begins to wait for locks, and is in line when this resolves. */
  async queue(cook: Cook, resources: readonly string[], reason: string, ttlMs = 600_000): Promise<Underway> {
    const after = this.seen;
    const underway = this.begin(cook, { do: 'acquire', resources, reason, ttlMs });
    await this.next(
      `${cook.agentId} to stand in line`,
      'lease.queued',
      after,
      ({ agentId }) => agentId === cook.agentId,
    );
    return underway;
  }

  /** Each of them stands in line, for whatever, since the event `after`. */
  async allInLine(cooks: readonly Cook[], after: number): Promise<void> {
    for (const { agentId } of cooks) {
      await this.next(`${agentId} to stand in line`, 'lease.queued', after, (event) => event.agentId === agentId);
    }
  }

  /** What came of each of them; throws a `SceneFault` when one takes too long. */
  allOf(underway: readonly Underway[], what: string, ms = COMES_WITHIN_MS): Promise<readonly OrderResult[]> {
    return within(ms, what, Promise.all(underway.map(({ rest }) => rest)));
  }

  /** True when those who could not go on did; it is told when they did not, and judged in the end. */
  async gotOn(underway: readonly Underway[], what: string): Promise<boolean> {
    try {
      await this.allOf(underway, what, FREED_WITHIN_MS);
      return true;
    } catch (error) {
      if (!(error instanceof SceneFault)) throw error;
      this.tell(`In vain: ${error.message}`, 'bad');
      return false;
    }
  }

  /** What came of something that should be answered at once; null when it is not, which is judged in the end. */
  async heardOf({ rest }: Underway): Promise<OrderResult | null> {
    try {
      return await within(ANSWERED_WITHIN_MS, 'an answer', rest);
    } catch (error) {
      if (error instanceof SceneFault) return null;
      throw error;
    }
  }

  /** Token of the newest grant of this resource to `cook`; 0 when there was none. */
  tokenOf({ agentId }: Cook, resource: string): number {
    const granted = this.watch.events.findLast(
      (event) => isOf(event, 'lease.granted') && event.agentId === agentId && spoken(event.resource ?? '') === resource,
    );
    return granted?.seq ?? 0;
  }

  /** Text of the journal of `cook`, as far as it is written. */
  journalOf({ member }: Cook): Promise<string | null> {
    return textIn(this.#options.scratch.journal(member.index));
  }

  /** The first such event after number `after`. Throws a `SceneFault` when it does not come. */
  async next<T extends EventType>(
    what: string,
    type: T,
    after: number,
    isIt: (event: EventOf<T>) => boolean = () => true,
  ): Promise<EventOf<T>> {
    const found = await this.watch.next(
      what,
      after,
      (event) => event.type === type && isIt(event as unknown as EventOf<T>),
    );
    return found as unknown as EventOf<T>;
  }

  /** The alert of this code that opens after number `after`; null when none comes in time. */
  async alert(code: AlertCode, after: number, withinMs: number): Promise<EventOf<'alert.opened'> | null> {
    const isIt = (event: FeedEvent): boolean => isOf(event, 'alert.opened') && event.code === code;
    const seen = await this.watch.seen(after, isIt, withinMs);
    return seen as EventOf<'alert.opened'> | null;
  }

  /** Is there somebody at the page of this fleet who may help? */
  get isByHand(): boolean {
    return this.#options.isByHand;
  }

  /** Notes in the log which hour of that night has its equal now. */
  async mark(hour: Hour, note: string): Promise<void> {
    const { answer } = await this.fleet.coordinator.submit({
      ...systemCommand(ids, 'drill'),
      op: 'mark_drill',
      label: hour,
      note: inWords(note),
    });
    if (isRejection(answer)) throw new SceneFault(`the log took no mark: ${answer.message}`);
  }

  /** Notes that a signal was just sent, for whoever looks on. */
  signalled(cook: Cook, what: Signal['what']): void {
    this.#options.audience.onSignal({ atMs: clock.monotonicMs(), what, index: cook.member.index });
  }

  /** From now on this is wrong in the process of `cook`. */
  suffer(cook: Cook, faults: Faults): void {
    writeFaults(this.#faultsOf(cook.member), faults);
  }

  /** The same of everybody, and of this very process where it can be. */
  sufferAll(faults: Faults): void {
    for (const cook of this.cooks) this.suffer(cook, faults);
    this.#options.ownLog?.set(faults.isFull);
  }

  /** Text of a file of the workspace; null when it is gone. */
  read(file: string): Promise<string | null> {
    return this.#options.scratch.read(file);
  }

  get fleet(): Setting['fleet'] {
    return this.#options.fleet;
  }

  async #register(cook: Cook): Promise<void> {
    const { audience } = this.#options;
    audience.onNamed(cook.member.index, await cook.register());
  }

  #cast(asks: Actor['asks']): Cook {
    const { scratch, env, faulty, audience } = this.#options;
    const member = actorOf(this.cooks.length, asks);
    const own = faulty
      ? { env: { ...env, [FAULTS_VARIABLE]: this.#faultsOf(member) }, brigade: programOf('faulty-brigade-worker') }
      : { env };
    if (faulty) writeFaults(this.#faultsOf(member), NO_FAULTS);
    const onNoted = (line: JournalLine): void => {
      audience.onNoted(member.index, line);
      for (const hears of this.#hearing) hears(cook, line);
    };
    const cook: Cook = new Player<Actor>({ member, scratch, ...own, onNoted });
    this.cooks.push(cook);
    return cook;
  }

  #faultsOf({ index }: Actor): string {
    return join(this.#options.scratch.folder, 'journals', `${index}.faults.json`);
  }
}

/** Beyond its threshold and for a slow machine: whether an alert that comes is in time is judged from the log. */
export const ALERT_COMES_MS = 6_000;

/** For a slow machine: it ends a drill that hangs, and judges nothing. */
const COMES_WITHIN_MS = 30_000;
/** Whoever is freed goes on at once, one after the other; on a slow machine too. */
const FREED_WITHIN_MS = 15_000;
const ANSWERED_WITHIN_MS = 5_000;
