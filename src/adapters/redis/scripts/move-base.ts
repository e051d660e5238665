// The log begins behind a batch from now on, provided that a snapshot covers it. What stood before is removed afterwards.
//
// KEYS  1 head  2 log  3 snapshots
// ARGV  1-4 the head as it was after that batch: epoch, seq, hash, format
//
// Answers 1; 0 where the log begins there or later already; -1 where the snapshot or the batch is not there any more.

import { HEADS, redisScript } from './redis-script.ts';

export const MOVE_BASE = redisScript(
  HEADS,
  `
if tonumber(base_of(KEYS[1])[2]) >= tonumber(ARGV[2]) then return 0 end
if redis.call('HEXISTS', KEYS[3], ARGV[2]) == 0 then return -1 end
local entry = redis.call('XRANGE', KEYS[2], ARGV[2] .. '-0', ARGV[2] .. '-0')[1]
if not entry or entry[2][12] ~= ARGV[3] then return -1 end
redis.call('HSET', KEYS[1], 'base_epoch', ARGV[1], 'base_seq', ARGV[2], 'base_hash', ARGV[3], 'base_format', ARGV[4])
return 1`,
);
