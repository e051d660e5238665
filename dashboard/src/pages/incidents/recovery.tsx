import { CircleCheckBig, CircleX } from 'lucide-react';
import { durationText } from '../../../../src/core/view/duration-text.ts';
import type { IncidentReport } from '../../data/types.ts';
import { Panel } from '../../parts/panel.tsx';
import { SeqLink } from './seq-link.tsx';

export function Recovery({ recovery, losses }: Pick<IncidentReport, 'recovery' | 'losses'>) {
  return (
    <Panel title="Recovery, and what was lost">
      <p>{recovery.text}</p>
      {recovery.steps.length > 0 && (
        <ol className="mt-2 grid gap-1">
          {recovery.steps.map(({ seq, offsetMs, text }) => (
            <li key={seq} className="grid grid-cols-[4rem_minmax(0,1fr)_auto] gap-2">
              <span className="text-right text-mute tabular-nums">+{durationText(offsetMs)}</span>
              <span>{text}</span>
              <SeqLink seq={seq} />
            </li>
          ))}
        </ol>
      )}
      <p className="mt-3 font-medium">{losses.verdict}</p>
      <ul className="mt-1 grid gap-1">
        {losses.checks.map(({ what, checked, found, isGood }) => (
          <li key={what} className="flex gap-2">
            {isGood ? (
              <CircleCheckBig aria-label="Good" className="mt-1 size-3.5 shrink-0 text-good" />
            ) : (
              <CircleX aria-label="Not good" className="mt-1 size-3.5 shrink-0 text-bad" />
            )}
            <span>
              {what}: {checked.toLocaleString('en')} checked, {found}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
