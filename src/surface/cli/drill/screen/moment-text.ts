// One moment as a line: seconds since the drill began, the hour of that night, what happened.

import type { Paint } from '../../output/screen.ts';
import type { Moment } from '../rehearsal/audience.ts';
import { hanging } from './wrap.ts';

/** As wide as the report. */
const WIDEST = 100;

export function momentLines(
  moment: Moment,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): readonly string[] {
  const time = `${(moment.afterMs / 1_000).toFixed(1).padStart(6)} s  ${hourText(moment)}`;
  const [first = '', ...rest] = hanging(time, moment.text, Math.min(width, WIDEST));
  const tones = { plain: (text: string) => text, good: paint.good, bad: paint.bad, quiet: paint.faint } as const;
  const tone = tones[moment.tone];
  return [`${paint.faint(time)}${tone(first.slice(time.length))}`, ...rest.map((line) => tone(line))];
}

/** Room for it where a night is played. */
function hourText({ hour }: Moment): string {
  return hour === undefined ? '' : `${hour ?? '     '}  `;
}
