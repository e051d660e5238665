// The thread that does what may block: checkpoints, and trying whether a stuck file can be read again. It is started when
// it is first needed and does not keep the process alive.

import { Worker } from 'node:worker_threads';
import type { Clock } from '../../ports/clock.ts';
import type { SideThreadData, SideThreadReport, SideThreadRequest } from './checkpoint-worker.ts';

/** The thread gets this long to close its connection before it is ended. */
const farewellMs = 2_000;

export class SideThread {
  readonly #data: SideThreadData;
  readonly #clock: Clock;
  /** In the order in which they asked; the thread answers in the same order. */
  #waiting: ((report: SideThreadReport) => void)[] = [];
  #worker: Worker | null = null;

  constructor(data: SideThreadData, clock: Clock) {
    this.#data = data;
    this.#clock = clock;
  }

  /** Never rejects: a thread that fails or ends reports that. */
  ask(request: Exclude<SideThreadRequest, 'close'>): Promise<SideThreadReport> {
    this.#worker ??= this.#start();
    post(this.#worker, request);
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    const ended = new Promise<void>((resolve) => void worker.once('exit', () => resolve()));
    post(worker, 'close');
    const cancel = this.#clock.after(farewellMs, () => void worker.terminate());
    await ended;
    cancel();
  }

  #start(): Worker {
    // Under a test runner and Node's own type stripping this file is TypeScript, and so is the worker's.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`./checkpoint-worker.${extension}`, import.meta.url), { workerData: this.#data });
    let trouble = 'the thread has ended';
    worker.unref();
    worker.on('message', (report: SideThreadReport) => this.#waiting.shift()?.(report));
    worker.on('error', (error) => {
      trouble = String(error);
    });
    worker.on('exit', () => {
      this.#worker = null;
      for (const resolve of this.#waiting.splice(0)) resolve({ isDone: false, trouble });
    });
    return worker;
  }
}

function post(worker: Worker, request: SideThreadRequest): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a rule for windows; a thread has no origin
  worker.postMessage(request);
}
