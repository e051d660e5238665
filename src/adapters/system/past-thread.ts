// Views of the past from a thread of its own, so that folding a long history holds nobody up. The thread starts with the first
// question and ends when nobody has asked for a while, for what it keeps folded takes memory. It answers in the order in
// which it is asked. One that fails or is killed is replaced with the next question.

import { type MessagePort, Worker } from 'node:worker_threads';
import { type Rejection, reject } from '../../core/rejection.ts';
import type { PastMoment, PastQuery, PastView } from '../../core/view/past.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import { StoreFault } from '../../ports/event-store.ts';
import { PAST_VIEWS_MAX, type PastViews, tooManyLookBack } from '../../ports/past-views.ts';
import type { KeptLog } from '../../ports/store-location.ts';

interface Ask {
  readonly id: number;
  readonly query: PastQuery;
  readonly moment: PastMoment;
}

type Told =
  | { readonly id: number; readonly answer: PastView<PastQuery> | Rejection }
  | { readonly id: number; readonly fault: Pick<StoreFault, 'code' | 'message' | 'details'> | string };

type Heard = (told: Told | Rejection) => void;

/** Whoever drags a slider pauses for less. */
const IDLE_MS = 60_000;
/** A log of a hundred million events without a snapshot is not folded in this time; what was folded is kept for the next try. */
const SILENCE_MS = 60_000;
/** Twice what several folds of a large fleet take. */
const MEMORY_MB = 1_024;
/** A state is read in one go, and nothing of it is garbage. */
const YOUNG_MB = 64;

/** `program` is started with the `log` and serves `servePast`, for as long as it lives. */
export function createPastThread(program: URL, log: KeptLog, clock: Clock): PastViews {
  return new PastThread(program, log, clock);
}

class PastThread implements PastViews {
  readonly #program: URL;
  readonly #log: KeptLog;
  readonly #clock: Clock;
  readonly #asked = new Map<number, Heard>();
  #worker: Worker | null = null;
  #lastId = 0;
  #cancel: Cancel = () => undefined;
  #isClosed = false;

  constructor(program: URL, log: KeptLog, clock: Clock) {
    this.#program = program;
    this.#log = log;
    this.#clock = clock;
  }

  async view<Q extends PastQuery>(query: Q, moment: PastMoment): Promise<PastView<Q> | Rejection> {
    if (this.#isClosed) return ended('this process is leaving the fleet');
    if (this.#asked.size >= PAST_VIEWS_MAX) return tooManyLookBack();
    const told = await this.#ask(query, moment);
    if ('code' in told) return told;
    if ('answer' in told) return told.answer;
    if (typeof told.fault === 'string') throw new Error(told.fault);
    const { code, message, details } = told.fault;
    throw new StoreFault(code, message, { details });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end('this process is leaving the fleet');
  }

  #ask(query: PastQuery, moment: PastMoment): Promise<Told | Rejection> {
    const worker = this.#worker ?? this.#start();
    this.#lastId += 1;
    const ask: Ask = { id: this.#lastId, query, moment };
    return new Promise((resolve) => {
      this.#asked.set(ask.id, resolve);
      this.#watch();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a rule for windows; a thread has no origin
      worker.postMessage(ask);
    });
  }

  #start(): Worker {
    const worker = new Worker(this.#program, {
      workerData: this.#log,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#worker = worker;
    let why = 'it was ended';
    worker.on('message', (told: Told) => {
      this.#asked.get(told.id)?.(told);
      this.#asked.delete(told.id);
      this.#watch();
    });
    worker.on('error', (error) => {
      why = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#forget(why);
    });
    return worker;
  }

  /** It is waited for, or may go. */
  #watch(): void {
    this.#cancel();
    const isWaitedFor = this.#asked.size > 0;
    if (isWaitedFor) this.#worker?.ref();
    else this.#worker?.unref();
    const [ms, why] = isWaitedFor ? [SILENCE_MS, 'it took longer than a minute'] : [IDLE_MS, 'it was idle'];
    this.#cancel = this.#clock.after(ms, () => void this.#end(why), { background: true });
  }

  async #end(why: string): Promise<void> {
    const worker = this.#worker;
    this.#forget(why);
    await worker?.terminate();
  }

  #forget(why: string): void {
    this.#worker = null;
    this.#cancel();
    const heard = [...this.#asked.values()];
    this.#asked.clear();
    for (const hear of heard) hear(ended(why));
  }
}

function ended(why: string): Rejection {
  return reject('STORE_UNAVAILABLE', {
    message: `What looks back for this process ended before it answered: ${why.slice(0, 300)}. Nothing else is affected.`,
    next: 'Ask again; what was folded already is folded no second time.',
    retryAfterMs: 1_000,
  });
}

/** The thread's side: answers what comes in at `port`. */
export function servePast(views: PastViews, port: MessagePort): void {
  port.on('message', ({ id, query, moment }: Ask) => {
    views.view(query, moment).then(
      (answer) => tell(port, { id, answer }),
      (error: unknown) => tell(port, { id, fault: faultOf(error) }),
    );
  });
}

function tell(port: MessagePort, told: Told): void {
  port.postMessage(told);
}

function faultOf(error: unknown): Pick<StoreFault, 'code' | 'message' | 'details'> | string {
  if (!(error instanceof StoreFault)) return error instanceof Error ? error.message : String(error);
  const { code, message, details } = error;
  return { code, message, details };
}
