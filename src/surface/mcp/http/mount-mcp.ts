import type { Hono } from 'hono';
import { clock, conversationsOf, ids } from '../../../compose.ts';
import type { Conversations } from '../../../ports/conversations.ts';
import type { HttpEnv, HttpParts } from '../../http/http-parts.ts';
import { McpEndpoint } from './mcp-endpoint.ts';

/** Serves MCP at `/mcp`. */
export function mountMcp(app: Hono<HttpEnv>, parts: HttpParts): void {
  const { mcp = {} } = parts;
  let opened: Conversations | null = null;
  const notes = (): Conversations | null => {
    opened ??= conversationsOf(parts.fleet);
    return opened;
  };
  const endpoint = new McpEndpoint({
    ...parts,
    clock: mcp.clock ?? clock,
    newId: () => ids.newSecret(),
    notes,
    settings: mcp,
  });
  app.on(['GET', 'POST', 'DELETE'], '/mcp', (c) => {
    // Asked for its head, Hono comes here as for GET, and that would open a stream.
    if (c.req.method === 'HEAD') return c.notFound();
    const credential = c.get('credential');
    const receivedMonoMs = c.get('receivedMonoMs');
    const shown = credential.kind === 'bearer' ? { session: credential.secret, receivedMonoMs } : { receivedMonoMs };
    return endpoint.answer(c.req.raw, shown, c.get('countCall'));
  });
}
