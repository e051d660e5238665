// The documentation as a site, in a real Chromium: every page is there and linked, nothing is asked of another machine, search and
// colours work, and a link that leads nowhere is found.

import { createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildSite } from '../../scripts/site/build-site.ts';
import { axeFindings, DashboardBrowser } from '../support/dashboard-browser.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
  png: 'image/png',
};

let folder: string;
let site: string;
let built: Awaited<ReturnType<typeof buildSite>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'brigade-site-test-'));
  site = join(folder, 'site');
  built = await buildSite(root, site);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('has every page, and no link that leads nowhere', () => {
  const sources = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  );
  const missing = sources
    .map((name) => join('docs', name.replace(/(^|\/)README\.md$/, '$1index.html').replace(/\.md$/, '.html')))
    .filter((name) => !existsSync(join(site, name)));
  expect(missing).toEqual([]);
  expect(built.pages).toBeGreaterThan(sources.length);
  expect(built.dead).toEqual([]);
});

it('finds links and headings that are not there', async () => {
  const repository = join(folder, 'repository');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  };
  for (const path of ['CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'ops/README.md']) write(path, '# A page\n');
  write('package.json', '{ "version": "1.2.3" }');
  write(
    'README.md',
    '# One\n\n[a](docs/a.md) [b](docs/a.md#two--three) [c](docs/none.md) [d](docs/a.md#four) [e](#one) ![f](x.png)\n',
  );
  write(
    'docs/a.md',
    '# A\n\n## Two & three\n\n[back](../README.md) [up](../SECURITY.md#a-page) [file](../package.json)\n',
  );
  const { dead } = await buildSite(repository, join(folder, 'broken'));
  expect(dead).toEqual(['README.md: docs/none.md', 'README.md: x.png', 'README.md: docs/a.md#four']);
});

describe('in a browser', () => {
  let browser: DashboardBrowser;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    browser = await DashboardBrowser.start();
    server = createServer((request, response) => {
      const path = join(site, decodeURI(new URL(request.url ?? '/', 'http://x').pathname));
      if (!path.startsWith(site) || !existsSync(path)) return response.writeHead(404).end();
      response.writeHead(200, { 'content-type': TYPES[path.split('.').at(-1) ?? ''] ?? 'text/plain' });
      return createReadStream(path).pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no address');
    url = `http://127.0.0.1:${address.port}`;
  });
  afterEach(() => browser.closePages());
  afterAll(async () => {
    await browser.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    [390, 'dark'],
    [1_280, 'light'],
  ] as const)('is read at %i px, %s, by everybody, and asks for nothing elsewhere', async (width, scheme) => {
    const page = await browser.open(`${url}/index.html`, { width, scheme });
    for (const name of ['index', 'docs/tutorial', 'docs/comparison']) {
      await page.goto(`${url}/${name}.html`);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(await axeFindings(page)).toEqual([]);
    }
    expect(browser.complaints()).toEqual([]);
  });

  it('finds what somebody types, and leads there', async () => {
    const page = await browser.open(`${url}/docs/tutorial.html`);
    await page.keyboard.press('/');
    await page.keyboard.type('fencing number');
    await page.locator('#found a').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/fencing\.html/);
    expect(await page.locator('h1').textContent()).toBe('Fencing: what a number protects');
    await page.keyboard.press('/');
    await page.keyboard.type('qwertzuiop');
    await page.getByText('Nothing found.').waitFor();
    expect(browser.complaints()).toEqual([]);
  });

  it('keeps the colours that were chosen, and opens its pages on a narrow screen', async () => {
    const page = await browser.open(`${url}/index.html`, { width: 390, scheme: 'light' });
    const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await ground();
    await page.getByRole('button', { name: 'Light or dark' }).click();
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.getByRole('button', { name: 'Pages' }).click();
    await page.getByRole('link', { name: 'Beside the alternatives' }).first().click();
    await page.waitForURL(/comparison\.html/);
    expect(await ground()).toBe(dark);
    expect(browser.complaints()).toEqual([]);
  });
});
