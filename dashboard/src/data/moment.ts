// The moment that the page shows: now, or `?at=` in its address, which is the number of an event or a time. Every link keeps
// it, so that a whole walk through the pages stays in one moment, and any of them can be sent to somebody.

import { useCallback } from 'react';
import { useLocation, useSearch } from 'wouter';

export interface Moment {
  /** Null: now. */
  readonly at: string | null;
  /** To another moment, on the same page. */
  readonly go: (at: string | null) => void;
}

export function useMoment(): Moment {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const at = new URLSearchParams(search).get('at');
  const go = useCallback(
    (to: string | null) => navigate(withMoment(`${path}${search === '' ? '' : `?${search}`}`, to), { replace: true }),
    [path, search, navigate],
  );
  return { at: at === '' ? null : at, go };
}

/** `address` at that moment; other parts of its query stay. */
export function withMoment(address: string, at: string | null): string {
  const [path = '/', search = ''] = address.split('?');
  const query = new URLSearchParams(search);
  if (at === null) query.delete('at');
  else query.set('at', at);
  return query.size === 0 ? path : `${path}?${query}`;
}
