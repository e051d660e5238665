// The log as it grows, for the whole page: one connection, whatever is shown. What was missed while the connection was away or
// the page slept comes first when it is back, because the server goes on after the last event that was heard.
//
// A page that nobody sees closes its connection after a while: a browser has six of them for all tabs of a host.

import { getJson, Problem } from './api.ts';
import { serverClock } from './server-clock.ts';

/** A fact of the log, as the server tells it. */
export interface LiveEvent {
  readonly seq: number;
  readonly wallAt: string;
  readonly type: string;
  readonly actor: string;
  readonly agentId?: string;
  readonly resource?: string;
  readonly sentence: string;
  readonly [fact: string]: unknown;
}

/**
 * connecting: not heard yet. live: heard. offline: the server is away, it is asked again and again. hidden: nobody looks, so
 * nothing is asked. stranger: the server tells nothing to a browser that it does not know, until somebody signs in.
 */
export type LiveStatus = 'connecting' | 'live' | 'offline' | 'hidden' | 'stranger';

export interface LiveState {
  readonly status: LiveStatus;
  /** Wall milliseconds since when it is so. */
  readonly sinceMs: number;
  /** Number of the last event that was heard; null before the first answer. */
  readonly head: number | null;
  /** The newest events, the newest last; bounded. */
  readonly recent: readonly LiveEvent[];
}

/** Events that came together. `all`: it is not known what happened meanwhile, so everything may have changed. */
export type LiveBatch = { readonly all: true } | { readonly all: false; readonly events: readonly LiveEvent[] };

const RECENT_MAX = 500;
/** At most so often is anybody told: a page is drawn no faster. */
const BATCH_MS = 250;
const HIDDEN_MS = 30_000;
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000] as const;
/** The server says something every few seconds; a connection that says nothing for this long is dead. */
const SILENCE_MS = 45_000;
/** Off its own host a server answers nobody whom it does not know. */
const STRANGER = 401;

class Live {
  #state: LiveState = { status: 'connecting', sinceMs: serverClock.now(), head: null, recent: [] };
  readonly #watchers = new Set<() => void>();
  readonly #hearers = new Set<(batch: LiveBatch) => void>();
  #source: EventSource | null = null;
  #batch: LiveEvent[] = [];
  #retryTimer: number | null = null;
  #hiddenTimer: number | null = null;
  #silenceTimer: number | null = null;
  #tries = 0;
  /** An answer that was asked for in an earlier one comes too late. */
  #turn = 0;

  /** Connects, and follows whether the page is seen. Called once. */
  start(): void {
    document.addEventListener('visibilitychange', () => this.#onVisibility());
    window.addEventListener('online', () => this.#hurry());
    window.addEventListener('pageshow', () => this.#hurry());
    void this.#open();
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  readonly state = (): LiveState => this.#state;

  hear(hearer: (batch: LiveBatch) => void): () => void {
    this.#hearers.add(hearer);
    return () => this.#hearers.delete(hearer);
  }

  /** Begins anew, as another than before: somebody signed in, or out. */
  anew(): void {
    this.#stop();
    this.#set({ head: null, recent: [] });
    this.#become('connecting');
    void this.#open();
  }

  /** Something was refused for want of a credential; perhaps everything is. */
  doubt(): void {
    if (this.#state.status === 'stranger') return;
    getJson('/v1/fleet').catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      if (error.status === STRANGER) this.#refused();
    });
  }

  #refused(): void {
    this.#stop();
    this.#set({ head: null, recent: [] });
    this.#become('stranger');
  }

  async #open(): Promise<void> {
    this.#retryTimer = null;
    const turn = this.#turn;
    const isFirst = this.#state.head === null;
    try {
      // A stream that is refused does not say why, so something is asked first that does.
      const fleet = await getJson<{ readonly head: { readonly seq: number } }>('/v1/fleet');
      const after = this.#state.head ?? (await this.#firstEvents(fleet.body.head.seq));
      if (turn === this.#turn && this.#source === null) this.#listen(after, isFirst);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (turn !== this.#turn) return;
      if (error.status === STRANGER) this.#refused();
      else this.#retryLater();
    }
  }

  #listen(after: number, isFirst: boolean): void {
    const source = new EventSource(`/v1/stream?after=${after}`);
    this.#source = source;
    source.addEventListener('ready', () => {
      this.#tries = 0;
      this.#become('live');
      if (isFirst) this.#tell({ all: true });
    });
    source.addEventListener('message', ({ data }: MessageEvent<string>) => this.#take(JSON.parse(data) as LiveEvent));
    source.addEventListener('dropped', ({ data }: MessageEvent<string>) => this.#dropped(data));
    source.addEventListener('error', () => {
      this.#close();
      this.#retryLater();
    });
    this.#expectSomething();
  }

  /** The last events before now, for a page that has just begun; answers up to where they go. */
  async #firstEvents(seq: number): Promise<number> {
    const turn = this.#turn;
    const after = Math.max(0, seq - RECENT_MAX / 2);
    const page = await getJson<EventsPage>('/v1/events', { after, limit: RECENT_MAX }).catch(
      /* The feed begins empty then. */ () => null,
    );
    const head = page?.body.cursor ?? seq;
    if (turn === this.#turn) this.#set({ head, recent: page?.body.events ?? [] });
    return head;
  }

  #take(event: LiveEvent): void {
    this.#expectSomething();
    const last = this.#batch.at(-1)?.seq ?? this.#state.head ?? 0;
    if (event.seq <= last) return;
    this.#batch.push(event);
    if (this.#batch.length === 1) window.setTimeout(() => this.#flush(), BATCH_MS);
  }

  #flush(): void {
    const events = this.#batch;
    this.#batch = [];
    const last = events.at(-1);
    if (last === undefined) return;
    this.#set({ head: last.seq, recent: [...this.#state.recent, ...events].slice(-RECENT_MAX) });
    this.#tell({ all: false, events });
  }

  /** This reader was too slow, or the log was replaced under it. */
  #dropped(data: string): void {
    const { resumeAfter } = JSON.parse(data) as { readonly resumeAfter?: number };
    this.#flush();
    this.#close();
    this.#set({ head: resumeAfter ?? null });
    this.#tell({ all: true });
    this.#retryLater();
  }

  /** Nothing that is under way counts any more. */
  #stop(): void {
    this.#turn += 1;
    this.#tries = 0;
    this.#batch = [];
    this.#close();
    if (this.#retryTimer !== null) window.clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
  }

  #close(): void {
    this.#source?.close();
    this.#source = null;
    if (this.#silenceTimer !== null) window.clearTimeout(this.#silenceTimer);
  }

  #retryLater(): void {
    if (this.#state.status === 'hidden') return;
    this.#become('offline');
    const ms = RETRY_MS[Math.min(this.#tries, RETRY_MS.length - 1)] ?? RETRY_MS[0];
    this.#tries += 1;
    // A log that begins anew does not have what was heard last: begin anew with it.
    if (this.#tries % RETRY_MS.length === 0) this.#set({ head: null });
    this.#retryTimer ??= window.setTimeout(() => void this.#open(), ms);
  }

  /** Something changed that may have brought the server back. */
  #hurry(): void {
    if (this.#source !== null || this.#retryTimer === null) return;
    window.clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
    void this.#open();
  }

  #onVisibility(): void {
    if (document.visibilityState === 'hidden') {
      this.#hiddenTimer ??= window.setTimeout(() => this.#hide(), HIDDEN_MS);
      return;
    }
    if (this.#hiddenTimer !== null) window.clearTimeout(this.#hiddenTimer);
    this.#hiddenTimer = null;
    if (this.#state.status !== 'hidden') {
      this.#hurry();
      return;
    }
    this.#become('connecting');
    this.#tell({ all: true });
    void this.#open();
  }

  #hide(): void {
    if (this.#state.status === 'stranger') return;
    this.#flush();
    this.#stop();
    this.#become('hidden');
  }

  #expectSomething(): void {
    if (this.#silenceTimer !== null) window.clearTimeout(this.#silenceTimer);
    this.#silenceTimer = window.setTimeout(() => {
      // Keep-alives are comments, of which a page hears nothing: ask whether the server is there before giving it up.
      getJson('/healthz').then(
        () => this.#expectSomething(),
        () => {
          this.#close();
          this.#retryLater();
        },
      );
    }, SILENCE_MS);
  }

  #become(status: LiveStatus): void {
    if (status !== this.#state.status) this.#set({ status, sinceMs: serverClock.now() });
  }

  #set(change: Partial<LiveState>): void {
    this.#state = { ...this.#state, ...change };
    for (const watcher of this.#watchers) watcher();
  }

  #tell(batch: LiveBatch): void {
    for (const hearer of this.#hearers) hearer(batch);
  }
}

interface EventsPage {
  readonly events: readonly LiveEvent[];
  readonly cursor: number;
}

export const live = new Live();
