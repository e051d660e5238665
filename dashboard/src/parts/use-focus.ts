import { type RefObject, useEffect, useRef } from 'react';

/** What gets the focus when it appears. */
export function useFocus<Element extends HTMLElement>(): RefObject<Element | null> {
  const ref = useRef<Element>(null);
  useEffect(() => ref.current?.focus({ preventScroll: true }), []);
  return ref;
}
