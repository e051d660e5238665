// The moment of a look back as it is written: the number of an event, or a time. A program names times with their zone; a
// person may leave it out and means the clock on the wall.

import type { PastMoment } from '../../core/view/past.ts';
import { readTime } from '../cli/import/local-time.ts';

export type ReadMoment = PastMoment | { readonly flaw: string };

/** `timezone`: of times that name none; null where they must. */
export function readMoment(text: string, timezone: string | null): ReadMoment {
  const trimmed = text.trim();
  if (/^\d{1,15}$/.test(trimmed)) return { seq: Number(trimmed) };
  // In an address a plus stands for a space.
  const time = readTime(trimmed.replace(/(:\d\d(?:\.\d+)?) (\d\d:?\d\d)$/, '$1+$2'), timezone ?? 'UTC');
  if (time === null) return { flaw: 'is neither the number of an event nor a time in ISO 8601' };
  if (time.isLocal && timezone === null) return { flaw: 'names no time zone: end it with Z, or with an offset' };
  return { wallAt: time.at };
}
