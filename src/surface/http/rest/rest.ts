// REST under /v1: the table of routes, mounted.

import type { Hono } from 'hono';
import { setupRejection } from '../../../app/setup-rejection.ts';
import { rejectionOf } from '../../../app/trouble.ts';
import type { HttpEnv, HttpParts } from '../http-parts.ts';
import { problem } from '../problem.ts';
import { streamOperations } from '../stream/stream-operations.ts';
import { mountDocument } from './document/mount-document.ts';
import type { HttpContext, Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';

export function mountRest(app: Hono<HttpEnv>, parts: HttpParts): void {
  for (const operation of OPERATIONS) {
    app.on(operation.method.toUpperCase(), honoPath(operation), (c) => serve(operation, parts, c));
  }
  mountDocument(app, parts, [...OPERATIONS, ...streamOperations]);
}

/** `{name}` as Hono writes it. */
function honoPath({ path, isTail }: Pick<Operation, 'path' | 'isTail'>): string {
  const plain = path.replaceAll(/\{(\w+)\}/g, ':$1');
  return isTail ? `${plain}{.+}` : plain;
}

/** What a view or a file threw is told as the refusal it carries, or as a fault of ours. */
async function serve(operation: Operation, parts: HttpParts, c: HttpContext): Promise<Response> {
  try {
    return await operation.answer(parts, c);
  } catch (error) {
    const rejection = setupRejection(error) ?? rejectionOf(error);
    const { logger } = parts.fleet.host;
    if (rejection.code === 'INTERNAL') logger.error({ err: error, route: operation.id }, 'a route failed');
    return problem(rejection);
  }
}
