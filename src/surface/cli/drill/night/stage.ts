// What the scenes of the night share.

import type { Member, Role, Updates } from '../cast.ts';
import type { JournalLine } from '../journal.ts';
import type { Hour } from '../night-hours.ts';
import type { PlannedUpdate } from '../protocol.ts';
import { type Random, wholeFrom } from '../random.ts';
import type { Signal } from '../record.ts';
import type { Tone } from '../rehearsal/audience.ts';
import type { LogWatch } from '../rehearsal/log-watch.ts';
import type { Player } from '../rehearsal/player.ts';

export interface Stage {
  readonly players: readonly Player[];
  readonly watch: LogWatch;
  readonly random: Random;
  /** One important moment. */
  tell(text: string, tone?: Tone): void;
  /** Marks an hour of that night in the log. */
  mark(hour: Hour, note: string): Promise<void>;
  /** Notes that a signal was just sent. */
  note(what: Signal['what'], player: Player): void;
  /** What the agents say they did, and what stands in the file. */
  tallyNow(): Promise<{ readonly journals: readonly (readonly JournalLine[])[]; readonly metadata: string }>;
}

/** The one player in a role that only one has. */
export function playerIn({ players }: Stage, role: Exclude<Role, 'other'>): Player {
  const player = players.find(({ member }) => member.role === role);
  if (player === undefined) throw new Error(`nobody plays ${role}`);
  return player;
}

/** Everybody whose process is there. */
export function running({ players }: Stage): readonly Player[] {
  return players.filter((player) => player.isRunning);
}

/** Rest before an update, and between reading and writing the file. */
export interface Pace {
  readonly pauseMs: readonly [number, number];
  readonly dwellMs: readonly [number, number];
}

export const PACES = {
  brisk: { pauseMs: [0, 10], dwellMs: [4, 10] },
  steady: { pauseMs: [20, 120], dwellMs: [4, 10] },
  slow: { pauseMs: [180, 360], dwellMs: [4, 10] },
} as const satisfies Readonly<Record<string, Pace>>;

const PARTS: readonly (keyof Updates)[] = ['evening', 'frozen', 'bereft', 'late'];

/** The updates of a member in one part of the night, numbered through the whole of it. */
export function plan(
  random: Random,
  { updates }: Pick<Member, 'updates'>,
  part: keyof Updates,
  pace: Pace,
): readonly PlannedUpdate[] {
  const before = PARTS.slice(0, PARTS.indexOf(part)).reduce((sum, each) => sum + updates[each], 0);
  return Array.from({ length: updates[part] }, (_, i) => ({
    update: before + i + 1,
    pauseMs: wholeFrom(random, ...pace.pauseMs),
    dwellMs: wholeFrom(random, ...pace.dwellMs),
  }));
}
