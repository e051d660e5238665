// One resource, as its callers may see it: who holds it, in which mode, by which token. Nothing is known here of lines, of logs
// or of how Brigade decides; a lease that is not given back is there until the moment from which nobody may believe in it.

import type { Mode } from '../../../src/core/event.ts';
import type { Model } from './linearize.ts';

export type LeaseAction =
  /** `token` null: whoever got it never heard which. `from`: the token that a handoff takes the place of. */
  | {
      readonly does: 'grant';
      readonly by: string;
      readonly mode: Mode;
      readonly token: number | null;
      readonly from?: number;
    }
  | { readonly does: 'release'; readonly by: string; readonly token: number }
  /** It was told to hold, or used as one that holds. */
  | { readonly does: 'holds'; readonly by: string; readonly token: number }
  /** It was refused as one that does not. */
  | { readonly does: 'stale'; readonly token: number }
  /** It was refused to `by`, because `holder` holds it by `token`. */
  | { readonly does: 'taken'; readonly by: string; readonly holder: string; readonly token: number };

interface Holding {
  readonly by: string;
  readonly mode: Mode;
  readonly token: number | null;
}

export interface LeaseState {
  readonly holdings: readonly Holding[];
  /** The largest that was given; a later one is larger. */
  readonly lastToken: number;
}

export interface LeaseFreedom {
  /** From when on the lease may have ended without being given back; of a token that nobody heard of: at any moment. */
  readonly mayEndMs: (token: number | null) => number;
}

export function leaseModel({ mayEndMs }: LeaseFreedom): Model<LeaseState, LeaseAction> {
  return {
    initial: { holdings: [], lastToken: 0 },
    keyOf: ({ holdings, lastToken }) =>
      `${lastToken}:${holdings.map(({ by, mode, token }) => `${by}/${mode}/${token}`).join(',')}`,
    next: (state, action, untilMs) => {
      const isOver = ({ token }: Holding): boolean => mayEndMs(token) <= untilMs;
      switch (action.does) {
        case 'grant':
          return grant(state, action, isOver);
        case 'release':
          return without(state, ({ token }) => token === action.token);
        case 'holds': {
          const own = state.holdings.find(({ token }) => token === action.token);
          return own !== undefined && own.by === action.by ? [state] : [];
        }
        case 'stale': {
          const held = state.holdings.find(({ token }) => token === action.token);
          if (held === undefined) return [state];
          return isOver(held) ? without(state, (each) => each === held) : [];
        }
        case 'taken':
          return state.holdings.some((each) => isMeantBy(action, each)) ? [state] : [];
      }
    },
  };
}

function grant(
  state: LeaseState,
  action: LeaseAction & { readonly does: 'grant' },
  isOver: (holding: Holding) => boolean,
): readonly LeaseState[] {
  const { by, mode, token, from } = action;
  if (token !== null && token <= state.lastToken) return [];
  if (from !== undefined && !state.holdings.some((each) => each.token === from)) return [];
  // One of its own is replaced, and so is what is handed on; whatever else is in the way must be over.
  const others = state.holdings.filter((each) => each.by !== by && each.token !== from);
  const inTheWay = others.filter((each) => conflicts(each, action));
  if (!inTheWay.every(isOver)) return [];
  const holdings = [...others.filter((each) => !inTheWay.includes(each)), { by, mode, token }];
  return [{ holdings, lastToken: token ?? state.lastToken }];
}

function without(state: LeaseState, isMeant: (holding: Holding) => boolean): readonly LeaseState[] {
  const holdings = state.holdings.filter((each) => !isMeant(each));
  return holdings.length === state.holdings.length ? [] : [{ ...state, holdings }];
}

/** Whoever holds without having heard of it holds by a token that only the refusal tells. */
function isMeantBy(taken: LeaseAction & { readonly does: 'taken' }, { by, token }: Holding): boolean {
  return by === taken.holder && by !== taken.by && (token === taken.token || token === null);
}

function conflicts(a: Pick<Holding, 'by' | 'mode'>, b: Pick<Holding, 'by' | 'mode'>): boolean {
  return a.by !== b.by && (a.mode === 'exclusive' || b.mode === 'exclusive');
}
