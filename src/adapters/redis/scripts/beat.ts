// A place says that it is there. How many beats came before goes with it, so the oldest can be told.
//
// KEYS  1 beats  2 turn
// ARGV  1 place  2 the beat
//
// Answers how many places have beats.

import { redisScript } from './redis-script.ts';

export const BEAT = redisScript(`
redis.call('HSET', KEYS[1], ARGV[1], redis.call('INCR', KEYS[2]) .. ' ' .. ARGV[2])
return redis.call('HLEN', KEYS[1])`);
