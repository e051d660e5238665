// What a caller asked for, as one hash: the same `requestId` with another body is noticed by it. Two bodies that mean the
// same have the same hash, whatever the order in which their fields were written.

import type { Hasher } from '../ports/hasher.ts';

/** Hash of what was asked, secrets and request id left out by the caller. `undefined` fields count as absent. */
export function bodyHash(hasher: Hasher, body: Readonly<Record<string, unknown>>): string {
  return hasher.sha256Hex(canonicalJson(body));
}

/** JSON with the keys of every object in order. Only plain data. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (isPlainObject(each) ? sorted(each) : each));
}

function sorted(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
