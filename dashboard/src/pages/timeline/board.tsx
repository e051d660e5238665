// The drawn timeline. While a hand drags or zooms, only the canvas is painted anew; the page hears of the new stretch when the hand
// rests. Lanes scroll up and down as ever; with Ctrl the wheel zooms, with Shift it moves.

import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { SpokenTimeline } from '../../data/types.ts';
import { shortText } from '../../parts/time.tsx';
import { LaneNames } from './lane-names.tsx';
import { drawnLanes, type Hit, heightOfLanes, hitAt, lanesBetween } from './lanes.ts';
import { paint, RULER, type Scene } from './paint.ts';
import { isAtNow, movedRange, msOf, type TimeRange, zoomedRange } from './range.ts';
import { spanSentence } from './span-words.ts';

/** The page hears of a new stretch when the hand rested so long. */
const REST_MS = 180;
const NAMES_PX = 200;
/** Narrower than this, a lane's name stands above it instead of beside. */
const NARROW_PX = 640;
const NAME_ABOVE_PX = 16;
const TREMBLE_PX = 4;

interface BoardProps {
  readonly timeline: SpokenTimeline;
  readonly by: 'resource' | 'agent';
  readonly range: TimeRange;
  readonly nowMs: number;
  readonly momentMs: number | null;
  readonly selected: string;
  readonly onRange: (range: TimeRange) => void;
  readonly onOpen: (hit: Hit) => void;
  readonly onNow: () => void;
}

export function Board(props: BoardProps) {
  const { timeline, by, range, nowMs, momentMs, selected, onRange, onOpen, onNow } = props;
  const scroller = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const hint = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [scrolled, setScrolled] = useState(0);
  const isNarrow = size.width < NARROW_PX;
  const left = isNarrow ? 0 : NAMES_PX;
  const width = Math.max(0, size.width - left);
  const lanes = useMemo(
    () => drawnLanes(timeline.lanes, timeline.marks, isNarrow ? NAME_ABOVE_PX : 0),
    [timeline, isNarrow],
  );
  // What the hand makes of the stretch, until the page has it.
  const held = useRef<TimeRange | null>(null);
  const scene = useRef<Scene | null>(null);
  const frame = useRef(0);
  const resting = useRef(0);

  const draw = useCallback(() => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => {
      if (canvas.current !== null && scene.current !== null)
        paint(canvas.current, {
          ...scene.current,
          range: held.current ?? scene.current.range,
          scrolled: scroller.current?.scrollTop ?? 0,
        });
    });
  }, []);
  useLayoutEffect(() => {
    const knownMs = timeline.to.atMs;
    scene.current = {
      lanes,
      range,
      width,
      height: size.height,
      scrolled,
      nowMs: Math.max(nowMs, knownMs),
      knownMs: Math.max(nowMs, knownMs),
      momentMs,
      selected,
      by,
    };
    held.current = null;
    draw();
  }, [lanes, range, width, size.height, scrolled, nowMs, momentMs, selected, by, timeline, draw]);
  useEffect(
    () => () => {
      cancelAnimationFrame(frame.current);
      window.clearTimeout(resting.current);
    },
    [],
  );

  const shown = useCallback((): TimeRange => held.current ?? range, [range]);
  const become = useCallback(
    (next: TimeRange) => {
      held.current = next;
      draw();
      window.clearTimeout(resting.current);
      resting.current = window.setTimeout(() => onRange(next), REST_MS);
    },
    [draw, onRange],
  );
  const zoom = useCallback(
    (factor: number, share = isAtNow(shown(), nowMs) ? 1 : 0.5) => become(zoomedRange(shown(), factor, share, nowMs)),
    [become, shown, nowMs],
  );
  const move = useCallback(
    (share: number) => become(movedRange(shown(), share * msOf(shown()), nowMs)),
    [become, shown, nowMs],
  );

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useHand(canvas, {
    move,
    zoom,
    widthOf: () => width,
    onPoint: (x, y) => point(x, y),
    onClick: (x, y) => {
      const hit = hitHere(x, y);
      if (hit !== null) onOpen(hit);
    },
  });

  const hitHere = (x: number, y: number): Hit | null => {
    const top = y - RULER + (scroller.current?.scrollTop ?? 0);
    if (y < RULER) return null;
    const [first] = lanesBetween(lanes, top, top + 1);
    const lane = lanes[first];
    const { fromMs } = shown();
    return lane === undefined ? null : hitAt(lane, x, top, (ms) => ((ms - fromMs) / msOf(shown())) * width);
  };
  /** The crosshair, and what is under it; null: nothing is. */
  const point = (x: number | null, y: number): void => {
    const box = hint.current;
    if (box === null) return;
    box.hidden = x === null;
    if (x === null) return;
    const { fromMs } = shown();
    const atMs = fromMs + (x / width) * msOf(shown());
    const hit = hitHere(x, y);
    const text =
      hit === null ? '' : 'mark' in hit ? hit.mark.text : spanSentence(hit.span, Math.max(nowMs, timeline.to.atMs));
    const [line, time, words] = box.children as unknown as [HTMLElement, HTMLElement, HTMLElement];
    line.style.transform = `translateX(${x}px)`;
    time.textContent = shortText(new Date(atMs));
    time.style.transform = `translateX(${Math.min(x + 6, width - 130)}px)`;
    words.textContent = text;
    words.hidden = text === '';
    const isRight = x > width / 2;
    words.style.left = isRight ? '' : `${x + 12}px`;
    words.style.right = isRight ? `${width - x + 12}px` : '';
    words.style.top = `${Math.min(y + 14, size.height - 70)}px`;
    if (canvas.current !== null) canvas.current.style.cursor = hit === null ? '' : 'pointer';
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      '+': () => zoom(1 / 1.6),
      '=': () => zoom(1 / 1.6),
      '-': () => zoom(1.6),
      ArrowLeft: () => move(-0.15),
      ArrowRight: () => move(0.15),
      PageUp: () => move(-0.9),
      PageDown: () => move(0.9),
      End: onNow,
    }[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  return (
    <section
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls, and is moved by keys, must be reached by them
      tabIndex={0}
      aria-label="The drawn timeline. Left and right arrows move it, plus and minus zoom, End goes to now. The table below says the same."
      className="relative max-h-[min(64dvh,48rem)] min-h-32 overflow-x-hidden overflow-y-auto rounded-md border border-line select-none"
      style={{ height: RULER + heightOfLanes(lanes) + 2 }}
      onKeyDown={onKeyDown}
      onScroll={(event) => {
        setScrolled(Math.floor(event.currentTarget.scrollTop / 40) * 40);
        draw();
      }}
    >
      <div className="sticky top-0 z-0 h-0">
        <div className="absolute top-0 overflow-hidden" style={{ left, width, height: size.height }}>
          <canvas
            ref={canvas}
            aria-hidden
            className="absolute inset-0 cursor-grab touch-pan-y active:cursor-grabbing"
            style={{ width, height: size.height }}
          />
          <div ref={hint} hidden aria-hidden className="pointer-events-none absolute inset-0">
            <div className="absolute top-0 left-0 h-full w-px bg-ink/50" />
            <div className="absolute top-0.5 left-0 rounded bg-ink px-1.5 py-0.5 text-xs text-panel tabular-nums" />
            <div className="absolute max-w-[min(26rem,70%)] rounded-md border border-line bg-panel px-2.5 py-1.5 text-sm shadow-lg" />
          </div>
        </div>
      </div>
      <div className="pointer-events-none relative" style={{ height: RULER + heightOfLanes(lanes) }}>
        <LaneNames lanes={lanes} by={by} width={left} from={scrolled} to={scrolled + size.height + 40} />
      </div>
    </section>
  );
}

interface Hand {
  readonly move: (share: number) => void;
  readonly zoom: (factor: number, share?: number) => void;
  readonly widthOf: () => number;
  /** Null: the pointer left. */
  readonly onPoint: (x: number | null, y: number) => void;
  readonly onClick: (x: number, y: number) => void;
}

/** Dragging, pinching by the wheel, pointing and clicking; of the newest hand always. */
function useHand(canvas: { readonly current: HTMLCanvasElement | null }, hand: Hand): void {
  const newest = useRef(hand);
  useLayoutEffect(() => {
    newest.current = hand;
  });
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const over = new AbortController();
    const { signal } = over;
    let grip: { readonly x: number } | null = null;
    let isDragged = false;
    const at = (event: MouseEvent): { readonly x: number; readonly y: number } => {
      const box = element.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    element.addEventListener(
      'pointerdown',
      (event) => {
        if (event.button !== 0) return;
        grip = { x: event.clientX };
        isDragged = false;
      },
      { signal },
    );
    element.addEventListener(
      'pointermove',
      (event) => {
        const { x, y } = at(event);
        if (grip === null) {
          if (event.pointerType !== 'touch') newest.current.onPoint(x, y);
          return;
        }
        if (!isDragged && Math.abs(event.clientX - grip.x) < TREMBLE_PX) return;
        if (!isDragged) element.setPointerCapture(event.pointerId);
        isDragged = true;
        newest.current.onPoint(null, 0);
        newest.current.move((grip.x - event.clientX) / newest.current.widthOf());
        grip = { x: event.clientX };
      },
      { signal },
    );
    const letGo = (): void => {
      grip = null;
    };
    element.addEventListener('pointerup', letGo, { signal });
    element.addEventListener('pointercancel', letGo, { signal });
    element.addEventListener('pointerleave', () => newest.current.onPoint(null, 0), { signal });
    element.addEventListener(
      'click',
      (event) => {
        const { x, y } = at(event);
        if (!isDragged) newest.current.onClick(x, y);
      },
      { signal },
    );
    element.addEventListener(
      'wheel',
      (event) => {
        const { x } = at(event);
        const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
        if (event.ctrlKey || event.metaKey)
          newest.current.zoom(Math.exp(event.deltaY / 300), x / newest.current.widthOf());
        else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY))
          newest.current.move(sideways / newest.current.widthOf());
        else return;
        event.preventDefault();
      },
      { signal, passive: false },
    );
    return () => over.abort();
  }, [canvas]);
}
