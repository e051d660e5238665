// What of a drawing is in sight: dragged with the hand, zoomed with the wheel and Ctrl, by buttons and keys. It moves the scene
// without drawing it anew, and shows as much of it as
// can be read until somebody moved it.

import type { Point } from './graph-layout.ts';
import { fitted, opened, READABLE, type Size, showing, type Viewport, zoomed } from './viewport.ts';

const STEP = 1.25;
/** A click that trembles is a click. */
const TREMBLE_PX = 4;

export class Camera {
  #svg: SVGSVGElement | null = null;
  #scene: SVGGElement | null = null;
  #view: Viewport = { x: 0, y: 0, zoom: 1 };
  #frame: Size = { width: 1, height: 1 };
  #drawing: Size = { width: 1, height: 1 };
  #isMoved = false;
  #showsAll = false;
  #grip: Point | null = null;

  /** Listens until what it answers is called. `onAspect` hears how wide the frame is for its height, in quarters. */
  attach(svg: SVGSVGElement, scene: SVGGElement, onAspect: (aspect: number) => void): () => void {
    this.#svg = svg;
    this.#scene = scene;
    const over = new AbortController();
    const { signal } = over;
    const observer = new ResizeObserver(() => {
      this.#frame = { width: svg.clientWidth, height: svg.clientHeight };
      onAspect(Math.round((svg.clientWidth / svg.clientHeight) * 4) / 4);
      this.#settle();
    });
    observer.observe(svg);
    svg.addEventListener('wheel', (event) => this.#onWheel(event), { signal, passive: false });
    svg.addEventListener('pointerdown', (event) => this.#onDown(event), { signal });
    svg.addEventListener('pointermove', (event) => this.#onMove(event), { signal });
    for (const name of ['pointerup', 'pointercancel'] as const)
      svg.addEventListener(name, () => this.#letGo(), { signal });
    return () => {
      over.abort();
      observer.disconnect();
    };
  }

  draw(drawing: Size): void {
    this.#drawing = drawing;
    this.#settle();
  }

  showAll(): void {
    this.#isMoved = false;
    this.#showsAll = true;
    this.#settle();
  }

  zoomIn(): void {
    this.#zoomBy(STEP, { x: this.#frame.width / 2, y: this.#frame.height / 2 });
  }

  zoomOut(): void {
    this.#zoomBy(1 / STEP, { x: this.#frame.width / 2, y: this.#frame.height / 2 });
  }

  /** Moves only as far as it takes to see that point. */
  show(point: Point): void {
    this.#become(showing(this.#view, this.#frame, point));
  }

  #settle(): void {
    if (this.#isMoved) return;
    this.#become((this.#showsAll ? fitted : opened)(this.#drawing, this.#frame));
  }

  #zoomBy(factor: number, at: Point): void {
    this.#isMoved = true;
    this.#become(zoomed(this.#view, factor, at));
  }

  #become(view: Viewport): void {
    this.#view = view;
    this.#scene?.setAttribute('transform', `translate(${view.x} ${view.y}) scale(${view.zoom})`);
    this.#svg?.toggleAttribute('data-far', view.zoom < READABLE);
  }

  /** Without Ctrl the page scrolls. */
  #onWheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { left = 0, top = 0 } = this.#svg?.getBoundingClientRect() ?? {};
    this.#zoomBy(Math.exp(-event.deltaY / 300), { x: event.clientX - left, y: event.clientY - top });
  }

  #onDown({ button, clientX: x, clientY: y }: PointerEvent): void {
    if (button === 0) this.#grip = { x, y };
  }

  #onMove({ pointerId, clientX: x, clientY: y }: PointerEvent): void {
    const from = this.#grip;
    if (from === null || this.#svg === null) return;
    if (!this.#svg.hasPointerCapture(pointerId)) {
      if (Math.hypot(x - from.x, y - from.y) < TREMBLE_PX) return;
      this.#svg.setPointerCapture(pointerId);
    }
    this.#grip = { x, y };
    this.#isMoved = true;
    this.#become({ ...this.#view, x: this.#view.x + x - from.x, y: this.#view.y + y - from.y });
  }

  #letGo(): void {
    this.#grip = null;
  }
}
