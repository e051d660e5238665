// Ages in tables: whole seconds, because a number that is old when it is read helps nobody.

import { durationText } from '../../../core/view/duration-text.ts';

export function ageText(ms: number): string {
  return durationText(Math.floor(ms / 1_000) * 1_000);
}
