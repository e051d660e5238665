// One key of governed state, as its callers may see it.

import type { Model } from './linearize.ts';

export type StateAction =
  /** `ifVersion` null: it showed a token instead. `version` null: its answer was lost. */
  | {
      readonly does: 'put';
      readonly value: unknown;
      readonly ifVersion: number | null;
      readonly version: number | null;
    }
  /** Refused because the key was at another version: at this one. */
  | { readonly does: 'mismatch'; readonly ifVersion: number; readonly version: number }
  | { readonly does: 'read'; readonly version: number; readonly value: unknown };

export interface Entry {
  /** 0: there is none. */
  readonly version: number;
  /** As JSON. */
  readonly value: string;
}

const NOTHING = 'null';

export const stateModel: Model<Entry, StateAction> = {
  initial: { version: 0, value: NOTHING },
  keyOf: ({ version, value }) => `${version}=${value}`,
  next: (entry, action) => {
    switch (action.does) {
      case 'put': {
        const version = entry.version + 1;
        if (action.ifVersion !== null && action.ifVersion !== entry.version) return [];
        if (action.version !== null && action.version !== version) return [];
        return [{ version, value: JSON.stringify(action.value) }];
      }
      case 'mismatch':
        return action.version === entry.version && action.ifVersion !== entry.version ? [entry] : [];
      case 'read': {
        const value = action.version === 0 ? NOTHING : JSON.stringify(action.value);
        return action.version === entry.version && value === entry.value ? [entry] : [];
      }
    }
  },
};
