// Phrases that several parts of a report share.

import { durationText } from '../../view/duration-text.ts';
import { oneLine } from '../../view/one-line.ts';

const NAMED = 5;

/** `ana`, `ana and bo`, `ana, bo and 3 more`. */
export function namesText(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).map((name) => oneLine(name));
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  const last = shown.pop() ?? 'nobody';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** From the opening of the incident: `+1m05s`, `-42s`, `0s`. */
export function offsetText(ms: number): string {
  if (ms === 0) return '0s';
  return `${ms < 0 ? '-' : '+'}${durationText(Math.abs(ms))}`;
}

/** `at once`, or `4m12s later`. */
export function laterText(ms: number): string {
  return ms <= 0 ? 'at once' : `${durationText(ms)} later`;
}

export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** A text with stored names in it, without their worktree where that is the reader's own. */
export function seenBy(reader: string | null, text: string): string {
  return reader === null ? text : text.replaceAll(`file:@${reader}/`, 'file:');
}
