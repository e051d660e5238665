// `/v1/stream` and `/v1/events`, and the one follower of the log behind them.

import type { Hono } from 'hono';
import { setupRejection } from '../../../app/setup-rejection.ts';
import { rejectionOf } from '../../../app/trouble.ts';
import { clock } from '../../../compose.ts';
import type { HttpEnv, HttpParts } from '../http-parts.ts';
import { problem } from '../problem.ts';
import type { HttpContext, Operation } from '../rest/operation.ts';
import { EventHub } from './event-hub.ts';
import { streamOperations } from './stream-operations.ts';

/** Follows the log for this server until it stops. */
export function openEventHub({ fleet, seat, stopping }: HttpParts): EventHub {
  const { coordinator, host } = fleet;
  const hub = new EventHub({ coordinator, clock, logger: host.logger, worktree: seat.worktree });
  stopping.addEventListener('abort', () => hub.close(), { once: true });
  if (stopping.aborted) hub.close();
  return hub;
}

export function mountStream(app: Hono<HttpEnv>, parts: HttpParts, hub: EventHub): void {
  for (const operation of streamOperations) {
    app.get(operation.path, (c) => {
      c.set('events', hub);
      return serve(operation, parts, c);
    });
  }
}

async function serve(operation: Operation, parts: HttpParts, c: HttpContext): Promise<Response> {
  try {
    return await operation.answer(parts, c);
  } catch (error) {
    const rejection = setupRejection(error) ?? rejectionOf(error);
    if (rejection.code === 'INTERNAL')
      parts.fleet.host.logger.error({ err: error, route: operation.id }, 'a route failed');
    return problem(rejection);
  }
}
