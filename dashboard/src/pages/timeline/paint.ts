// The timeline on its canvas: what is in sight of it, and nothing else. Colours are those of the page, read when it is painted, so
// that light and dark are right at once.

import type { SpokenSpan } from '../../data/types.ts';
import { type DrawnLane, lanesBetween, STRIP, TRACK } from './lanes.ts';
import { type TimeRange, ticksOf } from './range.ts';
import { BAD_ENDS, type Fill, SPANS, signOf, type Tone } from './signs.ts';
import { spanKey } from './span-words.ts';

export const RULER = 26;
const FONT = '11px system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif';
const LETTER_PX = 6.2;

export interface Scene {
  readonly lanes: readonly DrawnLane[];
  readonly range: TimeRange;
  readonly width: number;
  readonly height: number;
  /** How far the lanes are scrolled up under the ruler. */
  readonly scrolled: number;
  readonly nowMs: number;
  /** Up to when it is known; further right there is nothing yet. */
  readonly knownMs: number;
  /** The moment that the page shows; null is now. */
  readonly momentMs: number | null;
  /** Of a span, or the number of an event. */
  readonly selected: string;
  /** On a span stands who held it, or in a lane of an agent what it was. */
  readonly by: 'resource' | 'agent';
}

type Ink = Readonly<Record<Tone | 'line' | 'ground' | 'panel' | 'raised', string>>;

const INKS = [
  'ink',
  'mute',
  'good',
  'warn',
  'bad',
  'info',
  'held',
  'waits',
  'accent',
  'line',
  'ground',
  'panel',
  'raised',
];

export function paint(canvas: HTMLCanvasElement, scene: Scene): void {
  const { width, height } = scene;
  const ctx = canvas.getContext('2d');
  if (ctx === null || width <= 0 || height <= 0) return;
  const ratio = window.devicePixelRatio;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  new Painter(ctx, scene, inksOf(canvas)).paint();
}

function inksOf(canvas: HTMLCanvasElement): Ink {
  const style = getComputedStyle(canvas);
  return Object.fromEntries(INKS.map((name) => [name, style.getPropertyValue(`--${name}`)])) as Ink;
}

class Painter {
  readonly #ctx: CanvasRenderingContext2D;
  readonly #scene: Scene;
  readonly #ink: Ink;
  readonly #pxPerMs: number;

  constructor(ctx: CanvasRenderingContext2D, scene: Scene, ink: Ink) {
    this.#ctx = ctx;
    this.#scene = scene;
    this.#ink = ink;
    this.#pxPerMs = scene.width / (scene.range.toMs - scene.range.fromMs);
  }

  paint(): void {
    const { width, height, lanes, scrolled } = this.#scene;
    const ctx = this.#ctx;
    ctx.fillStyle = this.#ink.panel;
    ctx.fillRect(0, 0, width, height);
    ctx.font = FONT;
    ctx.textBaseline = 'middle';
    const ticks = ticksOf(this.#scene.range, Math.max(2, width / 90));
    ctx.fillStyle = this.#ink.line;
    for (const { atMs } of ticks) ctx.fillRect(Math.round(this.#x(atMs)), RULER, 1, height);
    ctx.save();
    ctx.beginPath();
    ctx.rect(0, RULER, width, height - RULER);
    ctx.clip();
    ctx.translate(0, RULER - scrolled);
    const [first, last] = lanesBetween(lanes, scrolled, scrolled + height - RULER);
    for (const lane of lanes.slice(first, last)) this.#lane(lane);
    ctx.restore();
    this.#future();
    ctx.fillStyle = this.#ink.raised;
    ctx.fillRect(0, 0, width, RULER);
    for (const { atMs, label, isDay } of ticks) {
      ctx.fillStyle = isDay ? this.#ink.ink : this.#ink.mute;
      ctx.fillText(label, this.#x(atMs) + 4, RULER / 2);
      ctx.fillRect(Math.round(this.#x(atMs)), 4, 1, RULER - 4);
    }
    this.#moment();
  }

  #x(ms: number): number {
    return (ms - this.#scene.range.fromMs) * this.#pxPerMs;
  }

  #lane(lane: DrawnLane): void {
    const ctx = this.#ctx;
    for (const span of lane.grounds) this.#ground(span, lane);
    // Of what is narrower than a pixel, one for each.
    const drawnTo: number[] = [];
    for (const { span, track } of lane.spans) {
      const right = this.#right(span);
      if (right < 0 || this.#x(span.fromMs) > this.#scene.width || right < (drawnTo[track] ?? 0)) continue;
      drawnTo[track] = Math.floor(right) + 1;
      this.#span(span, lane.top + lane.tracksTop + track * TRACK);
    }
    this.#marks(lane);
    ctx.fillStyle = this.#ink.line;
    ctx.fillRect(0, lane.top + lane.height - 1, this.#scene.width, 1);
  }

  #right({ toMs }: SpokenSpan): number {
    return this.#x(toMs ?? this.#scene.knownMs);
  }

  #ground(span: SpokenSpan, lane: DrawnLane): void {
    const x = Math.max(-4, this.#x(span.fromMs));
    const width = Math.max(2, Math.min(this.#right(span), this.#scene.width + 4) - x);
    if (x > this.#scene.width || x + width < 0) return;
    const { fill, tone } = SPANS[span.kind];
    const ctx = this.#ctx;
    ctx.fillStyle = this.#ink[tone];
    if (fill === 'line') {
      ctx.fillRect(x, lane.top + lane.height - 4, width, 2);
      if (span.toMs !== null) ctx.fillRect(x + width - 1, lane.top + lane.height - 7, 2, 6);
      return;
    }
    ctx.globalAlpha = 0.28;
    ctx.fillStyle = this.#pattern(fill, this.#ink[tone]);
    ctx.fillRect(x, lane.top, width, lane.height - 1);
    ctx.globalAlpha = 1;
  }

  #span(span: SpokenSpan, top: number): void {
    const ctx = this.#ctx;
    const { fill, tone } = SPANS[span.kind];
    const ink = this.#ink[tone];
    const x = Math.max(-4, this.#x(span.fromMs));
    const right = Math.min(this.#scene.width + 4, this.#right(span));
    const width = Math.max(2, right - x);
    const [y, height] = [top + 1, TRACK - 3];
    if (fill === 'solid' || width < 4) {
      ctx.fillStyle = ink;
      ctx.fillRect(x, y, width, height);
    } else {
      ctx.fillStyle = this.#ink.panel;
      ctx.fillRect(x, y, width, height);
      ctx.fillStyle = this.#pattern(fill, ink);
      ctx.fillRect(x, y, width, height);
      ctx.strokeStyle = ink;
      ctx.lineWidth = 1;
      ctx.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
    }
    if (span.end !== null && BAD_ENDS.has(span.end) && width > 3) {
      ctx.fillStyle = this.#ink.bad;
      ctx.fillRect(right - 3, y - 1, 3, height + 2);
    }
    if (spanKey(span) === this.#scene.selected) {
      ctx.strokeStyle = this.#ink.ink;
      ctx.lineWidth = 2;
      ctx.strokeRect(x - 1, y - 1, width + 2, height + 2);
    }
    this.#name(span, { x: Math.max(0, x), y, width: right - Math.max(0, x), height, fill });
  }

  #name(
    span: SpokenSpan,
    {
      x,
      y,
      width,
      height,
      fill,
    }: { readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly fill: Fill },
  ): void {
    const most = Math.floor((width - 12) / LETTER_PX);
    if (most < 3) return;
    const ctx = this.#ctx;
    const text =
      this.#scene.by === 'resource'
        ? beginningOf(span.agentId, most)
        : endOf((span.resource ?? '').replace(/^file:/, ''), most);
    if (fill !== 'solid') {
      ctx.fillStyle = this.#ink.panel;
      ctx.fillRect(x + 3, y + 1, text.length * LETTER_PX + 4, height - 2);
    }
    ctx.fillStyle = fill === 'solid' ? this.#ink.panel : this.#ink.ink;
    ctx.fillText(text, x + 5, y + height / 2 + 0.5);
  }

  #marks({ marks, top, tracksTop, height }: DrawnLane): void {
    const ctx = this.#ctx;
    const y = top + tracksTop - STRIP + 1;
    const last = new Map<string, number>();
    for (const mark of marks) {
      const x = this.#x(mark.atMs);
      if (x < -6 || x > this.#scene.width + 6) continue;
      const { shape, tone } = signOf(mark);
      const isSelected = String(mark.seq) === this.#scene.selected;
      // Signs of one kind on top of one another are one.
      if (!isSelected && x - (last.get(shape) ?? Number.NEGATIVE_INFINITY) < 5) continue;
      last.set(shape, x);
      ctx.save();
      ctx.translate(Math.round(x) - 5, y);
      ctx.fillStyle = this.#ink[tone];
      ctx.fill(shapeOf(shape));
      if (isSelected) {
        ctx.fillRect(4.5, 11, 1.5, height);
        ctx.strokeStyle = this.#ink.ink;
        ctx.lineWidth = 1.5;
        ctx.strokeRect(-2, -2, 14, 14);
      }
      ctx.restore();
    }
  }

  /** Nothing is known there yet. */
  #future(): void {
    const x = this.#x(this.#scene.nowMs);
    if (x >= this.#scene.width) return;
    const ctx = this.#ctx;
    ctx.fillStyle = this.#ink.ground;
    ctx.fillRect(x, RULER, this.#scene.width - x, this.#scene.height);
    ctx.fillStyle = this.#ink.good;
    ctx.fillRect(x, RULER, 1.5, this.#scene.height);
  }

  #moment(): void {
    const { momentMs, height } = this.#scene;
    if (momentMs === null) return;
    const x = Math.round(this.#x(momentMs));
    const ctx = this.#ctx;
    ctx.fillStyle = this.#ink.info;
    ctx.fillRect(x - 1, 0, 2, height);
    ctx.beginPath();
    ctx.moveTo(x - 6, 0);
    ctx.lineTo(x + 6, 0);
    ctx.lineTo(x, 9);
    ctx.fill();
  }

  #pattern(fill: Fill, ink: string): CanvasPattern | string {
    const key = `${fill} ${ink}`;
    const known = patterns.get(key) ?? this.#ctx.createPattern(tileOf(fill, ink), 'repeat');
    if (known === null) return ink;
    patterns.set(key, known);
    return known;
  }
}

function beginningOf(name: string, most: number): string {
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
}

/** Of a path its end says most. */
function endOf(name: string, most: number): string {
  return name.length <= most ? name : `…${name.slice(name.length - most + 1)}`;
}

const patterns = new Map<string, CanvasPattern>();
const shapes = new Map<string, Path2D>();

function shapeOf(path: string): Path2D {
  const shape = shapes.get(path) ?? new Path2D(path);
  shapes.set(path, shape);
  return shape;
}

const TILE = 8;

function tileOf(fill: Fill, ink: string): HTMLCanvasElement {
  const tile = document.createElement('canvas');
  tile.width = TILE;
  tile.height = TILE;
  const ctx = tile.getContext('2d');
  if (ctx === null) return tile;
  ctx.fillStyle = ink;
  ctx.strokeStyle = ink;
  ctx.lineWidth = 1.6;
  if (fill === 'dots') for (const at of [1, 5]) ctx.fillRect(at, at, 2, 2);
  if (fill === 'grid') for (const at of [0, 4]) ctx.fillRect(at, 0, 1.6, TILE);
  if (fill === 'stripes')
    for (const at of [-TILE, 0, TILE]) {
      ctx.beginPath();
      ctx.moveTo(at, TILE);
      ctx.lineTo(at + TILE, 0);
      ctx.stroke();
    }
  return tile;
}
