// The page as it is served: from a folder that looks like a build.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HttpEnv } from '../http-parts.ts';
import { isOfPage, missingPage, mountDashboard, PAGE_PATHS } from './mount-dashboard.ts';

let folder: string;
let app: Hono<HttpEnv>;
beforeEach(async () => {
  folder = `${mkdtempSync(join(tmpdir(), 'brigade-page-'))}/`;
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<title>the page</title>');
  await writeFile(join(folder, 'assets', 'a-1.js'), 'one');
  await writeFile(join(folder, 'assets', 'a-1.js.gz'), gzipSync('one'));
  app = new Hono<HttpEnv>();
  mountDashboard(app, folder);
  app.notFound((c) => missingPage(c, folder) ?? c.text('nothing', 404));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function ask(path: string, headers: Readonly<Record<string, string>> = {}) {
  return app.request(`http://127.0.0.1${path}`, { headers });
}

describe('the page', () => {
  it('is at every address that it has itself', async () => {
    const source = readFileSync(join(import.meta.dirname, '../../../../dashboard/src/shell/pages.ts'), 'utf8');
    const own = Array.from(source.matchAll(/path: '([^']+)'/g), ([, path = '']) => path);
    const served = own.flatMap((path) => (path.endsWith('/:id?') ? [path.slice(0, -5), path.slice(0, -1)] : [path]));
    expect([...PAGE_PATHS].toSorted()).toEqual(served.toSorted());
    for (const path of PAGE_PATHS) {
      const answer = await ask(path.replace(':id', '7'));
      expect([path, answer.status, await answer.text()]).toEqual([path, 200, '<title>the page</title>']);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
    }
  });

  it('says itself that an address is not there, to a person; a program hears it in its own way', async () => {
    const person = await ask('/nowhere', { accept: 'text/html,*/*' });
    expect([person.status, await person.text()]).toEqual([404, '<title>the page</title>']);
    const program = await ask('/nowhere', { accept: 'application/json' });
    expect([program.status, await program.text()]).toEqual([404, 'nothing']);
  });

  it('has its files compressed, and kept for ever, for their names change with them', async () => {
    const answer = await ask('/assets/a-1.js', { 'accept-encoding': 'gzip' });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(answer.headers.get('cache-control')).toMatch(/immutable/);
    expect(gunzipSync(Buffer.from(await answer.arrayBuffer())).toString()).toBe('one');
    expect(await (await ask('/assets/a-1.js')).text()).toBe('one');
    expect((await ask('/assets/a-2.js')).status).toBe(404);
  });

  it('leaves no way out of its folder', async () => {
    await writeFile(join(folder, '..', 'secret'), 'secret');
    for (const path of ['/assets/../../secret', '/assets/..%2f..%2fsecret', '/assets/%2e%2e/%2e%2e/secret']) {
      const text = await (await ask(path, { accept: '*/*' })).text();
      expect([path, text]).not.toContain('secret');
    }
    rmSync(join(folder, '..', 'secret'));
  });

  it('says how to build it where it was not built', async () => {
    rmSync(join(folder, 'index.html'));
    expect(await (await ask('/')).text()).toContain('npm run build');
  });

  it('is open to strangers, and nothing of the fleet is part of it', () => {
    const own = ['/', '/locks', '/agents/ana', '/incidents/1', '/assets/a-1.js', '/favicon.svg'];
    const fleet = ['/v1/fleet', '/metrics', '/mcp', '/openapi.json', '/auth', '/locksmith', '/v1', '//v1/fleet'];
    expect([own.filter((path) => !isOfPage(path)), fleet.filter(isOfPage)]).toEqual([[], []]);
  });
});
