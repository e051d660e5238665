import { useSyncExternalStore } from 'react';
import { type LiveState, live } from './live.ts';

/** Whether the page is live, and the newest events. */
export function useLive(): LiveState {
  return useSyncExternalStore(live.watch, live.state);
}

/** Whether the server tells this browser nothing. */
export function useIsStranger(): boolean {
  return useSyncExternalStore(live.watch, isStranger);
}

function isStranger(): boolean {
  return live.state().status === 'stranger';
}
