// Writes something, so that WAIT on the same connection waits for everything that came before.
//
// KEYS  1 head  2 confirmed
//
// Answers the head.

import { HEADS, redisScript } from './redis-script.ts';

export const CONFIRM = redisScript(
  HEADS,
  `
local head = head_of(KEYS[1])
redis.call('SET', KEYS[2], head[2])
return head`,
);
