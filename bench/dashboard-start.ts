// The dashboard from a server that just started, in a browser that was never there: until something is painted, until the fleet is
// in sight, and from the start of the server's process. Over loopback; the server is asked for its page once it says where it is.

import { DashboardBrowser } from '../test/support/dashboard-browser.ts';
import { Scratch } from '../test/support/scratch.ts';
import { ServedProcess } from '../test/support/served.ts';
import type { Figure } from './support/figure.ts';

interface Opened {
  /** From the start of the navigation. */
  readonly paintMs: number;
  readonly fleetMs: number;
  /** From the start of the process to the first paint. */
  readonly coldMs: number;
  readonly kib: number;
}

export async function measure(): Promise<readonly Figure[]> {
  const browser = await DashboardBrowser.start();
  const scratch = new Scratch();
  try {
    // The first one founds the fleet, and leaves what Node compiled.
    await open(browser, scratch);
    const { paintMs, fleetMs, coldMs, kib } = await open(browser, scratch);
    return [
      { what: 'first paint, of a server that just started', value: paintMs, unit: 'ms', target: { atMost: 1_000 } },
      { what: 'the fleet in sight', value: fleetMs, unit: 'ms' },
      { what: 'first paint, from the start of the process', value: coldMs, unit: 'ms' },
      { what: 'sent for it', value: kib, unit: 'KiB' },
    ];
  } finally {
    await browser.close();
    await scratch.close();
  }
}

async function open(browser: DashboardBrowser, scratch: Scratch): Promise<Opened> {
  const beganMs = performance.now();
  const served = await ServedProcess.start(scratch);
  try {
    const servedMs = performance.now() - beganMs;
    const page = await browser.open(served.url);
    await page.getByText('Nothing needs you.').waitFor();
    const { paintMs, fleetMs, bytes } = await page.evaluate<Timing>(TIMING);
    const complaints = browser.complaints();
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
    await page.context().close();
    return { paintMs, fleetMs, coldMs: servedMs + paintMs, kib: bytes / 1_024 };
  } finally {
    await served.end();
  }
}

interface Timing {
  readonly paintMs: number;
  readonly fleetMs: number;
  readonly bytes: number;
}

/** Asked when the fleet is in sight. */
const TIMING = `({
  paintMs: performance.getEntriesByName('first-contentful-paint')[0].startTime,
  fleetMs: performance.now(),
  bytes: performance.getEntriesByType('resource').reduce((sum, { transferSize }) => sum + transferSize, 0),
})`;
