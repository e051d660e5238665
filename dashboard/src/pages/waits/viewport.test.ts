import { describe, expect, it } from 'vitest';
import { fitted, opened, showing, zoomed } from './viewport.ts';

const FRAME = { width: 1_000, height: 600 };

describe('the part of a drawing in sight', () => {
  it('is all of it, in the middle, and never larger than life', () => {
    const small = fitted({ width: 200, height: 100 }, FRAME);
    expect(small.zoom).toBe(1);
    const large = fitted({ width: 4_000, height: 600 }, FRAME);
    expect(large.zoom * 4_000).toBeLessThanOrEqual(FRAME.width);
  });

  it('opens at its beginning where all of it could not be read', () => {
    expect(opened({ width: 200, height: 100 }, FRAME)).toEqual(fitted({ width: 200, height: 100 }, FRAME));
    expect(opened({ width: 9_000, height: 9_000 }, FRAME).zoom).toBe(0.5);
  });

  it('keeps the point under the pointer where it is while it zooms', () => {
    const view = { x: 40, y: -20, zoom: 0.5 };
    const at = { x: 300, y: 200 };
    const near = zoomed(view, 1.5, at);
    expect((at.x - near.x) / near.zoom).toBeCloseTo((at.x - view.x) / view.zoom);
    expect(zoomed(view, 1e9, at).zoom).toBe(2);
  });

  it('moves to a point only when that is out of sight', () => {
    const view = { x: 0, y: 0, zoom: 1 };
    expect(showing(view, FRAME, { x: 500, y: 300 })).toBe(view);
    const moved = showing(view, FRAME, { x: 5_000, y: 300 });
    expect(5_000 * moved.zoom + moved.x).toBe(500);
  });
});
