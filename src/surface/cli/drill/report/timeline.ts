// What happened, moment by moment: the log's own sentences, what agents noted, and the signals that were sent, on one clock.

import type { FleetEvent } from '../../../../core/event.ts';
import { counted } from '../../../../core/view/count-text.ts';
import { sentenceOf } from '../../../../core/view/sentence.ts';
import type { JournalLine } from '../journal.ts';
import { type Hour, isHour, THAT_NIGHT } from '../night-hours.ts';
import type { DrillRecord, PlayerRecord } from '../record.ts';
import type { Figures } from './figures.ts';
import { monotonicTimes } from './log-clock.ts';
import { listed } from './words.ts';

export interface TimelineRow {
  /** Since the drill began. */
  readonly afterMs: number;
  /** The hour of that night, where it has its equal here. */
  readonly hour: Hour | null;
  /** What happened at that hour of that night. */
  readonly thatNight: string | null;
  readonly text: string;
  /** Number of the event in the log; null for what is not in it. */
  readonly seq: number | null;
  readonly source: 'log' | 'journal' | 'signal';
}

/** Oldest first. Only what matters to the night: the hundreds of ordinary grants are in the log. */
export function timelineOf(record: DrillRecord, figures: Figures): readonly TimelineRow[] {
  const rows = [
    ...joined(record),
    ...fromLog(record, figures),
    ...fromJournals(record, figures),
    ...fromSignals(record),
  ];
  return rows
    .map(({ atMs, ...row }) => ({
      afterMs: Math.max(0, Math.round(atMs - record.startedMs)),
      ...row,
      thatNight: row.hour === null ? null : THAT_NIGHT[row.hour],
    }))
    .toSorted((a, b) => a.afterMs - b.afterMs || (a.seq ?? 0) - (b.seq ?? 0));
}

type Row = Omit<TimelineRow, 'afterMs' | 'thatNight'> & { readonly atMs: number };

/** Everybody who was there before the freeze joins in one line. */
function joined({ players, signals }: DrillRecord): readonly Row[] {
  const firstMs = signals[0]?.atMs ?? Number.POSITIVE_INFINITY;
  const early = players.flatMap(({ journal }) =>
    journal.filter(({ what, atMs }) => what === 'registered' && atMs < firstMs),
  );
  const last = early.toSorted((a, b) => a.atMs - b.atMs).at(-1);
  if (last === undefined) return [];
  return [noted(last.atMs, `${counted(early.length, 'agent')} have joined, each with its own brigade mcp`)];
}

function fromLog(record: DrillRecord, figures: Figures): readonly Row[] {
  const times = monotonicTimes(record.events);
  const told = new Set<number>(tokensToTell(figures));
  return record.events.flatMap((event): readonly Row[] => {
    const atMs = times.get(event.seq);
    if (atMs === undefined || !isTold(event, told, figures)) return [];
    const hour = event.type === 'drill.marked' && isHour(event.label) ? event.label : null;
    const text = event.type === 'drill.marked' ? event.note : sentenceOf(event, record.worktree);
    return [{ atMs, hour, text, seq: event.seq, source: 'log' }];
  });
}

/** Grants that ended somebody's waiting for a frozen or a dead holder. */
function tokensToTell({ freeze, loss }: Figures): readonly number[] {
  return [freeze?.next?.token, loss?.next?.token].filter((token) => token !== undefined);
}

function isTold(event: FleetEvent, told: ReadonlySet<number>, { freeze, rescue }: Figures): boolean {
  switch (event.type) {
    case 'drill.marked':
    case 'lease.expired':
    case 'lease.revoked':
    case 'session.lost':
    case 'invariant.broken':
    case 'granting.suspended':
      return true;
    case 'lease.granted':
      return told.has(event.seq);
    case 'wait.ended':
      return event.outcome === 'deadlock';
    case 'agent.registered':
      return event.agentId === rescue?.agentId;
    case 'state.put':
      return (
        event.agentId === freeze?.agentId &&
        event.guard !== null &&
        event.guard > (freeze?.ended?.event.seq ?? Number.POSITIVE_INFINITY)
      );
    default:
      return false;
  }
}

function fromJournals({ players }: DrillRecord, figures: Figures): readonly Row[] {
  return [
    ...fromFreeze(figures),
    ...players.flatMap((player) => player.journal.flatMap((line) => notable(player, line, figures))),
  ];
}

/** Who was told what while the holder stood still, and what it was told itself when it came back. */
function fromFreeze({ freeze }: Figures): readonly Row[] {
  const rows: Row[] = [];
  if (freeze === null) return rows;
  const { agentId, named, refused } = freeze;
  if (named !== null)
    rows.push(noted(named.atMs, `${named.by}, waiting, is told: held by ${agentId}, whose process is stopped`));
  const [first] = refused;
  if (first === undefined) return rows;
  const tools = listed(refused.map(({ tool }) => tool));
  return [...rows, noted(first.atMs, `${agentId} is refused ${tools}: ${first.message} (${first.code})`)];
}

function notable({ agentId }: PlayerRecord, line: JournalLine, { freeze }: Figures): readonly Row[] {
  const who = agentId ?? 'an agent';
  switch (line.what) {
    case 'saw':
      return [noted(line.atMs, `${who} sees: ${line.sentences.join(' ')}`)];
    case 'refused': {
      const isOther = line.code === 'TOKEN_STALE' && freeze?.refused.includes(line) !== true;
      return isOther ? [noted(line.atMs, `${who} is refused ${line.tool}: ${line.message} (${line.code})`)] : [];
    }
    case 'doubted':
      return [noted(line.atMs, `${who} does not believe in token ${line.token} any more and leaves the file alone`)];
    default:
      return [];
  }
}

function noted(atMs: number, text: string): Row {
  return { atMs, hour: null, text, seq: null, source: 'journal' };
}

/** That one is stopped and goes on is marked in the log; that one is killed is not, because nobody tells the log. */
function fromSignals({ signals, players }: DrillRecord): readonly Row[] {
  return signals.flatMap(({ atMs, what, index }): readonly Row[] => {
    if (what !== 'killed') return [];
    const who = players[index]?.agentId ?? 'an agent';
    const text = `${who} is killed with the lock in its hand: SIGKILL to it and its brigade mcp`;
    return [{ atMs, hour: null, text, seq: null, source: 'signal' }];
  });
}
