// REST under /v1: the table of routes, mounted.

import type { Hono } from 'hono';
import type { HttpEnv, HttpParts } from '../http-parts.ts';
import { streamOperations } from '../stream/stream-operations.ts';
import { mountDocument } from './document/mount-document.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { serveOperation } from './serve-operation.ts';

export function mountRest(app: Hono<HttpEnv>, parts: HttpParts): void {
  for (const operation of OPERATIONS) {
    app.on(operation.method.toUpperCase(), honoPath(operation), (c) => serveOperation(operation, parts, c));
  }
  mountDocument(app, parts, [...OPERATIONS, ...streamOperations]);
}

/** `{name}` as Hono writes it. */
function honoPath({ path, isTail }: Pick<Operation, 'path' | 'isTail'>): string {
  const plain = path.replaceAll(/\{(\w+)\}/g, ':$1');
  return isTail ? `${plain}{.+}` : plain;
}
