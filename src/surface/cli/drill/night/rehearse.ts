// The night from its first process to its last: sets the stage, plays it, gathers the record.

import { systemCommand } from '../../../../app/system-command.ts';
import { clock, type Fleet, ids } from '../../../../compose.ts';
import { isRejection, type Rejection } from '../../../../core/rejection.ts';
import type { Member } from '../cast.ts';
import type { Hour } from '../night-hours.ts';
import type { Random } from '../random.ts';
import type { DrillRecord, Signal } from '../record.ts';
import type { Audience } from '../rehearsal/audience.ts';
import { LogWatch } from '../rehearsal/log-watch.ts';
import { type Ended, onScratch, playOut, type ScratchOptions, type Setting } from '../rehearsal/on-scratch.ts';
import { Player } from '../rehearsal/player.ts';
import { SceneFault } from '../rehearsal/scene-fault.ts';
import { METADATA_FILE } from '../workspace-files.ts';
import { countedState, gatherRecord, journalsOf } from './gather-record.ts';
import { liveNotes } from './live-notes.ts';
import type { Stage } from './stage.ts';
import { theNight } from './the-night.ts';

export interface Rehearsal extends Omit<ScratchOptions, 'policy'> {
  readonly cast: readonly Member[];
  readonly seed: number;
  readonly random: Random;
  readonly audience: Audience;
}

/** Null when it was ended early by the signal; why not when its log cannot be used. Throws for a fault of ours. */
export function rehearse(rehearsal: Rehearsal): Promise<Ended<DrillRecord> | Rejection | null> {
  return onScratch(rehearsal, (setting) => inFleet(rehearsal, setting));
}

async function inFleet(rehearsal: Rehearsal, { scratch, env, fleet }: Setting): Promise<DrillRecord | null> {
  const { cast, seed, audience, signal } = rehearsal;
  const start = {
    seed,
    startedAt: clock.wallAt(),
    startedMs: clock.monotonicMs(),
    startedSeq: fleet.coordinator.health().head.seq,
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
  const stoppedBy = await playOut({ players: () => players, watch, signal }, () => theNight(stage));
  if (signal.aborted) return null;
  return gatherRecord(
    { ...start, endedMs: clock.monotonicMs(), signals, stoppedBy },
    { fleet, scratch, watch, players },
  );
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
