// What is chosen on a page stands in its address, so that it can be sent to somebody and is there again after going back.

import { useCallback } from 'react';
import { useLocation, useSearch } from 'wouter';

/** One word of the address's query, and how to change it; the default stands in no address. */
export function useParam(name: string, byDefault: string): readonly [string, (value: string) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const value = new URLSearchParams(search).get(name) ?? byDefault;
  const set = useCallback(
    (to: string) => {
      const query = new URLSearchParams(search);
      if (to === byDefault) query.delete(name);
      else query.set(name, to);
      navigate(query.size === 0 ? path : `${path}?${query}`, { replace: true });
    },
    [search, path, navigate, name, byDefault],
  );
  return [value, set];
}
