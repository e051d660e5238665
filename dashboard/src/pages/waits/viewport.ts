// What part of a drawing is in sight, and how large.

import type { Point } from './graph-layout.ts';

export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const ZOOM_MIN = 0.08;
const ZOOM_MAX = 2;
/** Smaller than this, names cannot be read, and small print is not drawn. */
export const READABLE = 0.5;
const MARGIN = 20;
/** Of the buttons at its right. */
const BUTTONS = 44;

/** All of `drawing` in the middle of `frame`, never larger than life. */
export function fitted(drawing: Size, frame: Size): Viewport {
  const zoom = clamp(
    Math.min(1, (frame.width - 2 * MARGIN - BUTTONS) / drawing.width, (frame.height - 2 * MARGIN) / drawing.height),
  );
  return {
    x: (frame.width - BUTTONS - drawing.width * zoom) / 2,
    y: Math.max(MARGIN, (frame.height - drawing.height * zoom) / 2),
    zoom,
  };
}

/** All of it where it can be read so; else its beginning, where the oldest waits are. */
export function opened(drawing: Size, frame: Size): Viewport {
  const whole = fitted(drawing, frame);
  return whole.zoom >= READABLE ? whole : { x: MARGIN, y: MARGIN, zoom: READABLE };
}

/** `factor` times as large; the point of the frame stays where it is. */
export function zoomed(view: Viewport, factor: number, { x, y }: Point): Viewport {
  const zoom = clamp(view.zoom * factor);
  const by = zoom / view.zoom;
  return { x: x - (x - view.x) * by, y: y - (y - view.y) * by, zoom };
}

/** With the point of the drawing in the middle of `frame`, unless it is in sight. */
export function showing(view: Viewport, frame: Size, point: Point): Viewport {
  const [x, y] = [point.x * view.zoom + view.x, point.y * view.zoom + view.y];
  const isSeen = x > MARGIN && y > MARGIN && x < frame.width - MARGIN && y < frame.height - MARGIN;
  if (isSeen) return view;
  return { ...view, x: view.x + frame.width / 2 - x, y: view.y + frame.height / 2 - y };
}

function clamp(zoom: number): number {
  return Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, zoom));
}
