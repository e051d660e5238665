// The slider of the dashboard: any page as of any moment, step by step, playing, by address, and back to now.

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DashboardBrowser } from '../support/dashboard-browser.ts';
import { DashboardStage } from '../support/dashboard-stage.ts';
import { Scratch } from '../support/scratch.ts';

let scratch: Scratch;
let stage: DashboardStage;
let browser: DashboardBrowser;
/** Numbers of the events that granted the two soups, and gave the first one back. */
let first: number;
let second: number;
let over: number;

async function head(): Promise<number> {
  const answer = await fetch(`${stage.server.url}/v1/fleet`);
  return ((await answer.json()) as { readonly head: { readonly seq: number } }).head.seq;
}

async function grant(task: string): Promise<number> {
  const { leases } = (await stage.acquire('ana', [task])) as { readonly leases: readonly { readonly token: number }[] };
  return leases[0]?.token ?? 0;
}

beforeAll(async () => {
  scratch = new Scratch();
  stage = await DashboardStage.set(scratch);
  await stage.register('ana');
  first = await grant('task:first soup');
  second = await grant('task:second soup');
  await stage.as('ana', '/v1/locks/release', { leases: [{ resource: 'task:first soup', token: first }] });
  over = await head();
  browser = await DashboardBrowser.start();
});
afterEach(() => browser.closePages());
afterAll(async () => {
  await browser.close();
  await stage.server.end('SIGKILL');
  await scratch.close();
});

async function board(page: Page, there: readonly string[], gone: readonly string[]): Promise<void> {
  const table = page.getByRole('table', { name: 'Locks' });
  for (const name of there) await table.getByText(name).first().waitFor();
  for (const name of gone) await table.getByText(name).first().waitFor({ state: 'detached' });
}

const atOf = (page: Page): string | null => new URL(page.url()).searchParams.get('at');

describe('the slider', () => {
  it('goes from event to event by the keys, and back to now', async () => {
    const page = await browser.open(`${stage.server.url}/locks?q=soup`);
    await board(page, ['second soup'], ['first soup']);
    await page.keyboard.press('[');
    await page.getByText('The past').waitFor();
    expect(Number(atOf(page))).toBe(over - 1);
    await page.goto(`${stage.server.url}/locks?q=soup&at=${second}`);
    await board(page, ['first soup', 'second soup'], []);
    await page.getByText(`event ${second}`).waitFor();
    await page.keyboard.press('[');
    await board(page, ['first soup'], ['second soup']);
    await page.keyboard.press(']');
    await board(page, ['first soup', 'second soup'], []);
    // What was chosen goes along.
    expect(new URL(page.url()).searchParams.get('q')).toBe('soup');
    await page.keyboard.press('Escape');
    await board(page, ['second soup'], ['first soup']);
    expect(atOf(page)).toBeNull();
    expect(browser.complaints()).toEqual([]);
  });

  it('is in every link: a walk through the pages stays in the moment', async () => {
    const page = await browser.open(`${stage.server.url}/?at=${first}`);
    await page.getByText('The past').waitFor();
    for (const name of ['Locks', 'Waits', 'Timeline', 'Agents', 'Alerts', 'Incidents', 'System', 'Pass']) {
      await page.getByRole('navigation').getByRole('link', { name }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      expect([name, atOf(page)]).toEqual([name, String(first)]);
    }
    expect(browser.complaints()).toEqual([]);
  });

  it('is moved by the keyboard and plays, up to now', async () => {
    const page = await browser.open(`${stage.server.url}/locks`);
    await page.getByLabel('How far back the slider reaches').selectOption({ label: 'all' });
    const slider = page.getByLabel('Moment that is shown');
    await expect.poll(() => slider.isEnabled()).toBe(true);
    await slider.focus();
    await page.keyboard.press('Home');
    await page.getByText('The past').waitFor();
    await page.waitForURL((url) => url.searchParams.has('at'));
    const began = atOf(page) ?? '';
    await page.getByLabel('Speed of playing').selectOption({ label: '600×' });
    await page.getByRole('button', { name: 'Play' }).click();
    await page.waitForURL((url) => url.searchParams.get('at') !== began);
    await page.getByText('Live', { exact: true }).waitFor();
    await board(page, ['second soup'], ['first soup']);
    expect(browser.complaints()).toEqual([]);
  });

  it('says so when there is no such moment', async () => {
    const page = await browser.open(`${stage.server.url}/locks?at=yesterday`);
    await page
      .getByText(/yesterday/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await board(page, ['second soup'], []);
    expect(atOf(page)).toBeNull();
  });
});
