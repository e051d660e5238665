// Forgets snapshots, but not the one that a truncated log stands on.
//
// KEYS  1 head  2 snapshots  3... the bodies
// ARGV  1... their numbers, in the same order
//
// Answers 1.

import { HEADS, redisScript } from './redis-script.ts';

export const FORGET_SNAPSHOTS = redisScript(
  HEADS,
  `
local base = base_of(KEYS[1])
for i, number in ipairs(ARGV) do
  if number ~= base[2] then
    redis.call('HDEL', KEYS[2], number)
    redis.call('UNLINK', KEYS[i + 2])
  end
end
return 1`,
);
