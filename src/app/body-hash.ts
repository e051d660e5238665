// What a caller asked for, as one hash: the same `requestId` with another body is noticed by it. Two bodies that mean the
// same have the same hash, whatever the order in which their fields were written.

import type { Hasher } from '../ports/hasher.ts';

/** Hash of what was asked, secrets and request id left out by the caller. `undefined` fields count as absent. */
export function bodyHash(hasher: Hasher, body: Readonly<Record<string, unknown>>): string {
  return hasher.sha256Hex(canonicalJson(body));
}

/** JSON with the keys of every object in order. Only plain data. Nothing else of a call is written as often, so by hand. */
function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).toSorted(byName)) {
    const member = (value as Readonly<Record<string, unknown>>)[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

/** As the keys of an object stand whose members were added in order: numbers first, by their value, then the other names. */
function byName(a: string, b: string): number {
  const [aIsIndex, bIsIndex] = [isIndex(a), isIndex(b)];
  if (aIsIndex && bIsIndex) return Number(a) - Number(b);
  if (aIsIndex !== bIsIndex) return aIsIndex ? -1 : 1;
  return a < b ? -1 : 1;
}

function isIndex(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 0x30 && first <= 0x39 && /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 0xff_ff_ff_ff;
}
