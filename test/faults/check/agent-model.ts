// What one agent may do, as callers may see it: it is at work, or paused.

import type { Model } from './linearize.ts';

export type AgentAction =
  /** An operator's word; `changed` null: its answer was lost. */
  | { readonly does: 'pause' | 'resume'; readonly changed: boolean | null }
  /** A check-in was answered so. */
  | { readonly does: 'checked_in'; readonly verdict: 'proceed' | 'guide' | 'pause' }
  /** It was let do what only an agent at work may. */
  | { readonly does: 'work' }
  /** It was refused as paused. */
  | { readonly does: 'refused' };

/** `judged`: paused by a verdict, over which an operator's word still stands. */
type AgentState = 'active' | 'judged' | 'paused';

export const agentModel: Model<AgentState, AgentAction> = {
  initial: 'active',
  keyOf: (state) => state,
  next: (state, action) => {
    switch (action.does) {
      case 'pause':
        return action.changed === null || action.changed === (state !== 'paused') ? ['paused'] : [];
      case 'resume':
        return action.changed === null || action.changed === (state !== 'active') ? ['active'] : [];
      case 'checked_in':
        // A verdict binds; of an agent that is paused already it stays what it is.
        if (action.verdict === 'pause') return [state === 'active' ? 'judged' : state];
        return state === 'active' ? [state] : [];
      case 'work':
        return state === 'active' ? [state] : [];
      case 'refused':
        return state === 'active' ? [] : [state];
    }
  },
};
