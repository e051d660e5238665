// The scenes of the night as facts: who stood still when, who was told, when the lease ended, who came next, what the old
// token was good for. Each is null when the record does not show it.

import type { EventOf, EventType, FleetEvent } from '../../../../core/event.ts';
import { type LineOf, linesOf } from '../journal.ts';
import type { DrillRecord, PlayerRecord, Signal } from '../record.ts';
import { monotonicTimes } from './log-clock.ts';

/** The next holder of what somebody lost. */
export interface NextGrant {
  readonly agentId: string;
  readonly token: number;
  /** When its agent had the lock in hand. */
  readonly atMs: number;
}

export interface Freeze {
  readonly agentId: string;
  readonly token: number;
  readonly stoppedMs: number;
  /** A waiter's own answer named the holder as stopped. */
  readonly named: { readonly atMs: number; readonly by: string } | null;
  /** Who had to ask on while it stood in the way, and who of them was told that it is stopped. */
  readonly waiters: { readonly asked: number; readonly told: number };
  readonly ended: { readonly atMs: number; readonly event: FleetEvent } | null;
  readonly next: NextGrant | null;
  readonly resumedMs: number | null;
  /** What was refused to the old token after it came back. */
  readonly refused: readonly LineOf<'refused'>[];
  /** It touched the file with the old token, or wrote governed state with it, after its lease had ended. */
  readonly wroteStale: boolean;
  /** The update that it made after all, under a later token. */
  readonly madeAfter: { readonly update: number; readonly token: number } | null;
  /** Updates that others saw through meanwhile. */
  readonly othersMade: number;
  /** The slowest answer meanwhile to a call of another agent that waits for nobody, be it for a process to start. */
  readonly slowestAnswerMs: number | null;
}

export interface Loss {
  readonly agentId: string;
  readonly token: number;
  readonly killedMs: number;
  readonly lostMs: number | null;
  readonly next: NextGrant | null;
}

export interface Crossing {
  readonly agents: readonly string[];
  /** Who was told, in which words, after how long. */
  readonly aborted: {
    readonly agentId: string;
    readonly message: string;
    readonly tookMs: number;
    readonly atMs: number;
  } | null;
}

export interface Rescue {
  readonly agentId: string;
  readonly joinedMs: number;
  readonly sentences: readonly string[];
  readonly lookedMs: number | null;
  /** Updates it made while the holder stood still. */
  readonly made: number;
}

export function freezeIn(record: DrillRecord): Freeze | null {
  const frozen = playerIn(record, 'frozen');
  const stopped = signalTo(record, frozen, 'stopped');
  if (frozen?.agentId == null || stopped === null) return null;
  const { agentId, journal } = frozen;
  const token = lastTokenBefore(frozen, stopped.atMs);
  if (token === null) return null;
  const resumedMs = signalTo(record, frozen, 'resumed')?.atMs ?? null;
  const ended = record.events.find((event) => event.token === token && ENDS.has(event.type)) ?? null;
  const endedMs = ended === null ? null : timeOf(record, ended);
  const others = record.players.filter((player) => player !== frozen);
  const meanwhile = (atMs: number): boolean => atMs >= stopped.atMs && atMs <= (resumedMs ?? record.endedMs);
  const answers = others
    .flatMap((player) => linesOf(player.journal, 'answered'))
    .filter(({ atMs, tool }) => meanwhile(atMs) && tool !== 'register');
  return {
    agentId,
    token,
    stoppedMs: stopped.atMs,
    named: firstNaming(others, agentId, stopped.atMs),
    waiters: waitersBehind(others, agentId, stopped.atMs),
    ended: ended === null || endedMs === null ? null : { atMs: endedMs, event: ended },
    next: ended === null ? null : nextGrant(record, ended),
    resumedMs,
    refused: linesOf(journal, 'refused').filter((line) => line.code === 'TOKEN_STALE' && line.token === token),
    wroteStale: wroteStale(record, frozen, { token, ended }),
    madeAfter: linesOf(journal, 'edited').find((line) => line.atMs > stopped.atMs && line.token > token) ?? null,
    othersMade: others.flatMap((player) => linesOf(player.journal, 'edited')).filter(({ atMs }) => meanwhile(atMs))
      .length,
    slowestAnswerMs: answers.length === 0 ? null : Math.max(...answers.map(({ tookMs }) => tookMs)),
  };
}

export function lossIn(record: DrillRecord): Loss | null {
  const player = playerIn(record, 'ended');
  const killed = signalTo(record, player, 'killed');
  if (player?.agentId == null || killed === null) return null;
  const token = lastTokenBefore(player, killed.atMs);
  if (token === null) return null;
  const lost = record.events.find((event) => event.type === 'session.lost' && event.agentId === player.agentId);
  const ended = record.events.find((event) => event.token === token && ENDS.has(event.type));
  return {
    agentId: player.agentId,
    token,
    killedMs: killed.atMs,
    lostMs: lost === undefined ? null : timeOf(record, lost),
    next: ended === undefined ? null : nextGrant(record, ended),
  };
}

/** Null when nobody took two files. */
export function crossingIn(record: DrillRecord): Crossing | null {
  const mark = record.events.find((event) => event.type === 'drill.marked' && event.label === '01:00');
  if (mark === undefined) return null;
  const crossed = record.players.filter(({ journal }) =>
    linesOf(journal, 'asked').some(({ update, resources }) => update === null && resources.length > 0),
  );
  const told = crossed.flatMap((player) =>
    linesOf(player.journal, 'refused')
      .filter(({ code }) => code === 'WAIT_ABORTED_DEADLOCK')
      .map(({ message, tookMs, atMs }) => ({ agentId: player.agentId ?? '', message, tookMs, atMs })),
  );
  return { agents: crossed.map(({ agentId }) => agentId ?? ''), aborted: told[0] ?? null };
}

export function rescueIn(record: DrillRecord, freeze: Freeze | null): Rescue | null {
  const player = playerIn(record, 'rescue');
  if (player?.agentId == null) return null;
  const { agentId, journal } = player;
  const joined = linesOf(journal, 'registered')[0];
  const [saw] = linesOf(journal, 'saw');
  const untilMs = freeze?.resumedMs ?? record.endedMs;
  return {
    agentId,
    joinedMs: joined?.atMs ?? 0,
    sentences: saw?.sentences ?? [],
    lookedMs: saw?.tookMs ?? null,
    made: linesOf(journal, 'edited').filter(({ atMs }) => atMs <= untilMs).length,
  };
}

function playerIn(record: DrillRecord, role: PlayerRecord['member']['role']): PlayerRecord | null {
  return record.players.find(({ member }) => member.role === role) ?? null;
}

const ENDS: ReadonlySet<EventType> = new Set(['lease.released', 'lease.expired', 'lease.revoked', 'lease.dropped']);

function signalTo(record: DrillRecord, player: PlayerRecord | null, what: Signal['what']): Signal | null {
  return record.signals.find((signal) => signal.what === what && signal.index === player?.member.index) ?? null;
}

function lastTokenBefore({ journal }: PlayerRecord, atMs: number): number | null {
  const granted = linesOf(journal, 'granted').findLast((line) => line.atMs <= atMs);
  return granted === undefined ? null : (Object.values(granted.tokens)[0] ?? null);
}

function waitersBehind(others: readonly PlayerRecord[], agentId: string, afterMs: number): Freeze['waiters'] {
  const heard = others.map(({ journal }) =>
    linesOf(journal, 'queued')
      .filter(({ atMs }) => atMs > afterMs)
      .flatMap(({ behind }) => behind.filter((each) => each.agentId === agentId)),
  );
  const asked = heard.filter((answers) => answers.length > 0);
  return {
    asked: asked.length,
    told: asked.filter((answers) => answers.some(({ alive }) => alive === 'stopped')).length,
  };
}

function firstNaming(others: readonly PlayerRecord[], agentId: string, afterMs: number): Freeze['named'] {
  const namings = others.flatMap((player) =>
    linesOf(player.journal, 'queued')
      .filter(
        (line) =>
          line.atMs > afterMs && line.behind.some((each) => each.agentId === agentId && each.alive === 'stopped'),
      )
      .map(({ atMs }) => ({ atMs, by: player.agentId ?? '' })),
  );
  return namings.toSorted((a, b) => a.atMs - b.atMs)[0] ?? null;
}

/** The first grant of the same resource behind `ended`, and when its agent had it in hand. */
function nextGrant(record: DrillRecord, ended: FleetEvent): NextGrant | null {
  const grant = record.events.find(
    (event): event is EventOf<'lease.granted'> =>
      event.type === 'lease.granted' && event.seq > ended.seq && event.resource === ended.resource,
  );
  if (grant === undefined) return null;
  const lines = record.players.flatMap(({ journal }) => linesOf(journal, 'granted'));
  const inHand = lines.find(({ tokens }) => Object.values(tokens).includes(grant.seq));
  return inHand === undefined ? null : { agentId: grant.agentId ?? '', token: grant.seq, atMs: inHand.atMs };
}

function wroteStale(
  record: DrillRecord,
  { journal }: PlayerRecord,
  { token, ended }: { readonly token: number; readonly ended: FleetEvent | null },
): boolean {
  const touched = linesOf(journal, 'entered').some((line) => line.token === token);
  const put = record.events.some(
    (event) => event.type === 'state.put' && event.guard === token && ended !== null && event.seq > ended.seq,
  );
  return touched || put;
}

function timeOf(record: DrillRecord, event: FleetEvent): number | null {
  return monotonicTimes(record.events).get(event.seq) ?? null;
}
