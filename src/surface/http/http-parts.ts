// What every route of the server has in its hands.

import type { HttpBindings } from '@hono/node-server';
import type { PastLook } from '../../app/past/past-look.ts';
import type { Seat } from '../../app/seat/seat.ts';
import type { Fleet } from '../../compose.ts';
import type { Rejection } from '../../core/rejection.ts';
import type { McpHttpSettings } from '../mcp/http/mcp-endpoint.ts';
import type { AccessSettings } from './access/access-settings.ts';
import type { Credential } from './credential.ts';
import type { EventHub } from './stream/event-hub.ts';

export interface HttpParts {
  readonly fleet: Fleet;
  /** Of everybody who calls: each call shows for whom it is made. */
  readonly seat: Seat;
  readonly version: string;
  /** The server stops: waits are left, so that their calls still answer. */
  readonly stopping: AbortSignal;
  /** How it is guarded; for this host alone where nothing is said. */
  readonly access?: AccessSettings;
  /** What a test sets. */
  readonly mcp?: McpHttpSettings;
}

/** Undefined: it names none. */
export type CountCall = (handle: string | undefined) => Promise<Rejection | null>;

/** How Hono knows a request here. */
export interface HttpEnv {
  Bindings: Partial<HttpBindings>;
  Variables: {
    credential: Credential;
    /** Monotonic milliseconds at which the request arrived. */
    receivedMonoMs: number;
    /** Counts a call over MCP for the session that it names, where it showed none before; why it is not to be answered now. */
    countCall?: CountCall;
    /** Of a view of the past: the look back that answers it. */
    past?: PastLook | null;
    /** Where the log is followed; set for the routes that read it. */
    events: EventHub;
  };
}
