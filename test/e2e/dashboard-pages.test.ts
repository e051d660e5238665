// Every page of the dashboard in a real browser: nothing that axe finds, in light and dark, wide and narrow; nothing in the
// console; no request that leaves the machine; names with markup in them as text; and a server that goes away and comes back.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { APPEARS_MS, axeFindings, DashboardBrowser } from '../support/dashboard-browser.ts';
import { DashboardStage, MARKED_TASK, MARKUP } from '../support/dashboard-stage.ts';
import { Scratch } from '../support/scratch.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: Scratch;
let stage: DashboardStage;
let browser: DashboardBrowser;
beforeAll(async () => {
  scratch = new Scratch();
  stage = await DashboardStage.set(scratch);
  await stage.play();
  browser = await DashboardBrowser.start();
});
afterAll(async () => {
  await browser.close();
  await stage.server.end('SIGKILL');
  await scratch.close();
});

afterEach(() => browser.closePages());

/** Address, and what is there when the page has its data. */
const PAGES = [
  ['/', 'Needs attention'],
  ['/locks', 'rules.ts'],
  ['/locks?view=tree', 'src'],
  [`/locks?resource=${encodeURIComponent('file:src/rules.ts')}`, 'cleo'],
  ['/waits', 'cleo'],
  ['/timeline', 'ana'],
  ['/timeline?by=agent', 'ana'],
  ['/agents', 'dan'],
  ['/agents/ana', 'stirred'],
  ['/alerts?show=all', 'fay is resumed.'],
  ['/incidents', 'Incidents'],
  ['/system', 'operator'],
  ['/nowhere', 'There is no such page'],
] as const;

const LOOKS = [
  { scheme: 'light', width: 1_280, height: 900 },
  { scheme: 'dark', width: 1_280, height: 900 },
  { scheme: 'light', width: 390, height: 844 },
  { scheme: 'dark', width: 2_560, height: 1_440 },
] as const;

describe.each(LOOKS)('the dashboard, $scheme, $width px wide', (look) => {
  it.each(PAGES)('%s: axe finds nothing, and nothing is complained of', async (path, there) => {
    const page = await browser.open(`${stage.server.url}${path}`, { ...look, reducesMotion: true });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByText(there).filter({ visible: true }).first().waitFor();
    expect(await axeFindings(page)).toEqual([]);
    const widest = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(widest, 'the page does not scroll sideways').toBeLessThanOrEqual(look.width);
    expect(browser.complaints().filter((each) => !each.includes('404 for'))).toEqual([]);
  });
});

describe('the dashboard', () => {
  it('shows names and reasons with markup in them as text', async () => {
    const page = await browser.open(`${stage.server.url}/locks`);
    await page.getByText(MARKED_TASK).first().waitFor();
    await page.goto(`${stage.server.url}/`);
    await page.getByText(MARKUP).first().waitFor();
    expect(await page.locator('img[src=x]').count()).toBe(0);
    expect(await page.title()).not.toBe('1');
  });

  it('goes on by itself when the server went away and came back, and has missed nothing', async () => {
    const { port } = stage.server;
    const page = await browser.open(`${stage.server.url}/locks`);
    await page.getByText('Live', { exact: true }).waitFor();
    await stage.server.end('SIGKILL');
    await page.getByText(/Offline/).waitFor();
    stage = await DashboardStage.set(scratch, { port });
    await stage.register('eve');
    await stage.acquire('eve', ['task:after the night']);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('task:after the night').first().waitFor();
    await page.goto(`${stage.server.url}/`);
    const told = page.getByText(/eve was granted task:after the night/);
    await told.first().waitFor();
    expect(await told.count()).toBe(1);
  });

  it('lets go of its stream while nobody looks, and has everything when somebody does', async () => {
    const page = await browser.open(`${stage.server.url}/locks`);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.clock.install();
    await page.evaluate(HIDE);
    await page.clock.fastForward(31_000);
    const readers = async (): Promise<boolean> =>
      (await (await fetch(`${stage.server.url}/metrics`)).text()).includes('brigade_stream_readers 0');
    await waitUntil('nobody to read the stream', readers, { withinMs: APPEARS_MS });
    await stage.register('mia');
    await stage.acquire('mia', ['task:in the dark']);
    await page.evaluate(SHOW);
    await page.clock.resume();
    await page.getByText('Live', { exact: true }).waitFor();
    const row = page.getByRole('row').filter({ hasText: 'task:in the dark' });
    await row.waitFor();
    expect(await row.innerText()).toContain('mia');
  });
});

/** As a browser does when its tab goes behind another one, and comes back. */
const seen = (state: string): string =>
  `Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
   document.dispatchEvent(new Event('visibilitychange'));`;
const HIDE = seen('hidden');
const SHOW = seen('visible');
