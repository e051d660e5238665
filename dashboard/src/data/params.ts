// What is chosen on a page stands in its address, so that it can be sent to somebody and is there again after going back.

import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

/** What is chosen by which name; null and the empty text take it out of the address. */
export type Chosen = Readonly<Record<string, string | null>>;

/** The address's query, and how to change some of it; the rest of it, the moment too, stays. */
export function useChosen(): readonly [URLSearchParams, (change: Chosen) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const query = useMemo(() => new URLSearchParams(search), [search]);
  const choose = useCallback(
    (change: Chosen) => {
      // As it stands now: two changes may come before the page is drawn again.
      const next = new URLSearchParams(window.location.search);
      for (const [name, value] of Object.entries(change)) {
        if (value === null || value === '') next.delete(name);
        else next.set(name, value);
      }
      navigate(next.size === 0 ? path : `${path}?${next}`, { replace: true });
    },
    [path, navigate],
  );
  return [query, choose];
}

/** One word of the address's query, and how to change it; the default stands in no address. */
export function useParam(name: string, byDefault: string): readonly [string, (value: string) => void] {
  const [query, choose] = useChosen();
  const set = useCallback((to: string) => choose({ [name]: to === byDefault ? null : to }), [choose, name, byDefault]);
  return [query.get(name) ?? byDefault, set];
}
