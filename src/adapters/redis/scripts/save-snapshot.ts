// Puts a body that was written piece by piece in place, as a snapshot.
//
// KEYS  1 snapshots  2 the body as it was written  3 its name from now on
// ARGV  1 number  2 what is known of it  3 how many bytes it must have
//
// Answers 1, also where that was done already; or 0 where the body is not whole: then it is gone. A body that expired, or was
// evicted, while it was written begins anew with what came after; that one was given no end, which PERSIST tells.

import { redisScript } from './redis-script.ts';

export const SAVE_SNAPSHOT = redisScript(`
if redis.call('STRLEN', KEYS[2]) ~= tonumber(ARGV[3]) or redis.call('PERSIST', KEYS[2]) == 0 then
  redis.call('DEL', KEYS[2])
  return redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] and redis.call('EXISTS', KEYS[3]) or 0
end
redis.call('RENAME', KEYS[2], KEYS[3])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1`);
