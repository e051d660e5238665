// A tool called over HTTP as clients of either era do it, request by request, with nothing of an SDK between: for load, and for
// servers that vanish in the middle of a call.

import { callTool, converse, type Fields, post, structured } from './raw-mcp-http.ts';

/** One call of a tool: its structured content. Rejects where there was no answer. */
export type RawCall = (tool: string, args: Fields) => Promise<Fields>;

/** A conversation of the 2025 era; its id outlives the server, for whoever shows a handle. */
export async function conversation(url: string): Promise<RawCall> {
  const version = '2025-11-25';
  const id = await converse(url, { version });
  return async (tool, args) => structured(answered(await callTool(url, tool, args, { id, version })));
}

/** The stateless form of 2026-07-28: each request says everything. */
export function stateless(url: string): RawCall {
  let lastId = 0;
  return async (tool, args) => {
    lastId += 1;
    const params = { name: tool, arguments: args, _meta: META };
    const body = JSON.stringify({ jsonrpc: '2.0', id: lastId, method: 'tools/call', params });
    return structured(
      answered(await post(url, body, { version: VERSION, more: { 'mcp-method': 'tools/call', 'mcp-name': tool } })),
    );
  };
}

const VERSION = '2026-07-28';
const META = {
  'io.modelcontextprotocol/protocolVersion': VERSION,
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

function answered<T extends { readonly status: number; readonly message: { readonly result?: unknown } | null }>(
  answer: T,
): T {
  if (answer.status === 200 && answer.message?.result !== undefined) return answer;
  throw new Error(`no answer: ${answer.status} ${JSON.stringify(answer.message)}`);
}
