// Pictures of a section: lines over a size, both axes logarithmic, or bars.

import * as Plot from '@observablehq/plot';
import type { ResultRow, SectionResult } from '../results.ts';
import type { Chart, Section } from '../section.ts';
import { INK, plotted, svgNode } from './svg.ts';

export interface Drawn {
  /** Its name within the section. */
  readonly chart: string;
  readonly svg: string;
}

interface Point {
  readonly line: string;
  readonly size: number;
  readonly value: number;
}

const FIRST = '#2563eb';
const COLORS = [FIRST, '#d97706', '#059669', '#dc2626', '#7c3aed', '#0891b2', '#be185d', '#4d7c0f'];
const WIDTH = 720;

export function drawCharts(section: Section, result: SectionResult): readonly Drawn[] {
  return section.charts.map((chart) => {
    const points = result.rows.flatMap((row) => pointsOf(chart, row));
    const svg = chart.sizes === null ? bars(chart, points) : lines(chart, chart.sizes, points);
    return { chart: chart.name, svg };
  });
}

function pointsOf({ column, lineOf }: Chart, { id, what, size = 0, cells }: ResultRow): readonly Point[] {
  const line = lineOf(id, what);
  const value = cells[column]?.[0];
  return line === null || value === undefined ? [] : [{ line, size, value }];
}

function lines(chart: Chart, sizes: string, points: readonly Point[]): string {
  const names = Array.from(new Set(points.map(({ line }) => line)));
  const last = names.flatMap((name) => points.filter(({ line }) => line === name).slice(-1));
  return drawn(chart.title, {
    height: 360,
    marginRight: 130,
    x: { type: 'log', label: sizes, ticks: Array.from(new Set(points.map(({ size }) => size))), tickFormat: named },
    y: { type: 'log', label: null, grid: true, tickFormat: ',', ticks: 5 },
    color: { domain: names, range: COLORS },
    marks: [
      Plot.line(points, { x: 'size', y: 'value', stroke: 'line', strokeWidth: 2 }),
      Plot.dot(points, { x: 'size', y: 'value', fill: 'line', r: 3 }),
      Plot.text(spread(last), { x: 'size', y: 'at', text: 'line', fill: 'line', textAnchor: 'start', dx: 8 }),
    ],
  });
}

function named(size: number): string {
  return size.toLocaleString('en-US');
}

/** Names at the ends of lines, moved apart where they would stand on each other. */
function spread(ends: readonly Point[]): readonly (Point & { readonly at: number })[] {
  const all = ends.map(({ value }) => value);
  const step = (Math.max(...all) / Math.min(...all)) ** (1 / 16);
  let below = 0;
  return ends
    .toSorted((a, b) => a.value - b.value)
    .map((end) => {
      below = Math.max(end.value, below * Math.max(step, 1.12));
      return { ...end, at: below };
    });
}

function bars(chart: Chart, points: readonly Point[]): string {
  return drawn(chart.title, {
    height: 60 + 26 * points.length,
    marginLeft: 250,
    marginRight: 70,
    x: { label: null, grid: true, tickFormat: ',' },
    y: { label: null, domain: points.map(({ line }) => line) },
    marks: [
      Plot.barX(points, { x: 'value', y: 'line', fill: FIRST }),
      Plot.text(points, {
        x: 'value',
        y: 'line',
        text: ({ value }: Point) => Number(value.toPrecision(3)).toLocaleString('en-US'),
        textAnchor: 'start',
        dx: 4,
        fill: INK,
      }),
      Plot.ruleX([0]),
    ],
  });
}

function drawn(title: string, options: Plot.PlotOptions): string {
  const svg = plotted({ ...options, width: WIDTH, marginTop: 44, marginBottom: 44 });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', title);
  const head = svgNode('text', {
    x: 12,
    y: 22,
    fill: INK,
    'font-size': 15,
    'font-weight': 600,
    'text-anchor': 'start',
  });
  head.textContent = title;
  svg.append(head);
  return `${svg.outerHTML}\n`;
}
