// Cutting a decided batch into appends: between groups only, each as large as the store takes.

import type { BatchLimits, EncodedGroup } from './decide-batch.ts';

export interface Part {
  readonly groups: readonly EncodedGroup[];
  /** How many groups of the whole batch are in the log once this part is. */
  readonly reached: number;
}

/** In order; nothing for a batch without groups. A group above the limits is no part of a batch: it was refused before. */
export function cutParts(groups: readonly EncodedGroup[], limits: BatchLimits): readonly Part[] {
  const parts: Part[] = [];
  let from = 0;
  let events = 0;
  let bytes = 0;
  groups.forEach((group, i) => {
    const isFull = events + group.events.length > limits.maxEvents || bytes + group.bytes > limits.maxBytes;
    if (i > from && isFull) {
      parts.push({ groups: groups.slice(from, i), reached: i });
      from = i;
      events = 0;
      bytes = 0;
    }
    events += group.events.length;
    bytes += group.bytes;
  });
  if (from < groups.length) parts.push({ groups: groups.slice(from), reached: groups.length });
  return parts;
}
