// The last events that concern one agent. Which these are, the server says; once they are here, only what came since is read.

import { useEffect, useState } from 'react';
import { getJson, Problem } from '../../data/api.ts';
import { type LiveEvent, live } from '../../data/live.ts';
import { Pace } from '../../data/pace.ts';

/** How far back it looks, in events of the whole fleet. */
const REACH = 20_000;
const KEPT = 200;
const PAGE = 1_000;

interface EventsPage {
  readonly events: readonly LiveEvent[];
  readonly cursor: number;
  readonly hasMore: boolean;
}

export interface AgentEventsRead {
  /** The newest last. */
  readonly events: readonly LiveEvent[];
  readonly problem: Problem | null;
  readonly isReading: boolean;
}

const NOTHING: AgentEventsRead = { events: [], problem: null, isReading: true };

/** `until`: only those up to this number, and nothing that comes; null is now. */
export function useAgentEvents(agentId: string, until: number | null): AgentEventsRead {
  const [read, setRead] = useState(NOTHING);
  useEffect(() => {
    const reader = new Reader(agentId, until, setRead);
    return () => reader.end();
  }, [agentId, until]);
  return read;
}

class Reader {
  readonly #agentId: string;
  readonly #until: number | null;
  readonly #tell: (read: AgentEventsRead) => void;
  readonly #stop = new AbortController();
  readonly #pace: Pace | null;
  readonly #unhear: () => void;
  #events: readonly LiveEvent[] = [];
  #cursor: number | null = null;

  constructor(agentId: string, until: number | null, tell: (read: AgentEventsRead) => void) {
    this.#agentId = agentId;
    this.#until = until;
    this.#tell = tell;
    this.#pace = until === null ? new Pace(() => this.#read()) : null;
    this.#unhear = until === null ? live.hear(() => this.#pace?.changed()) : () => undefined;
    if (this.#pace === null) void this.#read();
    else this.#pace.changed();
  }

  end(): void {
    this.#stop.abort();
    this.#pace?.end();
    this.#unhear();
  }

  async #read(): Promise<void> {
    try {
      this.#cursor ??= Math.max(0, (this.#until ?? (await this.#head())) - REACH);
      let page: EventsPage;
      do {
        const asked = { agentId: this.#agentId, after: this.#cursor, limit: PAGE };
        page = (await getJson<EventsPage>('/v1/events', asked, this.#stop.signal)).body;
        this.#cursor = page.cursor;
        this.#events = [...this.#events, ...page.events.filter(({ seq }) => seq <= this.#last())].slice(-KEPT);
      } while (page.hasMore && page.cursor < this.#last());
      this.#tell({ events: this.#events, problem: null, isReading: false });
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      const { removedUpTo } = error.details;
      if (error.code === 'HISTORY_TRUNCATED' && Number(removedUpTo) > (this.#cursor ?? 0)) {
        // Older events are in an archive: it begins where the log does.
        this.#cursor = Number(removedUpTo);
        await this.#read();
        return;
      }
      this.#tell({ events: this.#events, problem: error, isReading: false });
    }
  }

  #last(): number {
    return this.#until ?? Number.POSITIVE_INFINITY;
  }

  async #head(): Promise<number> {
    const known = live.state().head;
    if (known !== null) return known;
    const fleet = await getJson<{ readonly head: { readonly seq: number } }>('/v1/fleet', {}, this.#stop.signal);
    return fleet.body.head.seq;
  }
}
