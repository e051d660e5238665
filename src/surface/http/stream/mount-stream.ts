// `/v1/stream` and `/v1/events`, and the one follower of the log behind them.

import type { Hono } from 'hono';
import { clock } from '../../../compose.ts';
import type { HttpEnv, HttpParts } from '../http-parts.ts';
import { serveOperation } from '../rest/serve-operation.ts';
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
      return serveOperation(operation, parts, c);
    });
  }
}
