// Whether a process is there, in one word with a colour. What is well needs no word.

import type { Presence } from '../../../core/view/views.ts';
import type { Paint } from '../output/screen.ts';

/** `name`, and in brackets what is not well with its process. */
export function withPresence(name: string, presence: Presence, extra: readonly string[] = []): string {
  const marks = [...extra, ...(presence === 'stopped' || presence === 'gone' ? [presence] : [])];
  return marks.length === 0 ? name : `${name} (${marks.join(', ')})`;
}

export function paintPresence(paint: Paint, presence: Presence): (text: string) => string {
  if (presence === 'gone') return paint.bad;
  return presence === 'stopped' ? paint.warn : (text) => text;
}
