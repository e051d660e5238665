// One request to one row of the table.

import { setupRejection } from '../../../app/setup-rejection.ts';
import { rejectionOf } from '../../../app/trouble.ts';
import type { HttpParts } from '../http-parts.ts';
import { problem } from '../problem.ts';
import type { HttpContext, Operation } from './operation.ts';

/** What a view or a file threw is told as the refusal it carries, or as a fault of ours. */
export async function serveOperation(operation: Operation, parts: HttpParts, c: HttpContext): Promise<Response> {
  try {
    return await operation.answer(parts, c);
  } catch (error) {
    const rejection = setupRejection(error) ?? rejectionOf(error);
    const { logger } = parts.fleet.host;
    if (rejection.code === 'INTERNAL') logger.error({ err: error, route: operation.id }, 'a route failed');
    return problem(rejection);
  }
}
