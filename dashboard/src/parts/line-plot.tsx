// Numbers over time as lines. What it draws stands beside it in a table too: a drawing on a canvas says nothing to whoever does
// not see it. Only pages that are loaded when they are opened may use it, for the library is large.

import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';

export interface PlotLine {
  readonly label: string;
  /** Null: nothing is known there. */
  readonly values: readonly (number | null)[];
  /** Name of a colour in the styles, as in `--accent`. */
  readonly colour: string;
  /** Lengths of strokes and gaps, so that lines differ by more than their colour. */
  readonly dash?: readonly number[];
  /** Dots without a line between them. */
  readonly isDots?: boolean;
}

interface LinePlotProps {
  readonly label: string;
  /** Wall milliseconds, ascending. */
  readonly atMs: readonly number[];
  readonly lines: readonly PlotLine[];
  /** What the upright axis reaches at least over. */
  readonly least: readonly [from: number, to: number];
  /** Its numbers are shares of one. */
  readonly isShare?: boolean;
  readonly height?: number;
}

export function LinePlot({ label, atMs, lines, least: [from, to], isShare = false, height = 180 }: LinePlotProps) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = ref.current;
    if (box === null) return undefined;
    const asked = { atMs, lines, from, to, isShare, height };
    let plot = draw(box, asked);
    const again = (): void => {
      plot.destroy();
      plot = draw(box, asked);
    };
    const sized = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height }));
    sized.observe(box);
    const themed = new MutationObserver(again);
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', again);
    return () => {
      sized.disconnect();
      themed.disconnect();
      dark.removeEventListener('change', again);
      plot.destroy();
    };
  }, [atMs, lines, from, to, isShare, height]);
  return (
    <figure aria-label={label} className="min-w-0">
      <div ref={ref} aria-hidden className="min-w-0 overflow-hidden" style={{ height }} />
      <figcaption className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {lines.map((line) => (
          <span key={line.label} className="flex items-center gap-1.5">
            <Sample line={line} /> {line.label}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

function Sample({ line: { colour, dash = [], isDots = false } }: { readonly line: PlotLine }) {
  return (
    <svg aria-hidden viewBox="0 0 24 8" className="h-2 w-6" style={{ color: `var(${colour})` }}>
      {isDots ? (
        <circle cx="12" cy="4" r="3" fill="currentColor" />
      ) : (
        <path d="M0 4H24" stroke="currentColor" strokeWidth="2" strokeDasharray={dash.join(' ')} />
      )}
    </svg>
  );
}

interface Drawn extends Pick<LinePlotProps, 'atMs' | 'lines'> {
  readonly from: number;
  readonly to: number;
  readonly isShare: boolean;
  readonly height: number;
}

function draw(box: HTMLElement, { atMs, lines, from, to, isShare, height }: Drawn): UPlot {
  const styles = getComputedStyle(document.documentElement);
  const colour = (name: string): string => styles.getPropertyValue(name).trim();
  const axis = { stroke: colour('--mute'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
  return new UPlot(
    {
      width: box.clientWidth,
      height,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        y: { range: (_, low, high) => [Math.min(from, low ?? from), Math.max(to, high ?? to)] },
      },
      axes: [
        { ...axis, values: (_, seconds) => timesOf(seconds) },
        { ...axis, size: 48, ...(isShare ? { values: (_, shares) => shares.map(percentOf) } : {}) },
      ],
      series: [
        {},
        ...lines.map(({ label, colour: name, dash, isDots = false }) => ({
          label,
          stroke: colour(name),
          fill: isDots ? colour(name) : '',
          width: isDots ? 0 : 2,
          points: { show: isDots, size: 7, fill: colour(name) },
          ...(isDots ? { paths: () => null } : {}),
          ...(dash === undefined ? {} : { dash: [...dash] }),
        })),
      ],
    },
    [atMs.map((ms) => ms / 1_000), ...lines.map(({ values }) => [...values])],
    box,
  );
}

function percentOf(share: number): string {
  return `${Math.round(share * 100)}%`;
}

/** Clock times as everywhere on the page; days where there are several. */
function timesOf(seconds: readonly number[]): string[] {
  const span = (seconds.at(-1) ?? 0) - (seconds[0] ?? 0);
  const format = span > 2 * DAY_S ? DAYS : span > 2 * HOUR_S ? MINUTES : SECONDS;
  return seconds.map((each) => format.format(each * 1_000));
}

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
const DAYS = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const MINUTES = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const SECONDS = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
