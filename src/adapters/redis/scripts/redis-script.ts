// A script as the server runs it: all of it, with nothing else in between.
//
// Numbers of events go beyond what Lua prints as whole numbers, so they come and go as text and are only compared.

import { createHash } from 'node:crypto';
import { EMPTY_HEAD } from '../../../ports/event-store.ts';

export interface RedisScript {
  readonly lua: string;
  /** What the server calls it once it has seen it. */
  readonly sha1: string;
}

export function redisScript(...parts: readonly string[]): RedisScript {
  const lua = parts.join('\n');
  return { lua, sha1: createHash('sha1').update(lua).digest('hex') };
}

const { epoch, seq, hash, format } = EMPTY_HEAD;

/** `head_of(key)` and `base_of(key)`: {epoch, seq, hash, format}, as text. */
export const HEADS = `
local function heads(key, prefix)
  local found = redis.call('HMGET', key, prefix .. 'epoch', prefix .. 'seq', prefix .. 'hash', prefix .. 'format')
  if not found[2] then return {'${epoch}', '${seq}', '${hash}', '${format}'} end
  return found
end
local function head_of(key) return heads(key, '') end
local function base_of(key) return heads(key, 'base_') end`;

/**
 * `entries_after(key, seq, events, bytes, may_exceed)`: whole batches after event `seq`, and why it stopped. As many as fit
 * `events`, one at least if `may_exceed`: 'limit'; not more once they have `bytes`: 'size'; else to the end of the log: 'end'.
 * How many are fetched at a time follows from how large they are.
 */
export const ENTRIES_AFTER = `
local function entries_after(key, seq, events, bytes, may_exceed)
  local found, counted, size, start, fetch = {}, 0, 0, '(' .. seq .. '-0', 4
  while true do
    local entries = redis.call('XRANGE', key, start, '+', 'COUNT', fetch)
    for _, entry in ipairs(entries) do
      local fields = entry[2]
      counted = counted + (tonumber(fields[8]) or 1)
      if counted > events and (#found > 0 or not may_exceed) then return found, 'limit' end
      if size >= bytes then return found, 'size' end
      found[#found + 1] = entry
      size = size + #(fields[14] or '')
      start = '(' .. entry[1]
    end
    if #entries < fetch then return found, 'end' end
    fetch = math.max(1, math.min(256, math.floor((bytes - size) / (size / #found + 1)) + 1))
  end
end`;
