// The page for people, as it was built: its files, and the page itself for every address that is one of its own. Unknown
// addresses are the server's to refuse; a person who asked for one is shown the page that says so.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import type { HttpEnv } from '../http-parts.ts';

/** Beside the compiled server. */
const BUILT = fileURLToPath(new URL('../../../dashboard/', import.meta.url));

/** Addresses of the page, as `dashboard/src/shell/pages.ts` has them; a test holds the two together. */
export const PAGE_PATHS = [
  '/',
  '/locks',
  '/waits',
  '/timeline',
  '/agents',
  '/agents/:id',
  '/alerts',
  '/incidents',
  '/incidents/:id',
  '/system',
] as const;

const FAVICON = '/favicon.svg';
const ASSETS = '/assets/';

/** Is this part of the page itself, which tells nothing of the fleet? */
export function isOfPage(path: string): boolean {
  if (path.startsWith(ASSETS) || path === FAVICON) return true;
  const [, first = '', second] = path.split('/');
  return PAGE_PATHS.some((each) => each === `/${first}`) && (first !== '' || second === undefined);
}

/** Their names change with their content. */
const FOR_EVER = 'public, max-age=31536000, immutable';

export function mountDashboard(app: Hono<HttpEnv>, folder = BUILT): void {
  // Run from its sources the server has no build beside it.
  if (existsSync(folder)) {
    const files = serveStatic<HttpEnv>({ root: folder, precompressed: true });
    app.get(`${ASSETS}*`, keptAs(FOR_EVER, files));
    app.get(FAVICON, keptAs('no-cache', files));
  }
  const page = pageOf(folder);
  for (const path of PAGE_PATHS) app.get(path, (c) => shown(c, page(), 200));
}

/** What is not there is asked for again. */
function keptAs(cacheControl: string, files: MiddlewareHandler<HttpEnv>): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const answer = await files(c, next);
    if (answer instanceof Response && answer.ok) answer.headers.set('Cache-Control', cacheControl);
    return answer;
  };
}

/** The page, for a person who asked for what is not there; null for a program. */
export function missingPage(c: Context<HttpEnv>, folder = BUILT): Response | null {
  const wants = c.req.header('accept') ?? '';
  if (c.req.method !== 'GET' || !wants.includes('text/html')) return null;
  return shown(c, pageOf(folder)(), 404);
}

function shown(c: Context<HttpEnv>, page: string, status: 200 | 404): Response {
  c.header('Cache-Control', 'no-cache');
  return c.html(page, status);
}

/** Read each time it is asked for: it is small, and may be built anew under a server that runs. */
function pageOf(folder: string): () => string {
  return () => {
    try {
      return readFileSync(`${folder}index.html`, 'utf8');
    } catch {
      return NOT_BUILT;
    }
  };
}

const NOT_BUILT =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Brigade</title><h1>The page was not built</h1>' +
  '<p>Run <code>npm run build</code> and load it again. Everything else of this server works: <a href="/reference">/reference</a>.</p></html>';
