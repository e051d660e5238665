// Ids and secrets from the operating system's random source. Two sessions that start in the same millisecond, in one
// process or in two, still differ by 65 random bits.

import { randomBytes } from 'node:crypto';
import type { IdSource } from '../../ports/id-source.ts';

/** Crockford's base 32: no i, l, o or u. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
/** 45 bits of milliseconds reach beyond the year 3000. */
const TIME_DIGITS = 9;
const RANDOM_DIGITS = 13;
const IDS_DRAWN = 256;

export const randomIds: IdSource = {
  newId: (prefix) => `${prefix === undefined ? '' : `${prefix}_`}${timeDigits(Date.now())}${randomDigits()}`,
  newSecret: () => randomBytes(32).toString('base64url'),
};

function timeDigits(ms: number): string {
  let rest = ms;
  let digits = '';
  for (let place = 0; place < TIME_DIGITS; place += 1) {
    digits = DIGITS.charAt(rest % 32) + digits;
    rest = Math.floor(rest / 32);
  }
  return digits;
}

/** Drawn many at once: asking the system for each id took a tenth of the time of a call. Secrets are not drawn from it. */
let drawn = Buffer.alloc(0);
let used = 0;

function randomDigits(): string {
  if (used + RANDOM_DIGITS > drawn.length) {
    drawn = randomBytes(IDS_DRAWN * RANDOM_DIGITS);
    used = 0;
  }
  let digits = '';
  for (const end = used + RANDOM_DIGITS; used < end; used += 1) digits += DIGITS.charAt((drawn[used] ?? 0) % 32);
  return digits;
}
