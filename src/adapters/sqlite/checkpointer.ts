// Keeps the WAL small under sustained load: asks a worker thread for a checkpoint when the file has grown. The thread is
// started when it is first needed and does not keep the process alive.

import { Worker } from 'node:worker_threads';
import type { Clock } from '../../ports/clock.ts';
import type { CheckpointReport, CheckpointRequest, CheckpointWorkerData } from './checkpoint-worker.ts';

/** Between two requests while the file stays large: time for the other writers, and a bound for a full disk. */
const restMs = 50;
/** After somebody stood in the way, perhaps a stopped process for long: trying costs the other writers time. */
const restAfterBlockedMs = 200;
/** After the disk refused. */
const restAfterTroubleMs = 2_000;
/** The thread gets this long to close its connection before it is ended. */
const farewellMs = 2_000;

export class Checkpointer {
  readonly #data: CheckpointWorkerData;
  readonly #clock: Clock;
  #worker: Worker | null = null;
  #isAsked = false;
  #notBeforeMs = 0;
  #trouble: string | null = null;

  constructor(data: CheckpointWorkerData, clock: Clock) {
    this.#data = data;
    this.#clock = clock;
  }

  /** Why the last checkpoint failed; null when all is well. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Call it whenever the file may have grown; it costs next to nothing when there is nothing to do. */
  consider(walFileBytes: number): void {
    if (walFileBytes <= this.#data.limits.walLimitBytes || this.#isAsked) return;
    if (this.#clock.monotonicMs() < this.#notBeforeMs) return;
    this.#isAsked = true;
    this.#worker ??= this.#start();
    ask(this.#worker, 'checkpoint');
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    this.#worker = null;
    const ended = new Promise<void>((resolve) => void worker.once('exit', () => resolve()));
    ask(worker, 'close');
    const cancel = this.#clock.after(farewellMs, () => void worker.terminate());
    await ended;
    cancel();
  }

  #start(): Worker {
    // Under a test runner and Node's own type stripping this file is TypeScript, and so is the worker's.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`./checkpoint-worker.${extension}`, import.meta.url), { workerData: this.#data });
    worker.unref();
    worker.on('message', (report: CheckpointReport) => this.#finish(report));
    worker.on('error', (error) => this.#finish({ isDone: false, trouble: String(error) }));
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = null;
      this.#isAsked = false;
    });
    return worker;
  }

  #finish({ isDone, trouble }: CheckpointReport): void {
    this.#isAsked = false;
    this.#trouble = trouble;
    const blockedMs = trouble === null ? restAfterBlockedMs : restAfterTroubleMs;
    this.#notBeforeMs = this.#clock.monotonicMs() + (isDone ? restMs : blockedMs);
  }
}

function ask(worker: Worker, request: CheckpointRequest): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a rule for windows; a thread has no origin
  worker.postMessage(request);
}
