// The state of every agent on one line each, as the drill goes: how many updates it has made, and what it does now. Folded
// from the log, the agents' notes and the signals sent; drawn by `live-screen.ts`.

import type { FeedEvent } from '../../../../app/coordinator.ts';
import type { JournalLine } from '../journal.ts';
import type { Signal } from '../record.ts';
import { METADATA_FILE } from '../workspace-files.ts';

export type Doing = 'not here yet' | 'starts' | 'works' | 'waits' | 'holds' | 'stopped' | 'killed' | 'left';

/** Somebody who takes part. */
export interface BoardSeat {
  /** What it asks to be called. */
  readonly name: string;
  /** Updates that it is to make; 0 where nobody counts them. */
  readonly quota: number;
  readonly comesLater: boolean;
}

export interface BoardRow {
  readonly name: string;
  readonly made: number;
  readonly quota: number;
  readonly doing: Doing;
  /** Instant of fleet time since when it does that, for a wait. */
  readonly sinceMs: number;
}

export class Board {
  readonly #rows: BoardRow[];
  /** Rows by the agent id that the drill knows: what was asked for, until it is registered. */
  readonly #index = new Map<string, number>();

  constructor(seats: readonly BoardSeat[]) {
    this.#rows = seats.map(({ name, quota, comesLater }) => ({
      name,
      made: 0,
      quota,
      doing: comesLater ? 'not here yet' : 'starts',
      sinceMs: 0,
    }));
  }

  get rows(): readonly BoardRow[] {
    return this.#rows;
  }

  get made(): number {
    return this.#rows.reduce((sum, row) => sum + row.made, 0);
  }

  /** An agent was registered: from now on it goes by this name. One that nobody expected is the last. */
  named(index: number, agentId: string): void {
    this.#index.set(agentId, index);
    this.#rows[index] ??= { name: agentId, made: 0, quota: 0, doing: 'starts', sinceMs: 0 };
    this.#change(index, { name: agentId, doing: 'works' });
  }

  hearEvent(event: FeedEvent, nowMs: number): void {
    const index = this.#index.get(event.agentId ?? '');
    const doing = index === undefined ? null : doingAfter(event, this.#rows[index]?.doing ?? 'works');
    if (index !== undefined && doing !== null) this.#do(index, doing, nowMs);
  }

  hearNote(index: number, line: JournalLine): void {
    const row = this.#rows[index];
    if (row === undefined || line.what !== 'edited' || line.file !== METADATA_FILE) return;
    this.#change(index, { made: row.made + 1 });
  }

  hearSignal({ index, what, atMs }: Signal): void {
    const doing = { stopped: 'stopped', resumed: 'works', killed: 'killed' } as const;
    this.#change(index, { doing: doing[what], sinceMs: atMs });
  }

  /** What a stopped or killed agent still seems to do is not its doing. */
  #do(index: number, doing: Doing, sinceMs: number): void {
    const now = this.#rows[index]?.doing;
    if (now === 'stopped' || now === 'killed') return;
    this.#change(index, { doing, sinceMs });
  }

  #change(index: number, change: Partial<BoardRow>): void {
    const row = this.#rows[index];
    if (row !== undefined) this.#rows[index] = { ...row, ...change };
  }
}

/** What an agent does after an event of its own; null when the event does not tell. */
function doingAfter(event: FeedEvent, before: Doing): Doing | null {
  switch (event.type) {
    case 'lease.queued':
      return 'waits';
    case 'lease.granted':
      return 'holds';
    case 'lease.released':
    case 'lease.expired':
      return 'works';
    case 'wait.ended':
      return before === 'waits' ? 'works' : null;
    case 'session.closed':
      return 'left';
    default:
      return null;
  }
}
