// A stored resource key as a person reads it.

import { describeKey, type ResourceKey } from '../resource/resource-key.ts';
import { oneLine } from './one-line.ts';

const LENGTH = 160;

/** `key` on one line; without its worktree where that is the reader's own. */
export function resourceText(key: string, worktree: string | null): string {
  return oneLine(describeKey(key as ResourceKey, worktree), LENGTH);
}
