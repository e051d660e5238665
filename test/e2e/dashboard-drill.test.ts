// A drill with its page open, from the first silence to the report, by a person at the page who uses nothing but the keyboard
// for the rescue; and then back to 23:25.

import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { APPEARS_MS, DashboardBrowser } from '../support/dashboard-browser.ts';
import { DrillFolder, type DrillRun } from '../support/drill-run.ts';
import { waitUntil } from '../support/wait-until.ts';

let folder: DrillFolder;
let browser: DashboardBrowser;
let drill: DrillRun | null = null;
beforeEach(async () => {
  folder = new DrillFolder();
  browser = await DashboardBrowser.start();
});
afterEach(async () => {
  await browser.close();
  drill?.signal('SIGKILL');
  await drill?.ended;
  folder.remove();
});

const FILE = 'file:src/governance_core.py';
const PATIENCE = { timeout: APPEARS_MS };

/** What the element that has the focus is called. */
const FOCUSED = `(({ ariaLabel, labels, textContent }) => ariaLabel ?? labels?.[0]?.textContent ?? textContent ?? '')(document.activeElement)`;

/** As a person without a mouse finds it: by going on until it has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const seen: string[] = [];
  for (let tries = 0; tries < 200; tries += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<string>(FOCUSED);
    if (name.test(focused)) return;
    seen.push(focused.slice(0, 30));
  }
  throw new Error(`the keyboard does not get to ${name}, but to ${[...new Set(seen)].join(' | ')}`);
}

it('shows the silent holder, the line and the alert; frees the line by keyboard; writes the report; goes back to 23:25', async () => {
  drill = folder.run(['silent-holder', '--agents', '5', '--page']);
  const { stdout, stderr } = drill;
  const address = await waitUntil('the page of the drill', () => /Open (http\S+)/.exec(stdout())?.[1], {
    withinMs: APPEARS_MS,
  });
  const page = await browser.open(address);
  await waitUntil('its turn', () => stdout().includes('It is your turn'), { withinMs: APPEARS_MS });

  // The board: who holds it and does nothing, and how many stand behind.
  await page.goto(`${new URL(address).origin}/locks`);
  const board = page.getByRole('table', { name: /locks/i });
  await board.getByText(FILE).first().waitFor();
  await board
    .getByText(/silent/i)
    .first()
    .waitFor();
  const row = await board.getByRole('row').filter({ hasText: FILE }).first().innerText();
  expect(row).toContain('ana');
  expect(row).toMatch(/4/);

  await page.goto(new URL(address).origin);
  const finding = page.getByRole('article', { name: /ana holds .* was not heard of/ });
  await finding.waitFor();
  expect(await page.getByRole('link', { name: /Incident 1 is open/ }).count()).toBe(1);

  // No mouse from here.
  await tabTo(page, /^Take file/);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('region', { name: 'What it would do' }).getByText(/ana/).first().waitFor();
  await tabTo(page, /^Reason/);
  await page.keyboard.type('everybody waits, and nobody hears of ana');
  await tabTo(page, /^Do it$/);
  await page.keyboard.press('Enter');
  await dialog.getByText(/done\./).waitFor();
  await tabTo(page, /^Close$/);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });

  // Everybody got on, and the drill says that it was a person who helped.
  await waitUntil('the score', () => stdout().includes('Also promised'), { withinMs: APPEARS_MS });
  expect(stdout()).toMatch(/✓ freed/);
  expect(stdout()).toMatch(/operator:\S+\s+took\s+the\s+lease\s+back/);
  await finding.waitFor({ state: 'hidden' });

  // The report opens in place.
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await page.getByRole('link', { name: '1', exact: true }).click();
  await page.getByRole('heading', { name: /Incident 1: ana fell silent/ }).waitFor(PATIENCE);
  const cause = page.getByRole('region', { name: 'Root cause' });
  await cause
    .getByText(/nothing was heard of it/)
    .first()
    .waitFor();

  // Back to the moment of the drill that is that night's 23:25: the board of then.
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await page.getByRole('heading', { name: 'Locks' }).waitFor();
  await page.getByRole('button', { name: /To 23:25/ }).click();
  await page.getByText('The past').waitFor();
  const then = page.getByRole('table', { name: /locks/i }).getByRole('row').filter({ hasText: FILE }).first();
  await then.waitFor();
  expect(await then.innerText()).toContain('ana');
  expect(new URL(page.url()).searchParams.get('at')).toMatch(/^\d+$/);

  expect(browser.complaints()).toEqual([]);
  drill.signal('SIGINT');
  expect([await drill.ended, stderr().includes('Error')]).toEqual([0, false]);
  expect([folder.leftOver(), folder.processesLeft()]).toEqual([[], []]);
});
