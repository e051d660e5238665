// The bare server of MCP that ours is compared with, in a process of its own: the SDK as its documentation shows it, the same tools
// with the same schemas made once, and a lock that is a map in memory. Nothing is parsed by us, nobody is known. Arguments: `http`,
// which tells its port, or `stdio`; then a folder in which each call is kept as a bare log does, without which nothing is kept.

import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import {
  createMcpHandler,
  fromJsonSchema,
  isInitializeRequest,
  isLegacyRequest,
  McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { TOOLS } from '../../src/surface/mcp/tools.ts';
import { BareLog, BODY } from '../suite/peers/bare-log.ts';

type Schema = Parameters<typeof fromJsonSchema>[0];
interface Asked {
  readonly resources?: readonly string[];
  readonly leases?: readonly { readonly resource: string; readonly token: number }[];
}

const HOISTED = TOOLS.map(({ name, title, description, annotations, inputSchema, outputSchema }) => ({
  name,
  title,
  description,
  annotations,
  inputSchema: fromJsonSchema<Asked>(inputSchema() as Schema),
  outputSchema: fromJsonSchema<Record<string, unknown>>(outputSchema() as Schema),
}));

const [transport = 'http', folder] = process.argv.slice(2);
const log = folder === undefined ? null : await BareLog.open(folder);
const held = new Map<string, number>();
let lastToken = 0;

function makeServer(): McpServer {
  const server = new McpServer({ name: 'bare', version: '1.0.0' });
  for (const { name, ...rest } of HOISTED) {
    server.registerTool(name, rest, async (asked) => {
      await log?.append(BODY);
      const structuredContent = name === 'acquire_lock' ? acquire(asked) : release(asked);
      return { content: [{ type: 'text', text: 'Done.' }], structuredContent };
    });
  }
  return server;
}

function acquire({ resources = [] }: Asked): Record<string, unknown> {
  const leases = resources.map((resource) => {
    lastToken += 1;
    held.set(resource, lastToken);
    return { resource, mode: 'exclusive', token: lastToken, expiresInMs: 300_000, safeForMs: 293_950, guarded: false };
  });
  return { status: 'granted', leases, waitedMs: 0, refused: [], ticket: null, position: null, blockedBy: [] };
}

function release({ leases = [] }: Asked): Record<string, unknown> {
  for (const { resource } of leases) held.delete(resource);
  return { released: leases, refused: [], promoted: [] };
}

const modern = createMcpHandler(makeServer, { legacy: 'reject' });
const conversations = new Map<string, WebStandardStreamableHTTPServerTransport>();

async function answer(request: Request): Promise<Response> {
  const message: unknown = request.method === 'POST' ? await request.json() : undefined;
  if (!(await isLegacyRequest(request, message))) return modern.fetch(request, { parsedBody: message });
  const known = conversations.get(request.headers.get('mcp-session-id') ?? '');
  if (known !== undefined) return known.handleRequest(request, { parsedBody: message });
  if (!isInitializeRequest(message)) return new Response(null, { status: 404 });
  const conversation = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void conversations.set(id, conversation),
  });
  await makeServer().connect(conversation);
  return conversation.handleRequest(request, { parsedBody: message });
}

if (transport === 'stdio') {
  await makeServer().connect(new StdioServerTransport());
} else {
  const server = createAdaptorServer({ fetch: answer });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('disconnect', () => process.exit());
}
