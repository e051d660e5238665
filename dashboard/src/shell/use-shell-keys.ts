import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { useMoment, withMoment } from '../data/moment.ts';
import { PAGES, rootOf } from './pages.ts';

/** After `g` the next key names a page for this long. */
const CHORD_MS = 1_500;

/** Keys that work everywhere, as `KeysHelp` lists them; none while somebody types or a dialog is open. */
export function useShellKeys({ onHelp }: { readonly onHelp: () => void }): void {
  const [, navigate] = useLocation();
  const { at, go } = useMoment();
  const chordAt = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('dialog[open]') !== null) return;
      const isChord = event.timeStamp - chordAt.current < CHORD_MS;
      chordAt.current = event.key === 'g' ? event.timeStamp : 0;
      const page = isChord ? PAGES.find(({ key }) => key === event.key) : undefined;
      if (page !== undefined) navigate(withMoment(rootOf(page), at));
      else if (event.key === '?') onHelp();
      else if (event.key === '/') focusSearch();
      else if (event.key === 'Escape' && at !== null) go(null);
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate, at, go, onHelp]);
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable=true]');
}

function focusSearch(): void {
  document.querySelector<HTMLInputElement>('input[type=search]')?.focus();
}
