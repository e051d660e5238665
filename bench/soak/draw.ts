// All judged series of a soak in one picture, one below the other, each with its line.

import * as Plot from '@observablehq/plot';
import { plotted, type SvgNode, svgNode } from '../suite/render/svg.ts';
import type { Series, Verdict } from './judge.ts';

const WIDTH = 720;
const HEIGHT = 84;
const HOUR_S = 3_600;

export function drawSoak(
  all: Readonly<Record<string, Series>>,
  verdicts: readonly Verdict[],
  warmSeconds: number,
): string {
  const height = HEIGHT * verdicts.length;
  const size = { width: WIDTH, height, viewBox: `0 0 ${WIDTH} ${height}` };
  const whole = svgNode('svg', { xmlns: 'http://www.w3.org/2000/svg', ...size });
  for (const [i, verdict] of verdicts.entries()) {
    const panel = panelOf(verdict, all[verdict.series] ?? [], warmSeconds);
    panel.setAttribute('y', String(i * HEIGHT));
    whole.append(panel);
  }
  return `${whole.outerHTML}\n`;
}

function panelOf(verdict: Verdict, series: Series, warmSeconds: number): SvgNode {
  const points = series.map(([seconds, value]) => ({ minutes: seconds / 60, value }));
  const [from, to] = [warmSeconds, series.at(-1)?.[0] ?? warmSeconds];
  const at = (seconds: number): number => verdict.mean + (verdict.perHour * (seconds - (from + to) / 2)) / HOUR_S;
  const line = [from, to].map((seconds) => ({ minutes: seconds / 60, value: at(seconds) }));
  const stroke = verdict.isKept ? '#2563eb' : '#dc2626';
  const title = `${verdict.series}, ${verdict.unit}: ${verdict.isKept ? 'flat' : 'GREW'}`;
  const options: Plot.PlotOptions = {
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 60,
    marginTop: 22,
    x: { label: null },
    y: { label: null, ticks: 3, zero: true },
    marks: [
      Plot.ruleX([warmSeconds / 60], { stroke: '#9ca3af', strokeDasharray: '3 3' }),
      Plot.line(points, { x: 'minutes', y: 'value', stroke, strokeWidth: 1 }),
      Plot.line(line, { x: 'minutes', y: 'value', stroke: '#111827', strokeWidth: 1.5 }),
      Plot.text([title], { frameAnchor: 'top-left', dy: -14, fontWeight: 600 }),
    ],
  };
  return plotted(options, '10px');
}
