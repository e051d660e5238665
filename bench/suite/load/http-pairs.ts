// Pairs over HTTP: connections that acquire and release in turn.

import { type LoadOptions, load } from '../../support/http-load.ts';
import { type Pace, type Rate, rateOf } from './closed-loop.ts';

export async function httpPairs(options: Omit<LoadOptions, 'seconds'>, { warmMs, countedMs }: Pace): Promise<Rate> {
  const seconds = Math.max(1, Math.round(countedMs / 1_000));
  // It counts in whole seconds.
  await load({ ...options, seconds: Math.max(1, Math.round(warmMs / 1_000)) });
  const { roundMs } = await load({ ...options, seconds });
  return rateOf(roundMs, seconds * 1_000);
}
