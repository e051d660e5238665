// Loaded before a process of Brigade (`--import`), so that its parent can look into it: how much of its heap is in use once
// what is unused was given back, what keeps it busy, and how long its event loop was held up since the last look.
//
// BRIGADE_SOAK_BREAK puts a fault in on purpose, to see that the soak finds it: `heap`, `timers`, `handles`, `loop`.

import { openSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a process says of itself. */
export interface Look {
  readonly heapMiB: number;
  /** Outside of the heap: buffers. */
  readonly externalMiB: number;
  /** Those that keep the process alive. */
  readonly timers: number;
  /** What else keeps the process alive: sockets, servers, files. */
  readonly handles: number;
  /** Of the event loop since the last look, the collection of garbage for it left out. */
  readonly delayP99Ms: number;
}

const RESOLUTION_MS = 10;
const MIB = 2 ** 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

process.on('message', (message) => {
  if (message !== 'look') return;
  const delayP99Ms = Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS);
  collect();
  const { heapUsed, external } = process.memoryUsage();
  const kinds = process.getActiveResourcesInfo();
  const timers = kinds.filter((kind) => kind === 'Timeout').length;
  const look: Look = {
    heapMiB: heapUsed / MIB,
    externalMiB: external / MIB,
    timers,
    handles: kinds.length - timers,
    delayP99Ms,
  };
  process.send?.(look, undefined, undefined, () => undefined);
  // What the look itself cost does not count.
  setImmediate(() => delay.reset());
});
// Being looked at keeps nobody alive; and nobody outlives the soak.
process.channel?.unref();
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

const kept: unknown[] = [];
const FAULTS: Readonly<Record<string, () => void>> = {
  heap: () => void setInterval(() => kept.push(Array.from({ length: 1_000 }, () => 0)), 50).unref(),
  timers: () => {
    const timers: NodeJS.Timeout[] = [];
    setInterval(() => timers.push(setInterval(() => undefined, 60_000)), 500).unref();
    // They would keep it alive when it is told to end.
    process.once('SIGTERM', () => {
      for (const timer of timers) clearInterval(timer);
    });
  },
  handles: () => void setInterval(() => kept.push(openSync('/dev/null', 'r')), 1_000).unref(),
  loop: () => {
    let ms = 0;
    setInterval(() => {
      ms += 0.2;
      for (const untilMs = performance.now() + ms; performance.now() < untilMs; );
    }, 200).unref();
  },
};
FAULTS[process.env.BRIGADE_SOAK_BREAK ?? '']?.();
