// One drill from its first process to its last: sets the stage, plays the night, gathers the record, and leaves nothing
// behind, however it ends.

import type { FeedEvent } from '../../../../app/coordinator.ts';
import type { Environment } from '../../../../app/settings.ts';
import { systemCommand } from '../../../../app/system-command.ts';
import { clock, type Fleet, ids, openFleet, prepareHost } from '../../../../compose.ts';
import { isRejection, type Rejection, reject } from '../../../../core/rejection.ts';
import type { Member } from '../cast.ts';
import { type JournalLine, type LineOf, parseJournal } from '../journal.ts';
import type { Hour } from '../night-hours.ts';
import type { Random } from '../random.ts';
import type { CountedState, DrillRecord, PlayerRecord, Signal } from '../record.ts';
import { CORE_FILE, METADATA_FILE, SERVER_FILE, STATE_KEY } from '../workspace-files.ts';
import { drillEnvironment } from './environment.ts';
import { LogWatch } from './log-watch.ts';
import { Player } from './player.ts';
import { SceneFault } from './scene-fault.ts';
import { makeScratch, type Scratch, textIn } from './scratch.ts';
import { running, type Stage, type Tone } from './stage.ts';
import { theNight } from './the-night.ts';

/** One important moment, as it is told live. */
export interface Moment {
  /** Since the drill began. */
  readonly afterMs: number;
  /** The hour of that night which has its equal now. */
  readonly hour: Hour | null;
  readonly text: string;
  readonly tone: Tone;
}

/** Who looks on. */
export interface Audience {
  readonly onMoment: (moment: Moment) => void;
  readonly onEvent: (event: FeedEvent) => void;
  /** A member of the cast, by its number, was registered. */
  readonly onNamed: (index: number, agentId: string) => void;
  /** A line of a member's journal. */
  readonly onNoted: (index: number, line: JournalLine) => void;
  readonly onSignal: (signal: Signal) => void;
}

export interface Rehearsal {
  readonly cast: readonly Member[];
  readonly seed: number;
  readonly random: Random;
  readonly env: Environment;
  /** Store URL for everybody; null for the default one, in the scratch workspace. */
  readonly store: string | null;
  /** The folder stays. */
  readonly keep: boolean;
  /** Ends the drill early: all processes end, the folder goes. */
  readonly signal: AbortSignal;
  readonly audience: Audience;
}

export interface Rehearsed {
  readonly record: DrillRecord;
  /** The scratch folder, where it was kept. */
  readonly folder: string | null;
}

/** Null when it was ended early by the signal; why not when its log cannot be used. Throws for a fault of ours. */
export async function rehearse(rehearsal: Rehearsal): Promise<Rehearsed | Rejection | null> {
  const scratch = await makeScratch();
  try {
    const record = await onScratch(rehearsal, scratch);
    if (record === null || isRejection(record)) return record;
    return { record, folder: rehearsal.keep ? scratch.folder : null };
  } finally {
    if (!rehearsal.keep || rehearsal.signal.aborted) await scratch.remove();
  }
}

async function onScratch(rehearsal: Rehearsal, scratch: Scratch): Promise<Recorded> {
  const env = drillEnvironment(rehearsal.env, scratch, rehearsal.store);
  const host = await prepareHost({ flags: {}, env, folder: scratch.workspace, stays: false });
  const fleet = await openFleet(host);
  try {
    return await inFleet(rehearsal, scratch, { env, fleet });
  } finally {
    await fleet.close();
  }
}

type Recorded = DrillRecord | Rejection | null;

function unusable(why: string): Rejection {
  return reject('STORE_UNAVAILABLE', {
    message: `The log of the drill cannot be used: ${why}`,
    next: 'Set TMPDIR to a folder on a local disk, or name a log with --store sqlite:PATH.',
  });
}

interface Setting {
  readonly env: Readonly<Record<string, string>>;
  readonly fleet: Fleet;
}

async function inFleet(rehearsal: Rehearsal, scratch: Scratch, { env, fleet }: Setting): Promise<Recorded> {
  const { cast, audience, signal } = rehearsal;
  const { trouble } = fleet.coordinator.health();
  if (trouble !== null) return unusable(trouble.message);
  const startedAt = clock.wallAt();
  const startedMs = clock.monotonicMs();
  const startedSeq = fleet.coordinator.health().head.seq;
  const before = await countedState(fleet);
  const watch = new LogWatch(fleet.coordinator);
  watch.onEvent(audience.onEvent);
  const players = cast.map((member) => new Player({ member, scratch, env, onNoted: (line) => hear(member, line) }));
  const signals: Signal[] = [];
  let hour: Hour | null = null;
  const stage: Stage = {
    players,
    watch,
    random: rehearsal.random,
    tell: (text: string, tone: Tone = 'plain') => {
      if (!signal.aborted) audience.onMoment({ afterMs: clock.monotonicMs() - startedMs, hour, text, tone });
    },
    mark: async (label, note) => {
      hour = label;
      await mark(fleet, label, note);
    },
    note: (what, player) => {
      const sent = { atMs: clock.monotonicMs(), what, index: player.member.index };
      signals.push(sent);
      audience.onSignal(sent);
    },
    tallyNow: async () => ({
      journals: await journalsOf(players, scratch),
      metadata: (await scratch.read(METADATA_FILE)) ?? '',
    }),
  };
  const hear = liveNotes(stage, audience);
  const endAll = (): void => {
    watch.stop();
    void Promise.all(players.map((player) => player.end()));
  };
  signal.addEventListener('abort', endAll);
  let stoppedBy: string | null = null;
  try {
    await theNight(stage);
    await Promise.all(running(stage).map((player) => player.leave()));
  } catch (error) {
    if (!(error instanceof SceneFault)) throw error;
    stoppedBy = error.message;
  } finally {
    signal.removeEventListener('abort', endAll);
    await Promise.all(players.map((player) => player.end()));
  }
  if (signal.aborted) return null;
  const endedMs = clock.monotonicMs();
  const left = await leftOver(fleet);
  await watch.close(fleet.coordinator);
  const journals = await journalsOf(players, scratch);
  const state = await countedState(fleet);
  return {
    seed: rehearsal.seed,
    startedAt,
    startedMs,
    endedMs,
    events: watch.events.filter((event) => event.seq > startedSeq || event.type === 'place.anchored'),
    worktree: await fleet.knownWorktree(),
    players: players.map((player, i): PlayerRecord => playerRecord(player, journals[i] ?? [])),
    signals,
    files: Object.fromEntries(
      await Promise.all(
        [METADATA_FILE, CORE_FILE, SERVER_FILE].map(async (file) => [file, await scratch.read(file)] as const),
      ),
    ),
    state: { count: state.count - before.count, version: state.version - before.version },
    left,
    stoppedBy,
  };
}

/** What agents note, told live where it matters. */
function liveNotes(stage: Stage, audience: Audience): (member: Member, line: JournalLine) => void {
  let isNamed = false;
  return ({ index }, line) => {
    const agentId = stage.players[index]?.agentId ?? '';
    if (line.what === 'registered') audience.onNamed(index, line.agentId);
    audience.onNoted(index, line);
    if (line.what === 'queued' && !isNamed) {
      const stopped = line.behind.find(({ alive }) => alive === 'stopped');
      if (stopped === undefined) return;
      isNamed = true;
      stage.tell(`${agentId}, waiting, is told: held by ${stopped.agentId}, whose process is stopped`, 'good');
    }
    if (line.what === 'refused') stage.tell(refusedText(agentId, line), 'good');
  };
}

/** What an old token is refused with says the same each time; why a wait was ended is worth hearing. */
function refusedText(agentId: string, { tool, code, token, message }: LineOf<'refused'>): string {
  const why = code === 'TOKEN_STALE' ? `token ${token ?? '?'} is stale` : message;
  return `${agentId} is refused ${tool}: ${why} (${code})`;
}

function playerRecord({ member, agentId, isRegistered }: Player, journal: readonly JournalLine[]): PlayerRecord {
  return { member, agentId: isRegistered ? agentId : null, journal };
}

async function mark({ coordinator }: Fleet, label: Hour, note: string): Promise<void> {
  const { answer } = await coordinator.submit({ ...systemCommand(ids, 'drill'), op: 'mark_drill', label, note });
  if (isRejection(answer)) throw new SceneFault(`the log took no mark: ${answer.message}`);
}

function journalsOf(players: readonly Player[], scratch: Scratch): Promise<readonly (readonly JournalLine[])[]> {
  return Promise.all(
    players.map(async ({ member }) => parseJournal((await textIn(scratch.journal(member.index))) ?? '')),
  );
}

async function leftOver({ coordinator }: Fleet): Promise<DrillRecord['left']> {
  const { counts } = await coordinator.view({ kind: 'fleet' });
  return { leases: counts.leases, waits: counts.waits };
}

/** A log named by `--store` may hold an earlier drill. */
async function countedState({ coordinator }: Fleet): Promise<CountedState> {
  const { items } = await coordinator.view({ kind: 'state', key: STATE_KEY });
  const [entry] = items;
  const value = entry?.value as { readonly count?: number } | undefined;
  return { count: value?.count ?? 0, version: entry?.version ?? 0 };
}
