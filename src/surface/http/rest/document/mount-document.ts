// `/openapi.json`, and `/reference`, a page made from it that needs nothing from elsewhere. Both are loaded when they are
// first asked for.

import type { Hono } from 'hono';
import type { HttpEnv, HttpParts } from '../../http-parts.ts';
import type { Operation } from '../operation.ts';
import { kept } from '../respond.ts';

export function mountDocument(app: Hono<HttpEnv>, { version }: HttpParts, operations: readonly Operation[]): void {
  const documented = once(async () => (await import('./document.ts')).openApiDocument(operations, version));
  const text = once(async () => JSON.stringify(await documented()));
  const page = once(async () => (await import('./reference-page.ts')).referencePage(await documented()));
  const style = once(async () => (await import('./reference-style.ts')).REFERENCE_STYLE);
  app.get('/openapi.json', async (c) => kept(c, await text(), 'application/json'));
  // A browser that was sent to the server finds what it serves.
  app.get('/', (c) => c.redirect('/reference'));
  app.get('/reference', async (c) => kept(c, await page(), 'text/html; charset=utf-8'));
  app.get('/reference.css', async (c) => kept(c, await style(), 'text/css; charset=utf-8'));
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
