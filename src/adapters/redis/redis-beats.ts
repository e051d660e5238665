// Presence as a hash, one field for each place. A place is one boot of one host, so fields of earlier boots pile up slowly; only
// the latest are kept.

import type { Beat } from '../../ports/event-store.ts';
import type { LogKeys } from './log-keys.ts';
import type { RedisReply } from './redis-connection.ts';
import type { RedisLink } from './redis-link.ts';
import { BEAT } from './scripts/beat.ts';

const KEPT_PLACES = 256;

/** Answers how many places have beats. */
export async function writeBeat(link: RedisLink, keys: LogKeys, beat: Beat, untilMs: number): Promise<number> {
  const { placeId, ...rest } = beat;
  return Number(await link.run(BEAT, [keys.beats, keys.turn], [placeId, JSON.stringify(rest)], untilMs));
}

/** The place that beat last comes first. */
export async function readBeats(link: RedisLink, keys: LogKeys, untilMs: number): Promise<readonly Beat[]> {
  return beatsIn(await link.send(['HGETALL', keys.beats], untilMs));
}

/** Keeps the places that beat last; `count`: how many there are. */
export async function forgetOldPlaces(link: RedisLink, keys: LogKeys, count: number, untilMs: number): Promise<void> {
  if (count <= KEPT_PLACES) return;
  const old = (await readBeats(link, keys, untilMs)).slice(KEPT_PLACES).map(({ placeId }) => placeId);
  if (old.length > 0) await link.send(['HDEL', keys.beats, ...old], untilMs);
}

function beatsIn(reply: RedisReply): readonly Beat[] {
  const flat = Array.isArray(reply) ? (reply as readonly RedisReply[]) : [];
  const found: { readonly turn: number; readonly beat: Beat }[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const [, turn, text = ''] = /^(\d+) (.*)$/s.exec(String(flat[index + 1])) ?? [];
    const beat = beatOrNull(String(flat[index]), text);
    if (turn !== undefined && beat !== null) found.push({ turn: Number(turn), beat });
  }
  return found.toSorted((a, b) => b.turn - a.turn).map(({ beat }) => beat);
}

/** What is no beat says nothing of anybody. */
function beatOrNull(placeId: string, text: string): Beat | null {
  try {
    const { bootId, counter, wallAt } = JSON.parse(text) as Omit<Beat, 'placeId'>;
    return typeof bootId === 'string' && typeof counter === 'number' ? { placeId, bootId, counter, wallAt } : null;
  } catch {
    return null;
  }
}
