// Chromium with the dashboard in it, as the system's packages have it: what a person would see, do and hear. Whatever the page
// complains of, and every request that would leave the machine, is kept, and fails the test that asks.

import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** It starts as root too, and asks nobody for anything. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** For a slow machine: it ends a test that hangs, and judges nothing. */
export const APPEARS_MS = 60_000;

export interface PageOptions {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  readonly reducesMotion?: boolean;
}

export class DashboardBrowser {
  readonly #browser: Browser;
  readonly #complaints: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<DashboardBrowser> {
    const program = process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path));
    if (program === undefined)
      throw new Error('There is no Chromium. Install it (apt-get install chromium), or name one in CHROMIUM.');
    return new DashboardBrowser(await chromium.launch({ executablePath: program, args: FLAGS }));
  }

  /** A page of a browser that was never here. */
  async open(url: string, options: PageOptions = {}): Promise<Page> {
    const { scheme = 'light', width = 1_280, height = 900, reducesMotion = false } = options;
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      reducedMotion: reducesMotion ? 'reduce' : 'no-preference',
    });
    context.setDefaultTimeout(APPEARS_MS);
    this.#listen(context, new URL(url).origin);
    const page = await context.newPage();
    await page.goto(url);
    return page;
  }

  /** What no page may do: complain, break, or ask for anything elsewhere. */
  complaints(): readonly string[] {
    return this.#complaints;
  }

  /** What was complained of is forgotten, and every page goes. */
  async closePages(): Promise<void> {
    for (const context of this.#browser.contexts()) await context.close();
    this.#complaints.length = 0;
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  #listen(context: BrowserContext, origin: string): void {
    context.on('request', (request) => {
      if (new URL(request.url()).origin !== origin) this.#complaints.push(`asks for ${request.url()}`);
    });
    context.on('response', (response) => {
      if (response.status() >= 400) this.#complaints.push(`${response.status()} for ${response.url()}`);
    });
    context.on('weberror', (error) => this.#complaints.push(String(error.error())));
    context.on('console', (message) => {
      // What could not be loaded is told with its address above.
      if (message.text().startsWith('Failed to load resource')) return;
      if (message.type() === 'error' || message.type() === 'warning') this.#complaints.push(message.text());
    });
  }
}

/** What axe finds wrong with the page as it is, a line each. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id}: ${help} at ${target.join(' ')}`),
  );
}
