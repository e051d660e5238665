// `/openapi.json`, and `/reference`, a page made from it that needs nothing from elsewhere. Both are loaded when they are
// first asked for.

import type { Hono } from 'hono';
import { cookieName } from '../../access/operator-cookie.ts';
import type { HttpEnv, HttpParts } from '../../http-parts.ts';
import type { HttpContext, Operation } from '../operation.ts';
import { kept } from '../respond.ts';

export function mountDocument(app: Hono<HttpEnv>, { version }: HttpParts, operations: readonly Operation[]): void {
  // The port is part of the cookie's name, and a server has one port: whoever asks first shows it.
  const documented = once(async (c: HttpContext) => {
    const { openApiDocument } = await import('./document.ts');
    return openApiDocument(operations, { version, cookieName: cookieName(c) });
  });
  const text = once(async (c: HttpContext) => JSON.stringify(await documented(c)));
  const page = once(async (c: HttpContext) => (await import('./reference-page.ts')).referencePage(await documented(c)));
  const style = once(async () => (await import('./reference-style.ts')).REFERENCE_STYLE);
  app.get('/openapi.json', async (c) => kept(c, await text(c), 'application/json'));
  app.get('/reference', async (c) => kept(c, await page(c), 'text/html; charset=utf-8'));
  app.get('/reference.css', async (c) => kept(c, await style(c), 'text/css; charset=utf-8'));
}

function once<T>(make: (c: HttpContext) => Promise<T>): (c: HttpContext) => Promise<T> {
  let made: Promise<T> | null = null;
  return (c) => {
    made ??= make(c);
    return made;
  };
}
