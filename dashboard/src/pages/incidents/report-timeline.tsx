import { durationText } from '../../../../src/core/view/duration-text.ts';
import type { IncidentReport } from '../../data/types.ts';
import { Panel } from '../../parts/panel.tsx';
import { Scrolling } from '../../parts/scrolling.tsx';
import { SeqLink } from './seq-link.tsx';

/** What happened, counted from the opening; each number leads to the fleet as it was then. */
export function ReportTimeline({ timeline: { rows, leftOut } }: Pick<IncidentReport, 'timeline'>) {
  return (
    <Panel title="What happened">
      <Scrolling label="What happened, event by event" className="max-h-[32rem]">
        <ol className="grid gap-1">
          {rows.map(({ seq, offsetMs, text, count }) => (
            <li key={seq} className="grid grid-cols-[4.5rem_minmax(0,1fr)_auto] gap-2">
              <span className="text-right text-mute tabular-nums">
                {offsetMs < 0 ? '−' : '+'}
                {durationText(Math.abs(offsetMs))}
              </span>
              <span>
                {text}
                {count > 1 && <span className="text-mute"> ({count} times)</span>}
              </span>
              <SeqLink seq={seq} />
            </li>
          ))}
        </ol>
      </Scrolling>
      {leftOut > 0 && <p className="mt-2 text-sm text-mute">{leftOut} rows in the middle were left out.</p>}
    </Panel>
  );
}
