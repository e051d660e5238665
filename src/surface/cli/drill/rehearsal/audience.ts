// Who looks on while a drill runs, and what they are told.

import type { FeedEvent } from '../../../../app/coordinator.ts';
import type { JournalLine } from '../journal.ts';
import type { Signal } from '../record.ts';

/** How a moment is told: `good` and `bad` stand out, `quiet` steps back. */
export type Tone = 'plain' | 'good' | 'bad' | 'quiet';

/** One important moment, as it is told live. */
export interface Moment {
  /** Since the drill began. */
  readonly afterMs: number;
  /** The hour of that night which has its equal now; absent where no night is played. */
  readonly hour?: string | null;
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
