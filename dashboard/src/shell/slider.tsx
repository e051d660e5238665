// The time slider, below every page: drag back to see the fleet as it was, step from event to event, let it play, go back to
// now. The page's address holds the moment, so a look back can be sent to somebody.

import { ChevronLeft, ChevronRight, History, Pause, Play, Radio } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { useMoment } from '../data/moment.ts';
import { useNow } from '../data/now.ts';
import { serverClock } from '../data/server-clock.ts';
import type { SpokenFleet } from '../data/types.ts';
import { useView } from '../data/view.ts';
import { exactText, shortText } from '../parts/time.tsx';
import { type Mark, useMarks } from './use-marks.ts';
import { isTyping } from './use-shell-keys.ts';

const HOUR_MS = 3_600_000;
const SPANS = [
  { label: '10 min', ms: HOUR_MS / 6 },
  { label: '1 h', ms: HOUR_MS },
  { label: '6 h', ms: 6 * HOUR_MS },
  { label: '24 h', ms: 24 * HOUR_MS },
  { label: 'all', ms: null },
] as const;
const SPEEDS = [1, 10, 60, 600] as const;
/** So often the next moment is shown while it plays. */
const FRAME_MS = 500;
/** A moment is asked for when the hand rests so long. */
const REST_MS = 120;

export function Slider() {
  const { at, go } = useMoment();
  const fleet = useView<SpokenFleet>('/v1/fleet', { topics: ['*'] }).data;
  // Also where the moment that is shown is one that there never was.
  const founded = useView<SpokenFleet>('/v1/fleet', { isOfNow: true, topics: [] }).data?.body.foundedAt;
  const now = useNow();
  const [spanIndex, setSpanIndex] = useState(1);
  const [speed, setSpeed] = useState<(typeof SPEEDS)[number]>(10);
  const [isPlaying, setPlaying] = useState(false);
  const [dragged, setDragged] = useState<number | null>(null);
  // Where the track ends while the past is looked at.
  const [anchorMs, setAnchorMs] = useState(() => serverClock.now());
  const id = useId();
  const marks = useMarks();

  const asOf = at === null ? null : (fleet?.asOf ?? null);
  const shownMs = dragged ?? momentMs(at, asOf?.at ?? null) ?? now;
  const foundedMs = Date.parse(founded ?? '') || now;
  const span = SPANS[spanIndex]?.ms ?? null;
  const endMs = at === null ? now : Math.max(anchorMs, shownMs);
  const lastMs = Math.ceil(endMs / 1_000) * 1_000;
  const startMs = Math.max(foundedMs, span === null ? foundedMs : Math.min(endMs - span, shownMs));

  useEffect(() => {
    if (dragged === null) return undefined;
    const timer = window.setTimeout(() => {
      go(dragged >= serverClock.now() - 1_000 ? null : new Date(Math.max(dragged, foundedMs)).toISOString());
      setDragged(null);
    }, REST_MS);
    return () => window.clearTimeout(timer);
  }, [dragged, foundedMs, go]);
  useEffect(() => {
    if (!isPlaying || at === null) return undefined;
    const timer = window.setTimeout(() => {
      const next = shownMs + FRAME_MS * speed;
      if (next >= serverClock.now()) {
        setPlaying(false);
        go(null);
      } else go(new Date(next).toISOString());
    }, FRAME_MS);
    return () => window.clearTimeout(timer);
  }, [isPlaying, at, shownMs, speed, go]);

  const seq = asOf?.seq ?? fleet?.body.head.seq ?? null;
  const step = (by: number): void => {
    if (seq === null) return;
    setPlaying(false);
    if (at === null) setAnchorMs(serverClock.now());
    go(String(Math.max(1, seq + by)));
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event.target) || (event.key !== '[' && event.key !== ']')) return;
      if (event.key === ']' && at === null) return;
      step(event.key === '[' ? -1 : 1);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });

  return (
    <section
      aria-label="Time"
      className={`sticky bottom-16 z-20 flex flex-wrap items-center gap-x-3 gap-y-1 border-t px-3 py-1.5 sm:px-5 lg:bottom-0 ${at === null ? 'border-line bg-panel' : 'border-info bg-info-soft'}`}
    >
      <span className="flex items-center">
        <IconButton
          label="One event back"
          icon={ChevronLeft}
          onClick={() => step(-1)}
          isOff={seq === null || seq <= 1}
        />
        <IconButton
          label={isPlaying ? 'Pause' : 'Play'}
          icon={isPlaying ? Pause : Play}
          onClick={() => setPlaying(!isPlaying)}
          isOff={at === null}
        />
        <IconButton label="One event on" icon={ChevronRight} onClick={() => step(1)} isOff={at === null} />
      </span>
      <label htmlFor={id} className="sr-only">
        Moment that is shown
      </label>
      <span className="relative min-w-32 flex-1">
        <Marks
          marks={marks}
          startMs={startMs}
          endMs={lastMs}
          onGo={(to) => {
            setPlaying(false);
            if (at === null) setAnchorMs(serverClock.now());
            go(String(to));
          }}
        />
        <input
          id={id}
          type="range"
          className="block w-full accent-(--accent)"
          disabled={founded === undefined}
          min={Math.floor(startMs / 1_000) * 1_000}
          max={lastMs}
          step={1_000}
          value={at === null && dragged === null ? lastMs : Math.min(shownMs, lastMs)}
          aria-valuetext={at === null && dragged === null ? 'now' : exactText(new Date(shownMs))}
          onChange={(event) => {
            setPlaying(false);
            if (at === null && dragged === null) setAnchorMs(serverClock.now());
            setDragged(Number(event.target.value));
          }}
        />
      </span>
      <span className="flex items-center gap-2 text-sm tabular-nums">
        {at === null && dragged === null ? (
          <span className="flex items-center gap-1 text-mute">
            <Radio aria-hidden className="size-3.5" /> now
          </span>
        ) : (
          <>
            <time
              dateTime={new Date(shownMs).toISOString()}
              title={exactText(new Date(shownMs))}
              className="font-medium"
            >
              {shortText(new Date(shownMs))}
            </time>
            {asOf !== null && <span className="text-xs text-mute">event {asOf.seq}</span>}
            <button type="button" className="button button-main py-0.5" onClick={() => go(null)}>
              <History aria-hidden className="size-3.5" /> Back to now
            </button>
          </>
        )}
      </span>
      <select
        aria-label="How far back the slider reaches"
        className="field hidden py-0.5 text-sm sm:block"
        value={spanIndex}
        onChange={(event) => setSpanIndex(Number(event.target.value))}
      >
        {SPANS.map(({ label }, index) => (
          <option key={label} value={index}>
            {label}
          </option>
        ))}
      </select>
      {at !== null && (
        <select
          aria-label="Speed of playing"
          className="field py-0.5 text-sm"
          value={speed}
          onChange={(event) => setSpeed(Number(event.target.value) as typeof speed)}
        >
          {SPEEDS.map((each) => (
            <option key={each} value={each}>
              {each}×
            </option>
          ))}
        </select>
      )}
    </section>
  );
}

function IconButton({
  label,
  icon: Icon,
  onClick,
  isOff,
}: {
  readonly label: string;
  readonly icon: typeof Play;
  readonly onClick: () => void;
  readonly isOff: boolean;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      disabled={isOff}
      onClick={onClick}
      className="rounded-md p-1 hover:bg-raised disabled:opacity-40"
    >
      <Icon aria-hidden className="size-4" />
    </button>
  );
}

/** Of a moment that is a number only the server knows the time. */
function momentMs(at: string | null, shownAt: string | null): number | null {
  if (at === null) return null;
  const ms = /^\d+$/.test(at) ? Date.parse(shownAt ?? '') : Date.parse(at);
  return Number.isNaN(ms) ? null : ms;
}

/** Half the width of the slider's thumb: it does not go beyond the ends. */
const THUMB = '0.5rem';

/** Where incidents opened, and what a drill marked; each leads to its moment. */
function Marks({
  marks,
  startMs,
  endMs,
  onGo,
}: {
  readonly marks: readonly Mark[];
  readonly startMs: number;
  readonly endMs: number;
  readonly onGo: (to: number) => void;
}) {
  const span = Math.max(1, endMs - startMs);
  const shown = marks.filter(({ atMs }) => atMs >= startMs && atMs <= endMs);
  return shown.map(({ seq, atMs, label, text }) => (
    <button
      key={seq}
      type="button"
      aria-label={`To ${label}: ${text}`}
      title={`${label}: ${text}`}
      onClick={() => onGo(seq)}
      className="absolute -top-1.5 h-2.5 w-1.5 -translate-x-1/2 rounded-sm bg-bad hover:h-4"
      style={{ left: `calc(${THUMB} + (100% - 2 * ${THUMB}) * ${((atMs - startMs) / span).toFixed(5)})` }}
    />
  ));
}
