// Stored keys, parsed once. Parsing is pure; the memo only saves doing it again for every row that is compared.

import type { ParsedKey } from '../resource/parsed-key.ts';
import type { ResourceKey } from '../resource/resource-key.ts';
import { parseKey } from '../resource/resource-key.ts';

const REMEMBERED = 50_000;
const memo = new Map<string, ParsedKey>();

/** The parsed form of a stored key. */
export function parsed(key: string): ParsedKey {
  const known = memo.get(key);
  if (known !== undefined) return known;
  if (memo.size >= REMEMBERED) memo.clear();
  const fresh = parseKey(key as ResourceKey);
  memo.set(key, fresh);
  return fresh;
}
