// What raw clients of MCP over HTTP send: pairs of acquire and release, in both revisions.

import { converse } from '../../test/support/raw-mcp-http.ts';
import type { Exchange } from './http-load.ts';

export const REVISIONS = ['2025-11-25', '2026-07-28'] as const;
export type Revision = (typeof REVISIONS)[number];

/** What each client sends with every request. The bare server does not look at the handle. */
export async function headersAt(
  url: string,
  revision: Revision,
  sessions: readonly string[],
): Promise<readonly Readonly<Record<string, string>>[]> {
  const headers = [];
  for (const session of sessions) {
    const id = revision === '2025-11-25' ? { 'mcp-session-id': await converse(url, { version: revision }) } : {};
    headers.push({
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${session}`,
      'mcp-protocol-version': revision,
      ...id,
    });
  }
  return headers;
}

export function exchanges(revision: Revision, headers: Exchange['headers'], resource: string): readonly Exchange[] {
  const call = (name: string, args: (token: number) => object): Exchange => ({
    path: '/mcp',
    headers: revision === '2025-11-25' ? headers : { ...headers, 'mcp-method': 'tools/call', 'mcp-name': name },
    body: (token) => {
      const meta = revision === '2025-11-25' ? {} : { _meta: META };
      return JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: args(token), ...meta },
      });
    },
  });
  return [
    call('acquire_lock', () => ({ resources: [resource], waitMs: 0 })),
    call('release_lock', (token) => ({ leases: [{ resource, token }] })),
  ];
}

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
