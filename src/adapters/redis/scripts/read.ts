// A piece of the log, with where it ends and where it begins at the same moment.
//
// KEYS  1 head  2 log
// ARGV  1 after which event  2 at most so many events  3 no more once they have so many bytes  4 1: one batch at least
//
// Answers {head, base, entries, why they stop}.

import { ENTRIES_AFTER, HEADS, redisScript } from './redis-script.ts';

export const READ = redisScript(
  HEADS,
  ENTRIES_AFTER,
  `
local entries, stopped = entries_after(KEYS[2], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == '1')
return {head_of(KEYS[1]), base_of(KEYS[1]), entries, stopped}`,
);
