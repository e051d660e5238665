// A client that goes on under an Mcp-Session-Id which this server does not know: it was restarted, or forgot the transport.
// Whoever shows a handle of a live session has somebody to be, so its transport is made again: initialised from within, in the
// revision that its requests name.

import type { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { secretHash } from '../../../app/credentials.ts';
import type { SeatPorts } from '../../../app/seat/seat-ports.ts';

/** Only its form matters: nothing is sent there. */
const INSIDE = 'http://brigade.invalid/mcp';
/** No client numbers its own request so; it is answered before the first one of the client is. */
const REQUEST_ID = 'brigade-rebind';

/** Shakes hands with the server behind `transport` as the client once did. */
export async function greet(
  transport: WebStandardStreamableHTTPServerTransport,
  protocolVersion: string,
): Promise<void> {
  const clientInfo = { name: 'rebound', version: '0' };
  const params = { protocolVersion, capabilities: {}, clientInfo };
  const hello = { jsonrpc: '2.0', id: REQUEST_ID, method: 'initialize', params };
  const answer = await transport.handleRequest(post(), { parsedBody: hello });
  await answer.text();
  await transport.handleRequest(post({ 'mcp-session-id': transport.sessionId ?? '' }), {
    parsedBody: { jsonrpc: '2.0', method: 'notifications/initialized' },
  });
}

function post(headers: Readonly<Record<string, string>> = {}): Request {
  const accept = 'application/json, text/event-stream';
  return new Request(INSIDE, { method: 'POST', headers: { accept, 'content-type': 'application/json', ...headers } });
}

/** Does the request show a handle of a live session, in its header or among the arguments of its call? */
export async function showsSession(
  { coordinator, hasher }: Pick<SeatPorts, 'coordinator' | 'hasher'>,
  shown: string | undefined,
  message: unknown,
): Promise<boolean> {
  for (const handle of [shown, sessionArgument(message)]) {
    if (handle === undefined) continue;
    const session = await coordinator.view({ kind: 'session', handleHash: secretHash(hasher, handle) });
    if (session?.state === 'live') return true;
  }
  return false;
}

/** The session that the arguments of a tool call name. */
export function sessionArgument(message: unknown): string | undefined {
  const call = message as { method?: unknown; params?: { arguments?: { session?: unknown } } } | null | undefined;
  const session = call?.method === 'tools/call' ? call.params?.arguments?.session : undefined;
  return typeof session === 'string' ? session : undefined;
}
