// A timeline, a heat and a series over the last events of a log of a million: how long the first answer takes, and how long the
// next one, when five seconds of a busy fleet were logged since. Asked of the thread that serves them, and what acquiring and
// releasing beside it costs meanwhile is in `time-travel`.

import type { Fleet } from '../src/compose.ts';
import { STRETCH_LIMITS, type StretchQuery } from '../src/core/history/stretch-views.ts';
import { isRejection } from '../src/core/rejection.ts';
import { openLibrary } from '../test/support/library-cook.ts';
import type { Figure } from './support/figure.ts';
import { longLog } from './support/long-log.ts';

const NEXT_EVENTS = 2_500;
const NEXT_TIMES = 10;
/** Further back than is read: each begins 200,000 events before its end. */
const ASKED: readonly (readonly [string, StretchQuery])[] = [
  ['series', { kind: 'series', minutes: STRETCH_LIMITS.minutesMax }],
  ['heat', { kind: 'heat', minutes: STRETCH_LIMITS.minutesMax }],
  ['timeline of resources', { kind: 'timeline', fromMs: 0 }],
  ['timeline of agents', { kind: 'timeline', fromMs: 0, by: 'agent' }],
  ['check-ins', { kind: 'checkins', agentId: 'cook-x1x' }],
];

export async function measure(): Promise<readonly Figure[]> {
  const { root, env, head } = await longLog();
  const figures: Figure[] = [];
  for (const [what, query] of ASKED) {
    const fleet = await openLibrary(root, env);
    try {
      const begin = head.seq - NEXT_EVENTS * NEXT_TIMES;
      const first = await tookMs(fleet, query, begin);
      const next: number[] = [];
      for (let i = 1; i <= NEXT_TIMES; i += 1) next.push(await tookMs(fleet, query, begin + i * NEXT_EVENTS));
      next.sort((a, b) => a - b);
      figures.push({ what: `${what}, the first answer`, value: first, unit: 'ms', target: { atMost: 15_000 } });
      figures.push({
        what: `${what}, the next, ${NEXT_EVENTS} events later`,
        value: next[NEXT_TIMES / 2] ?? 0,
        unit: 'ms',
        target: { atMost: 500 },
      });
    } finally {
      await fleet.close();
    }
  }
  return figures;
}

async function tookMs({ coordinator }: Fleet, query: StretchQuery, seq: number): Promise<number> {
  const beganMs = performance.now();
  const answer = await coordinator.viewAt(query, { seq });
  if (isRejection(answer)) throw new Error(`${answer.code}: ${answer.message}`);
  return performance.now() - beganMs;
}
