// A server that other hosts reach, and a browser that it does not know: the page comes, says what to do, and tells nothing of
// the fleet before the operator token was typed.

import { networkInterfaces } from 'node:os';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { axeFindings, DashboardBrowser } from '../support/dashboard-browser.ts';
import { DashboardStage } from '../support/dashboard-stage.ts';
import { Scratch } from '../support/scratch.ts';
import { ServedProcess } from '../support/served.ts';

let scratch: Scratch;
let server: ServedProcess;
let operatorToken: string;
let browser: DashboardBrowser;
let address: string;
beforeAll(async () => {
  scratch = new Scratch();
  const near = await DashboardStage.set(scratch);
  await near.register('ana');
  await near.acquire('ana', ['task:soup']);
  await near.server.end();
  ({ operatorToken } = near);
  await scratch.brigade(['token', 'join', '--force']);
  server = await ServedProcess.start(scratch, { args: ['--host', '0.0.0.0', '--insecure-http'] });
  address = `http://${farAddress()}:${server.port}`;
  browser = await DashboardBrowser.start();
});
afterAll(async () => {
  await browser.close();
  await server.end('SIGKILL');
  await scratch.close();
});
afterEach(() => browser.closePages());

/** As others reach this host, where it has such an address. */
function farAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Operator token').fill(operatorToken);
  await page.getByRole('button', { name: 'Go on' }).click();
}

/** Everything that the page says, also where nobody sees it. */
function said(page: Page): Promise<string> {
  return page.evaluate<string>('document.documentElement.outerHTML');
}

it.each(['/', '/locks', '/agents/ana', '/system'])('%s says to sign in, and nothing of the fleet', async (path) => {
  const page = await browser.open(`${address}${path}`);
  await page.getByRole('heading', { name: 'Sign in to see this fleet' }).waitFor();
  const text = await said(page);
  expect([text.includes('soup'), text.includes(scratch.root), /offline/i.test(text)]).toEqual([false, false, false]);
  expect(await axeFindings(page)).toEqual([]);
  expect(browser.complaints().filter((each) => !isOfPlainHttp(each))).toEqual([]);
});

/** What is refused is told, and so is a header that browsers heed over TLS alone. */
function isOfPlainHttp(complaint: string): boolean {
  return complaint.startsWith('401 for') || complaint.startsWith('The Cross-Origin-Opener-Policy header');
}

it('shows and follows everything once the token was typed; signed out, nothing is left in any tab', async () => {
  const page = await browser.open(`${address}/locks`);
  await signIn(page);
  await page.getByText('task:soup').first().waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  const other = await page.context().newPage();
  await other.goto(`${address}/agents/ana`);
  await other.getByRole('button', { name: 'Pause', exact: true }).click();
  const dialog = other.getByRole('dialog');
  await dialog.getByRole('textbox').fill('to look');
  await dialog.getByRole('button', { name: 'Pause', exact: true }).click();
  await dialog.getByText(/: done\./).waitFor();
  await page.goto(`${address}/`);
  await page
    .getByText(/ana is paused by operator/)
    .first()
    .waitFor();

  await page.getByRole('button', { name: 'Stop acting as an operator' }).click();
  for (const each of [page, other]) {
    await each.getByRole('heading', { name: 'Sign in to see this fleet' }).waitFor();
    expect(await each.getByRole('main').innerText()).not.toContain('ana');
  }
  await signIn(page);
  // The other one hears of it.
  await other.getByText('Live', { exact: true }).waitFor();
});

it('says so when too many wrong tokens were typed', async () => {
  const page = await browser.open(address);
  const words = page.getByRole('alert');
  // As quickly as a program does it: tries come back with time.
  const tryMany = () =>
    page.evaluate(async () => {
      const body = JSON.stringify({ token: 'wrong' });
      const headers = { 'content-type': 'application/json' };
      const tries = Array.from({ length: 40 }, () => fetch('/auth/token', { method: 'POST', headers, body }));
      await Promise.all(tries);
    });
  const isRefused = async (tries: number): Promise<boolean> => {
    await tryMany();
    await page.getByLabel('Operator token').fill(`wrong-${tries}`);
    const answered = page.waitForResponse((response) => response.request().postData()?.includes('wrong-') === true);
    await page.getByRole('button', { name: 'Go on' }).click();
    return (await answered).status() === 429;
  };
  let tries = 0;
  while (!(await isRefused(tries)) && tries < 40) tries += 1;
  await words.getByText('RATE_LIMITED').waitFor();
  expect(await words.innerText()).toMatch(/wait|second/i);
});
