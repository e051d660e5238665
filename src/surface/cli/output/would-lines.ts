// What a dry run says for a person: each event that would be logged, in its sentence.

import type { Foreseen } from '../../../core/reply.ts';
import { oneLine } from '../../../core/view/one-line.ts';

const LENGTH = 1_000;

export function wouldLines({ events, leftOut }: Foreseen): readonly string[] {
  const more = leftOut > 0 ? [`  … and ${leftOut} more`] : [];
  return [...events.map(({ sentence }) => `  ${oneLine(sentence, LENGTH)}`), ...more];
}
