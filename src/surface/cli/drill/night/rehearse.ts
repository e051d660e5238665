// One drill from its first process to its last: sets the stage, plays the night, gathers the record, and leaves nothing
// behind, however it ends.

import type { Environment } from '../../../../app/settings.ts';
import { systemCommand } from '../../../../app/system-command.ts';
import { clock, type Fleet, ids, openFleet, prepareHost } from '../../../../compose.ts';
import { isRejection, type Rejection, reject } from '../../../../core/rejection.ts';
import type { Member } from '../cast.ts';
import type { Hour } from '../night-hours.ts';
import type { Random } from '../random.ts';
import type { DrillRecord, Signal } from '../record.ts';
import { METADATA_FILE } from '../workspace-files.ts';
import type { Audience } from './audience.ts';
import { drillEnvironment } from './environment.ts';
import { countedState, gatherRecord, journalsOf } from './gather-record.ts';
import { liveNotes } from './live-notes.ts';
import { LogWatch } from './log-watch.ts';
import { Player } from './player.ts';
import { SceneFault } from './scene-fault.ts';
import { makeScratch, type Scratch } from './scratch.ts';
import { running, type Stage } from './stage.ts';
import { theNight } from './the-night.ts';

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

interface Setting {
  readonly env: Readonly<Record<string, string>>;
  readonly fleet: Fleet;
}

async function inFleet(rehearsal: Rehearsal, scratch: Scratch, { env, fleet }: Setting): Promise<Recorded> {
  const { cast, seed, audience, signal } = rehearsal;
  const { trouble, head } = fleet.coordinator.health();
  if (trouble !== null) return unusable(trouble.message);
  const start = {
    seed,
    startedAt: clock.wallAt(),
    startedMs: clock.monotonicMs(),
    startedSeq: head.seq,
    stateBefore: await countedState(fleet),
  };
  const watch = new LogWatch(fleet.coordinator);
  watch.onEvent(audience.onEvent);
  const signals: Signal[] = [];
  const players = cast.map((member) => new Player({ member, scratch, env, onNoted: (line) => hear(member, line) }));
  const tell = teller(rehearsal, start.startedMs);
  const stage: Stage = {
    players,
    watch,
    random: rehearsal.random,
    tell: tell.tell,
    mark: async (hour, text) => {
      tell.atHour(hour);
      await mark(fleet, hour, text);
    },
    note: (what, { member }) => {
      const sent = { atMs: clock.monotonicMs(), what, index: member.index };
      signals.push(sent);
      audience.onSignal(sent);
    },
    tallyNow: async () => ({
      journals: await journalsOf(players, scratch),
      metadata: (await scratch.read(METADATA_FILE)) ?? '',
    }),
  };
  const hear = liveNotes(stage, audience);
  const stoppedBy = await play(stage, signal);
  if (signal.aborted) return null;
  return gatherRecord(
    { ...start, endedMs: clock.monotonicMs(), signals, stoppedBy },
    { fleet, scratch, watch, players },
  );
}

/** Plays the night. Null when it came to its end, else why it did not. In either case no process is left. */
async function play(stage: Stage, signal: AbortSignal): Promise<string | null> {
  const { players, watch } = stage;
  const endAll = (): Promise<unknown> => Promise.all(players.map((player) => player.end()));
  const onAbort = (): void => {
    watch.stop();
    void endAll();
  };
  signal.addEventListener('abort', onAbort);
  try {
    if (signal.aborted) return 'ended before it began';
    await theNight(stage);
    await Promise.all(running(stage).map((player) => player.leave()));
    return null;
  } catch (error) {
    if (error instanceof SceneFault) return error.message;
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await endAll();
  }
}

/** Tells moments with their time and the hour they belong to. */
function teller({ audience, signal }: Rehearsal, startedMs: number) {
  let hour: Hour | null = null;
  const tell: Stage['tell'] = (text, tone = 'plain') => {
    if (!signal.aborted) audience.onMoment({ afterMs: clock.monotonicMs() - startedMs, hour, text, tone });
  };
  const atHour = (next: Hour): void => {
    hour = next;
  };
  return { tell, atHour };
}

async function mark({ coordinator }: Fleet, label: Hour, note: string): Promise<void> {
  const { answer } = await coordinator.submit({ ...systemCommand(ids, 'drill'), op: 'mark_drill', label, note });
  if (isRejection(answer)) throw new SceneFault(`the log took no mark: ${answer.message}`);
}

function unusable(why: string): Rejection {
  return reject('STORE_UNAVAILABLE', {
    message: `The log of the drill cannot be used: ${why}`,
    next: 'Set TMPDIR to a folder on a local disk, or name a log with --store sqlite:PATH.',
  });
}
