// Compare-and-append.
//
// KEYS  1 head  2 log
// ARGV  1-4   the expected head: epoch, seq, hash, format
//       5-8   the head after it
//       9-11  id, count and body of the batch
//       12-13 channel, and what is said there
//       14-15 at most so many events and bytes of what was missed
//
// Answers {1}, or {0, head, base, entries after the expected head, why they stop} where the head is another one.
//
// Nothing is written before everything was compared, and a server that refuses a write does so with the first one. Telling
// others may fail without harm.

import { ENTRIES_AFTER, HEADS, redisScript } from './redis-script.ts';

export const APPEND = redisScript(
  HEADS,
  ENTRIES_AFTER,
  `
local head = head_of(KEYS[1])
if head[1] ~= ARGV[1] or head[2] ~= ARGV[2] or head[3] ~= ARGV[3] or head[4] ~= ARGV[4] then
  local missed, stopped = entries_after(KEYS[2], ARGV[2], tonumber(ARGV[14]), tonumber(ARGV[15]), true)
  return {0, head, base_of(KEYS[1]), missed, stopped}
end
redis.call('XADD', KEYS[2], ARGV[6] .. '-0',
  'id', ARGV[9], 'epoch', ARGV[5], 'format', ARGV[8], 'count', ARGV[10], 'prev', ARGV[3], 'hash', ARGV[7], 'body', ARGV[11])
redis.call('HSET', KEYS[1], 'epoch', ARGV[5], 'seq', ARGV[6], 'hash', ARGV[7], 'format', ARGV[8])
redis.pcall('PUBLISH', ARGV[12], ARGV[13])
return {1}`,
);
