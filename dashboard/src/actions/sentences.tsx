import type { ActAnswer } from './act.ts';

const SHOWN = 8;

/** Stands for the reason while the server is asked what an act would do: it is not written yet. */
export const REASON = '‹reason›';

interface SentencesProps {
  readonly answer: ActAnswer;
  /** As far as it is written. */
  readonly reason: string;
  readonly none: string;
}

/** What an act appended, or would append. */
export function Sentences({ answer, reason, none }: SentencesProps) {
  const { events = [], leftOut = 0 } = answer;
  if (events.length === 0) return <p className="text-mute">{none}</p>;
  return (
    <ul className="grid gap-1">
      {events.slice(0, SHOWN).map(({ sentence }, index) => (
        // Two events may say the same.
        // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
        <li key={index} className="wrap-anywhere">
          {sentence.replaceAll(REASON, reason.trim() || '…')}
        </li>
      ))}
      {events.length + leftOut > SHOWN && (
        <li className="text-mute">and {events.length + leftOut - SHOWN} more events</li>
      )}
    </ul>
  );
}
