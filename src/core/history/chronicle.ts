// A stretch of the log, told once for everything that is drawn of it: spans, marks, check-ins and how many events there were
// when. It begins with the state before its first event, goes forward event by event, and may forget its beginning: whoever
// looks at the last hour every few seconds reads only what is new. What it shows of a part of itself is what one that
// began there shows.

import { apply } from '../apply.ts';
import type { EventOf, FleetEvent } from '../event.ts';
import { emptyState, type FleetState } from '../fleet-state.ts';
import { LIMITS } from '../limits.ts';
import { markOf } from './marks.ts';
import type { CheckInSeen, Mark, Span } from './span.ts';
import {
  type Begun,
  leaseKey,
  offerKey,
  pauseKey,
  type Standing,
  sessionKey,
  standingOf,
  ticketSpans,
  type Wait,
  waitKey,
} from './standing.ts';

/** Events that were logged together. */
export interface Tick {
  readonly atMs: number;
  lastSeq: number;
  count: number;
}

/** An alert, from when it opened until it closed. */
export interface AlertSpan {
  readonly fromMs: number;
  readonly fromSeq: number;
  toMs: number;
  toSeq: number | null;
}

/** When something ends, and in which word. */
interface End {
  readonly atMs: number;
  readonly seq: number;
  readonly how: string;
}

export class Chronicle {
  /** It has the events behind `startSeq` up to `seq`. */
  startSeq: number;
  seq: number;
  spans: Span[] = [];
  marks: Mark[] = [];
  ticks: Tick[] = [];
  checkIns: CheckInSeen[] = [];
  alerts: AlertSpan[] = [];
  /** Names of files are compared without case. */
  foldsCase = false;
  /** Spans that go on: those of one lease, ticket, offer, session or pause under one key. */
  readonly #open = new Map<string, readonly Span[]>();
  readonly #openAlerts = new Map<number, AlertSpan>();
  readonly #waits = new Map<string, Wait>();
  /** As many as the state remembers: an offer may revive one. */
  readonly #endedWaits = new Map<string, Wait>();
  readonly #checkInsById = new Map<string, CheckInSeen>();
  readonly #pausedInArchive = new Set<string>();
  readonly #agents = new Set<string>();
  #wallAt = '';
  #wallMs = 0;

  constructor(state: FleetState) {
    this.startSeq = state.position.seq;
    this.seq = state.position.seq;
    this.#begin(standingOf(state));
  }

  /** Events come in their order, none left out. */
  hear(event: FleetEvent): void {
    const atMs = this.#msOf(event.wallAt);
    this.seq = event.seq;
    this.#tick(event.seq, atMs);
    const wait = 'ticket' in event && event.ticket !== null ? this.#waits.get(event.ticket) : undefined;
    const mark = markOf(event, atMs, wait?.resources ?? []);
    if (mark !== null) this.marks.push(mark);
    this.#fold(event, atMs);
    if (event.type !== 'history.imported' && event.agentId !== undefined) this.#agents.add(event.agentId);
  }

  /** How many events it has. */
  get events(): number {
    return this.ticks.reduce((sum, { count }) => sum + count, 0);
  }

  /** The number behind which stand its last `events` events. */
  seqBefore(events: number): number {
    let left = events;
    for (const { lastSeq, count } of this.ticks.toReversed()) {
      if (count >= left) return lastSeq - left;
      left -= count;
    }
    return this.startSeq;
  }

  /** Lets go of what was over by `seq`. */
  forgetUpTo(seq: number): void {
    if (seq <= this.startSeq) return;
    this.startSeq = seq;
    const isKept = (each: { readonly toSeq: number | null }): boolean => each.toSeq === null || each.toSeq > seq;
    this.spans = this.spans.filter(isKept);
    this.alerts = this.alerts.filter(isKept);
    this.marks = this.marks.filter((mark) => mark.seq > seq);
    this.ticks = this.ticks.filter((tick) => tick.lastSeq > seq);
    const [first] = this.ticks;
    if (first !== undefined) first.count = Math.min(first.count, first.lastSeq - seq);
    const { checkIns } = this;
    this.checkIns = checkIns.filter((each) => each.seq > seq);
    for (const { seq: at, checkInId } of checkIns) if (at <= seq) this.#checkInsById.delete(checkInId);
  }

  /** Opens what goes on and was not known. */
  #begin({ spans, alerts, waits, endedWaits, pausedInArchive, agents, foldsCase }: Standing): void {
    for (const [ticket, wait] of endedWaits) this.#endedWaits.set(ticket, wait);
    for (const [ticket, wait] of waits) this.#waits.set(ticket, wait);
    for (const [key, begun] of spans) this.#begins(key, begun);
    for (const [alert, fromMs] of alerts) if (!this.#openAlerts.has(alert)) this.#openAlert(alert, fromMs);
    for (const agentId of pausedInArchive) this.#pausedInArchive.add(agentId);
    for (const agentId of agents) this.#agents.add(agentId);
    this.foldsCase = foldsCase;
  }

  #fold(event: FleetEvent, atMs: number): void {
    const { seq, agentId = '', sessionId = '', resource = null, token = 0 } = event;
    const here = { fromMs: atMs, fromSeq: seq };
    const over = (key: string, how: string): void => this.#close(key, { atMs, seq, how });
    switch (event.type) {
      case 'session.opened':
        this.#begins(sessionKey(sessionId), [{ kind: 'live', agentId, ...here }]);
        return;
      case 'session.closed':
      case 'session.lost':
        over(sessionKey(sessionId), event.type === 'session.lost' ? 'lost' : 'closed');
        return;
      case 'lease.granted':
        if (event.replaces !== null) over(leaseKey(event.replaces), event.path);
        this.#begins(leaseKey(seq), [
          { kind: 'held', agentId, resource, mode: event.mode, token: seq, ticket: event.ticket, ...here },
        ]);
        return;
      case 'lease.released':
        over(leaseKey(token), event.why);
        return;
      case 'lease.expired':
      case 'lease.revoked':
      case 'lease.dropped':
        over(leaseKey(token), event.type.slice('lease.'.length));
        return;
      case 'lease.queued': {
        const { ticket, resources, mode } = event;
        this.#waits.set(ticket, { agentId, resources, mode });
        this.#begins(waitKey(ticket), ticketSpans('waited', ticket, { agentId, resources, mode }, here));
        return;
      }
      case 'lease.offered':
        this.#offer(event, here);
        return;
      case 'offer.lapsed':
        over(offerKey(event.ticket), 'lapsed');
        return;
      case 'wait.ended':
        over(offerKey(event.ticket), event.outcome);
        over(waitKey(event.ticket), event.outcome);
        this.#endWait(event.ticket);
        return;
      case 'handoff.offered':
        this.#begins(offerKey(event.offer), [
          { kind: 'offered', agentId: event.to, resource, token, ...here, isUndated: true },
        ]);
        return;
      case 'handoff.ended':
        over(offerKey(event.offer), event.outcome);
        return;
      case 'agent.paused':
        over(pauseKey(agentId), 'paused');
        this.#begins(pauseKey(agentId), [{ kind: 'paused', agentId, ...here }]);
        return;
      case 'agent.resumed':
        over(pauseKey(agentId), 'resumed');
        return;
      case 'agent.archived':
        if (this.#open.has(pauseKey(agentId))) this.#pausedInArchive.add(agentId);
        over(pauseKey(agentId), 'archived');
        return;
      case 'agent.restored':
        // A pause goes on where the archive interrupted it.
        if (this.#pausedInArchive.delete(agentId))
          this.#begins(pauseKey(agentId), [{ kind: 'paused', agentId, ...here }]);
        return;
      case 'agent.retired':
        this.#pausedInArchive.delete(agentId);
        over(pauseKey(agentId), 'retired');
        return;
      case 'checkin.recorded':
        this.#checkIn(event, atMs);
        return;
      case 'outcome.recorded': {
        const { checkInId, kind, ok, evidence } = event;
        this.#checkInsById.get(checkInId)?.outcomes.push({ seq, kind, ok, evidence });
        return;
      }
      case 'alert.opened':
        this.#openAlert(seq, atMs);
        return;
      case 'alert.closed':
        this.#closeAlert(event.alert, atMs, seq);
        return;
      case 'agent.imported':
        if (event.lifecycle === 'paused' && !this.#agents.has(agentId))
          this.#begins(pauseKey(agentId), [{ kind: 'paused', agentId, ...here }]);
        return;
      case 'names.folded':
        this.foldsCase = true;
        return;
      case 'epoch.started':
        this.#startEpoch(event, atMs);
        return;
      default:
    }
  }

  #offer({ ticket, revived }: EventOf<'lease.offered'>, here: Pick<Span, 'fromMs' | 'fromSeq'>): void {
    const wait = this.#waits.get(ticket) ?? this.#endedWaits.get(ticket);
    if (wait === undefined) return;
    this.#waits.set(ticket, wait);
    this.#endedWaits.delete(ticket);
    const undated = { ...here, isUndated: true };
    if (revived) this.#begins(waitKey(ticket), ticketSpans('waited', ticket, wait, undated));
    this.#begins(offerKey(ticket), ticketSpans('offered', ticket, wait, undated));
  }

  #checkIn(event: EventOf<'checkin.recorded'>, atMs: number): void {
    const { checkInId, agentId = '', seq, summary, complexity, confidence, verdict, reasons, plan, estimator } = event;
    const facts = { summary, complexity, confidence, verdict, reasons, plan, estimator };
    const outcomes = event.outcomes.map(({ kind, ok, evidence }) => ({ seq, kind, ok, evidence }));
    const seen: CheckInSeen = { checkInId, agentId, seq, atMs, facts, outcomes };
    this.checkIns.push(seen);
    this.#checkInsById.set(checkInId, seen);
  }

  /** The log goes on from what its starter knew: what was not known there is over, and what was goes on. */
  #startEpoch(event: EventOf<'epoch.started'>, atMs: number): void {
    const state = emptyState();
    apply(state, event);
    const known = standingOf(state);
    const end = { atMs, seq: event.seq, how: 'log_lost' };
    for (const key of this.#open.keys()) if (!known.spans.has(key)) this.#close(key, end);
    for (const alert of this.#openAlerts.keys()) if (!known.alerts.has(alert)) this.#closeAlert(alert, atMs, event.seq);
    this.#begin(known);
  }

  #begins(key: string, spans: readonly Begun[]): void {
    if (this.#open.has(key)) return;
    const opened = spans.map((span, i) => ({ ...NEW, isFirst: i === 0, ...span, toMs: span.fromMs }));
    this.#open.set(key, opened);
    for (const span of opened) this.spans.push(span);
  }

  #close(key: string, { atMs, seq, how }: End): void {
    for (const span of this.#open.get(key) ?? []) {
      // A clock that was set back ends nothing before it began.
      span.toMs = Math.max(span.fromMs, atMs);
      span.toSeq = seq;
      span.end = how;
    }
    this.#open.delete(key);
  }

  #openAlert(alert: number, fromMs: number): void {
    const span: AlertSpan = { fromMs, fromSeq: alert, toMs: fromMs, toSeq: null };
    this.#openAlerts.set(alert, span);
    this.alerts.push(span);
  }

  #closeAlert(alert: number, atMs: number, seq: number): void {
    const span = this.#openAlerts.get(alert);
    if (span === undefined) return;
    span.toMs = Math.max(span.fromMs, atMs);
    span.toSeq = seq;
    this.#openAlerts.delete(alert);
  }

  #endWait(ticket: string): void {
    const wait = this.#waits.get(ticket);
    if (wait === undefined) return;
    this.#waits.delete(ticket);
    this.#endedWaits.set(ticket, wait);
    const [oldest] = this.#endedWaits.keys();
    if (this.#endedWaits.size > LIMITS.endedTickets && oldest !== undefined) this.#endedWaits.delete(oldest);
  }

  #tick(seq: number, atMs: number): void {
    const last = this.ticks.at(-1);
    if (last !== undefined && last.atMs === atMs && last.lastSeq === seq - 1) {
      last.lastSeq = seq;
      last.count += 1;
    } else this.ticks.push({ atMs, lastSeq: seq, count: 1 });
  }

  /** Events of a batch share their time. */
  #msOf(wallAt: string): number {
    if (wallAt !== this.#wallAt) {
      this.#wallAt = wallAt;
      this.#wallMs = Date.parse(wallAt);
    }
    return this.#wallMs;
  }
}

const NEW = {
  resource: null,
  mode: null,
  token: null,
  ticket: null,
  isUndated: false,
  toSeq: null,
  end: null,
} as const;
