// Ids and secrets from the operating system's random source. Two sessions that start in the same millisecond, in one
// process or in two, still differ by 65 random bits.

import { randomBytes } from 'node:crypto';
import type { IdSource } from '../../ports/id-source.ts';

/** Crockford's base 32: no i, l, o or u. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
/** 45 bits of milliseconds reach beyond the year 3000. */
const TIME_DIGITS = 9;
const RANDOM_DIGITS = 13;

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

function randomDigits(): string {
  return Array.from(randomBytes(RANDOM_DIGITS), (byte) => DIGITS.charAt(byte % 32)).join('');
}
