// Somebody who goes round the pages of the dashboard and uses them: types, moves by keys, clicks. Measures until each input is
// painted, and how busy the page is.

import { setTimeout as pass } from 'node:timers/promises';
import type { CDPSession, Page } from 'playwright-core';
import type { DashboardBrowser } from '../../test/support/dashboard-browser.ts';

/** On each page. */
const VISIT_MS = 15_000;
/** A hand that is quick, and does not rest. */
const INPUT_EVERY_MS = 300;

type Input = (page: Page, turn: number) => Promise<void>;

interface Place {
  readonly name: string;
  /** What shows that it is there with what it shows. */
  readonly there: string;
  readonly input: Input;
}

const SEARCHED = 'cook-x12';
const SCROLLS = ['Tab', 'PageDown', 'PageDown', 'PageDown', 'PageUp', 'PageUp', 'PageUp'];

const PLACES: readonly Place[] = [
  {
    name: 'Pass',
    there: '[aria-label="Events, the newest first"] li',
    input: keys(['Tab', 'Tab', 'Tab', 'PageDown', 'Tab', 'Tab', 'Tab', 'Home']),
  },
  { name: 'Locks', there: '[role=table] [role=cell]', input: searching('Search paths, agents, reasons') },
  { name: 'Waits', there: 'svg [data-node]', input: searching('Search the waits: agents, resources') },
  { name: 'Timeline', there: 'section canvas', input: onTimeline },
];

export interface Visited {
  readonly page: string;
  /** Of each input, 0 where it was painted within a frame. */
  readonly delaysMs: readonly number[];
  /** In which the page's own thread was at something, waiting for a core included. */
  readonly busyMs: number;
  /** What it took of a core. */
  readonly processorMs: number;
  readonly wallMs: number;
}

export class Visitor {
  readonly #page: Page;
  readonly #cdp: CDPSession;
  readonly #visits = new Map<string, { delaysMs: number[]; busyMs: number; processorMs: number; wallMs: number }>();
  #heap = { early: Number.NaN, late: Number.NaN };

  private constructor(page: Page, cdp: CDPSession) {
    this.#page = page;
    this.#cdp = cdp;
  }

  static async come(browser: DashboardBrowser, url: string): Promise<Visitor> {
    const page = await browser.open(url);
    await page.evaluate(WATCH_INPUTS);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable');
    const visitor = new Visitor(page, cdp);
    // What a page loads when it is opened first is not what is measured.
    for (const place of PLACES) await visitor.#go(place);
    return visitor;
  }

  /** From page to page for so long, each at least once; then the memory is looked at, as it is after a fifth of that time. */
  async goRound(ms: number): Promise<void> {
    const beganMs = performance.now();
    for (let round = 0; round === 0 || performance.now() - beganMs < ms - VISIT_MS; round += 1) {
      for (const place of PLACES) await this.#visit(place);
      if (Number.isNaN(this.#heap.early) && performance.now() - beganMs >= ms / 5)
        this.#heap.early = await this.#heapMiB();
    }
    this.#heap.late = await this.#heapMiB();
  }

  visited(): readonly Visited[] {
    return [...this.#visits].map(([page, visit]) => ({ page, ...visit }));
  }

  /** MiB after what is unused was given back, on the same page each time. */
  heap(): { readonly early: number; readonly late: number } {
    return this.#heap;
  }

  async #go({ name, there }: Pick<Place, 'name' | 'there'>): Promise<void> {
    await this.#page.getByRole('navigation').getByRole('link', { name }).click();
    try {
      await this.#page.locator(there).first().waitFor();
    } catch (error) {
      throw new Error(`${name} shows: ${await this.#page.locator('main').innerText()}`, { cause: error });
    }
  }

  async #visit({ name, there, input }: Place): Promise<void> {
    const page = this.#page;
    await this.#go({ name, there });
    const known = this.#visits.get(name) ?? { delaysMs: [], busyMs: 0, processorMs: 0, wallMs: 0 };
    this.#visits.set(name, known);
    await page.evaluate('void takeDelays()');
    const before = await this.#metrics();
    const beganMs = performance.now();
    let inputs = 0;
    for (; performance.now() - beganMs < VISIT_MS; inputs += 1) {
      const nextMs = performance.now() + INPUT_EVERY_MS;
      await input(page, inputs);
      await pass(Math.max(0, nextMs - performance.now()));
    }
    const after = await this.#metrics();
    known.busyMs += (after.TaskDuration - before.TaskDuration) * 1_000;
    known.processorMs += (after.ThreadTime - before.ThreadTime) * 1_000;
    known.wallMs += performance.now() - beganMs;
    const slow = await page.evaluate<readonly number[]>('takeDelays()');
    known.delaysMs.push(...slow, ...Array.from({ length: Math.max(0, inputs - slow.length) }, () => 0));
  }

  async #heapMiB(): Promise<number> {
    await this.#cdp.send('HeapProfiler.collectGarbage');
    await this.#cdp.send('HeapProfiler.collectGarbage');
    return (await this.#metrics()).JSHeapUsedSize / 2 ** 20;
  }

  async #metrics() {
    const { metrics } = await this.#cdp.send('Performance.getMetrics');
    const of = (wanted: string): number => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
    // Seconds, and bytes.
    return { TaskDuration: of('TaskDuration'), ThreadTime: of('ThreadTime'), JSHeapUsedSize: of('JSHeapUsedSize') };
  }
}

export function percentile(values: readonly number[], share: number): number {
  const inOrder = values.toSorted((a, b) => a - b);
  return inOrder[Math.min(inOrder.length - 1, Math.floor(inOrder.length * share))] ?? Number.NaN;
}

/** One key after the other. */
function keys(names: readonly string[]): Input {
  return (page, turn) => page.keyboard.press(names[turn % names.length] ?? '');
}

/** Searches letter by letter, looks through what was found, and takes the search back. */
function searching(label: string): Input {
  const round = SEARCHED.length + SCROLLS.length + 2;
  return async (page, turn) => {
    const step = turn % round;
    if (step === 0) return page.getByLabel(label).click();
    if (step <= SEARCHED.length) return page.keyboard.press(SEARCHED[step - 1] ?? '');
    if (step === SEARCHED.length + 1)
      return page
        .getByLabel(label)
        .press('Control+A')
        .then(() => page.keyboard.press('Delete'));
    return page.keyboard.press(SCROLLS[step - SEARCHED.length - 2] ?? '');
  };
}

async function onTimeline(page: Page, turn: number): Promise<void> {
  if (turn === 0) return page.locator('section[tabindex="0"]').first().focus();
  return page.keyboard.press(['ArrowLeft', '-', 'ArrowRight', '+', 'End', 'PageDown'][turn % 6] ?? '');
}

/** Of each press or click the longest of its events, from when it happened to the next paint; those below a frame are not told. */
const WATCH_INPUTS = `
  const delays = new Map();
  const watcher = new PerformanceObserver((list) => take(list.getEntries()));
  const take = (entries) => {
    for (const { interactionId, duration } of entries)
      if (interactionId > 0) delays.set(interactionId, Math.max(delays.get(interactionId) ?? 0, duration));
  };
  watcher.observe({ type: 'event', durationThreshold: 16 });
  globalThis.takeDelays = () => {
    take(watcher.takeRecords());
    const taken = [...delays.values()];
    delays.clear();
    return taken;
  };
`;
