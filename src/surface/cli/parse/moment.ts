// The moment of a look back as a person types it: `4711`, `2025-11-19T23:25`, `2025-11-19T22:25Z`, `10m`, `2h ago`. A time that
// names no zone is one of the clock on this wall.

import type { PastMoment } from '../../../core/view/past.ts';
import { readMoment } from '../../schema/past-moment.ts';
import { ownTimezone } from '../import/local-time.ts';
import { parseDuration } from './duration.ts';

/** `nowWallAt`: what durations count back from. */
export function parseMoment(text: string, nowWallAt: string): PastMoment | { readonly flaw: string } {
  const duration = parseDuration(text.trim().replace(/\s+ago$/, ''));
  const isNumber = /^\s*\d+\s*$/.test(text);
  if ('ms' in duration && !isNumber) return ago(duration.ms, nowWallAt);
  const moment = readMoment(text, ownTimezone());
  if (!('flaw' in moment)) return moment;
  return { flaw: 'is neither the number of an event, a time such as 2025-11-19T23:25, nor a duration such as 10m' };
}

function ago(ms: number, nowWallAt: string): PastMoment | { readonly flaw: string } {
  const atMs = Date.parse(nowWallAt) - ms;
  return atMs < 0 ? { flaw: 'is before 1970, and no log is that old' } : { wallAt: new Date(atMs).toISOString() };
}
