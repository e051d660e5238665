// An empty log begins behind a base.
//
// KEYS  1 head
// ARGV  1-4 the base: epoch, seq, hash, format
//
// Answers {1}, or {0, head} where the log is not empty.

import { HEADS, redisScript } from './redis-script.ts';

export const BEGIN_BEHIND = redisScript(
  HEADS,
  `
local head = head_of(KEYS[1])
if head[2] ~= '0' then return {0, head} end
for _, prefix in ipairs({'', 'base_'}) do
  redis.call('HSET', KEYS[1], prefix .. 'epoch', ARGV[1], prefix .. 'seq', ARGV[2], prefix .. 'hash', ARGV[3], prefix .. 'format', ARGV[4])
end
return {1}`,
);
