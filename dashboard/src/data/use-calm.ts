import { useEffect, useRef, useState } from 'react';

/** The value as it is, and where it changes all the time, at most once in `ms`: what a person reads has to stand still a while. */
export function useCalm<T>(value: T, ms: number): T {
  const [shown, setShown] = useState(value);
  const changedMs = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (Object.is(value, shown)) return undefined;
    const change = (): void => {
      changedMs.current = performance.now();
      setShown(() => value);
    };
    const timer = window.setTimeout(change, Math.max(0, changedMs.current + ms - performance.now()));
    return () => window.clearTimeout(timer);
  }, [value, shown, ms]);
  return shown;
}
