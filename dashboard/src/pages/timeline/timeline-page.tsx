// The flight recorder: what was held, waited for, offered and paused, and what happened meanwhile, lane by lane, over any stretch of
// time that the log has.

import { Radio, X, ZoomIn, ZoomOut } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { durationText } from '../../../../src/core/view/duration-text.ts';
import { type Chosen, useChosen } from '../../data/params.ts';
import type { SpokenTimeline } from '../../data/types.ts';
import { useView } from '../../data/view.ts';
import { PageTitle, Panel } from '../../parts/panel.tsx';
import { Empty, Loading, Trouble } from '../../parts/states.tsx';
import { exactText, shortText } from '../../parts/time.tsx';
import { Board } from './board.tsx';
import type { Hit } from './lanes.ts';
import { Legend } from './legend.tsx';
import { askedRange, msOf, type TimeRange, zoomedRange } from './range.ts';
import { MarkSide, SpanSide } from './span-side.tsx';
import { spanKey } from './span-words.ts';
import { type TimelineRow, timelineRows } from './timeline-rows.ts';
import { TimelineTable } from './timeline-table.tsx';
import { HOUR_MS, type Shown, useRange } from './use-range.ts';

const LANES = 300;
const SPANS_BACK = [
  { label: '10 min', ms: HOUR_MS / 6 },
  { label: '1 h', ms: HOUR_MS },
  { label: '6 h', ms: 6 * HOUR_MS },
  { label: '24 h', ms: 24 * HOUR_MS },
] as const;

export function TimelinePage() {
  const [query, choose] = useChosen();
  const shown = useRange();
  const by = query.get('by') === 'agent' ? 'agent' : 'resource';
  const { fromMs, toMs } = askedRange(shown.range, shown.nowMs, shown.beginsMs);
  const view = useView<SpokenTimeline>('/v1/timeline', {
    params: { fromMs, toMs, by, agentId: query.get('agent'), resource: query.get('resource'), lanes: LANES },
    // The whole recording stays in sight while the page shows one moment of it: the moment is marked.
    isOfNow: true,
    topics: toMs === null ? ['*'] : [],
  });
  return (
    <>
      <PageTitle title="Timeline">
        <Controls by={by} shown={shown} query={query} choose={choose} />
      </PageTitle>
      {view.error !== null && <Trouble problem={view.error} />}
      {view.data === undefined
        ? view.error === null && <Loading what="Reading the log" />
        : view.error === null && (
            <Recording
              timeline={view.data.body}
              by={by}
              shown={shown}
              selected={query.get('sel') ?? ''}
              choose={choose}
            />
          )}
    </>
  );
}

function Controls({
  by,
  shown,
  query,
  choose,
}: {
  readonly by: 'resource' | 'agent';
  readonly shown: Shown;
  readonly query: URLSearchParams;
  readonly choose: (change: Chosen) => void;
}) {
  const { range, nowMs, isFollowing, show, showLast } = shown;
  const ms = msOf(range);
  const zoom = (factor: number): void => show(zoomedRange(range, factor, isFollowing ? 1 : 0.5, nowMs));
  return (
    <div className="flex flex-wrap items-center gap-2">
      {(['agent', 'resource'] as const).map((name) => {
        const value = query.get(name);
        return value === null ? null : (
          <button key={name} type="button" className="button" onClick={() => choose({ [name]: null })}>
            only {value} <X aria-label="Show all again" className="size-3.5" />
          </button>
        );
      })}
      <select
        aria-label="What the lanes are of"
        className="field py-1 text-sm"
        value={by}
        onChange={(event) => choose({ by: event.target.value === 'agent' ? 'agent' : null })}
      >
        <option value="resource">a lane per resource</option>
        <option value="agent">a lane per agent</option>
      </select>
      <fieldset className="flex gap-1">
        <legend className="sr-only">How far back</legend>
        {SPANS_BACK.map((span) => (
          <button
            key={span.label}
            type="button"
            aria-pressed={isFollowing && Math.abs(ms - span.ms) < 1_000}
            className="button px-2 py-1 aria-pressed:border-accent aria-pressed:bg-accent-soft"
            onClick={() => showLast(span.ms)}
          >
            {span.label}
          </button>
        ))}
      </fieldset>
      <span className="flex gap-1">
        <button
          type="button"
          aria-label="Zoom in"
          title="Zoom in (+)"
          className="button p-1.5"
          onClick={() => zoom(0.5)}
        >
          <ZoomIn aria-hidden className="size-4" />
        </button>
        <button
          type="button"
          aria-label="Zoom out"
          title="Zoom out (-)"
          className="button p-1.5"
          onClick={() => zoom(2)}
        >
          <ZoomOut aria-hidden className="size-4" />
        </button>
        {!isFollowing && shown.momentMs === null && (
          <button type="button" className="button button-main" onClick={() => showLast(ms)}>
            <Radio aria-hidden className="size-3.5" /> Follow now
          </button>
        )}
      </span>
    </div>
  );
}

function Recording({
  timeline,
  by,
  shown,
  selected,
  choose,
}: {
  readonly timeline: SpokenTimeline;
  readonly by: 'resource' | 'agent';
  readonly shown: Shown;
  readonly selected: string;
  readonly choose: (change: Chosen) => void;
}) {
  const { range, nowMs, momentMs, show, showLast, isFollowing } = shown;
  const rows = useMemo(() => timelineRows(timeline), [timeline]);
  const chosen = useMemo(() => rows.find(({ key }) => key === selected)?.thing ?? null, [rows, selected]);
  const close = useCallback(() => choose({ sel: null }), [choose]);
  const open = useCallback(
    (hit: Hit) => choose({ sel: 'mark' in hit ? String(hit.mark.seq) : spanKey(hit.span) }),
    [choose],
  );
  const openRow = useCallback((row: TimelineRow) => choose({ sel: row.key }), [choose]);
  const here = useHere(range);
  const { leftOut } = timeline;
  const untilMs = momentMs ?? Math.max(nowMs, timeline.to.atMs);
  return (
    <div className="grid gap-4">
      <div className={`grid items-start gap-4 ${chosen === null ? '' : 'xl:grid-cols-[minmax(0,1fr)_22rem]'}`}>
        <Panel
          title={isFollowing ? `The last ${durationText(msOf(range))}` : durationText(msOf(range))}
          aside={
            <span className="text-sm text-mute tabular-nums" title={exactText(new Date(range.fromMs))}>
              {shortText(new Date(range.fromMs))} to {isFollowing ? 'now' : shortText(new Date(range.toMs))}
            </span>
          }
        >
          {timeline.lanes.length === 0 && timeline.marks.length === 0 ? (
            <Empty title="Nothing was held or waited for in this stretch">
              Each lock that an agent takes, waits for or loses is drawn here as it happens. Zoom out to see further
              back.
            </Empty>
          ) : (
            <Board
              timeline={timeline}
              by={by}
              range={range}
              nowMs={nowMs}
              momentMs={momentMs}
              selected={selected}
              onRange={show}
              onOpen={open}
              onNow={() => showLast(msOf(range))}
            />
          )}
          <Legend />
          <p className="mt-2 text-xs text-mute">
            Drag to move; Ctrl and the wheel to zoom. What is clicked shows its events.
            {!timeline.isWhole && ' The log has more than is read at once: the stretch begins later than asked for.'}
            {leftOut.lanes > 0 && ` ${leftOut.lanes.toLocaleString('en')} quieter lanes are not shown.`}
            {leftOut.spans + leftOut.marks > 0 &&
              ` ${(leftOut.spans + leftOut.marks).toLocaleString('en')} older spans and marks are left out: zoom in to see them.`}
          </p>
        </Panel>
        {chosen !== null && 'span' in chosen && (
          <SpanSide span={chosen.span} untilMs={untilMs} beginsAfter={timeline.from.seq} here={here} onClose={close} />
        )}
        {chosen !== null && 'mark' in chosen && <MarkSide mark={chosen.mark} here={here} onClose={close} />}
      </div>
      <Panel
        title="The same, as a table"
        aside={<span className="text-sm text-mute">{rows.length.toLocaleString('en')} rows, lane by lane</span>}
      >
        {rows.length === 0 ? (
          <p className="text-mute">No rows.</p>
        ) : (
          <TimelineTable rows={rows} of={timeline} selected={selected} onOpen={openRow} />
        )}
      </Panel>
    </div>
  );
}

/** The address of this page with the stretch that it shows, so that another moment is shown in the same picture. */
function useHere({ fromMs, toMs }: TimeRange): string {
  const [query] = useChosen();
  const own = new URLSearchParams(query);
  own.delete('last');
  own.set('from', new Date(fromMs).toISOString());
  own.set('to', new Date(toMs).toISOString());
  return `/timeline?${own}`;
}
