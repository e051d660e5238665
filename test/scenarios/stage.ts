// Where a table is played. The core itself is one stage, a coordinator over each store another.

import type { Command } from '../../src/core/command.ts';
import type { FleetEvent, NewEvent } from '../../src/core/event.ts';
import type { FleetState } from '../../src/core/fleet-state.ts';
import type { Answer } from '../../src/core/reply.ts';

export interface Told {
  readonly answer: Answer;
  /** Everything logged since the last time, this command's own events included. */
  readonly events: readonly FleetEvent[];
}

export interface Stage {
  /** Says `command` at `at` milliseconds after the founding. Throws when a promise is broken. */
  say(command: Command, at: number): Promise<Told>;
  /** Logs a fact that no command makes. Only the core can. */
  state(event: NewEvent, at: number): Promise<readonly FleetEvent[]>;
  /** The state as of everything told, folded apart from whoever decided it. */
  readonly folded: FleetState;
  /** By how much later than written anything was decided: hosts leave a log that they share to each other first. */
  readonly lateMs: number;
  /** The curtain: everything is checked once more. */
  end(): Promise<void>;
}
