// Stored keys as one caller sees them: without the worktree where it is the caller's own. What is shown can be said back.

import { describeKey, type ResourceKey } from '../../core/resource/resource-key.ts';

export interface SeenNames {
  /** A stored key. */
  readonly name: (key: string) => string;
  /** A text with stored keys in it. */
  readonly text: (text: string) => string;
  /** Plain data with stored keys and such texts in it. */
  readonly data: (value: unknown) => unknown;
}

/** Names as seen from `worktree`. */
export function seenFrom(worktree: string): SeenNames {
  const prefix = `file:@${worktree}/`;
  const name = (key: string): string => describeKey(key as ResourceKey, worktree);
  const text = (value: string): string => {
    if (!value.includes(prefix)) return value;
    return value
      .split(prefix)
      .join('file:')
      .replaceAll(/file:(?=$|[\s,;.)])/g, 'file:./');
  };
  const data = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(data);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, data(each)]));
  };
  return { name, text, data };
}
