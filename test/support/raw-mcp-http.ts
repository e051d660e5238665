// MCP over HTTP spoken request by request, for what no official client would send.

export type Fields = Readonly<Record<string, unknown>>;

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** The message that answers the request; null for a body without one. */
  readonly message: {
    readonly result?: Fields;
    readonly error?: { readonly code: number; readonly message: string; readonly data?: Fields };
  } | null;
}

export interface RawOptions {
  readonly bearer?: string;
  readonly id?: string;
  readonly version?: string;
  readonly signal?: AbortSignal;
  /** Headers besides. */
  readonly more?: Readonly<Record<string, string>>;
}

let lastId = 0;

/** Posts one request of the 2025 era and reads its answer. */
export async function ask(url: string, method: string, params: Fields, options: RawOptions = {}): Promise<Answered> {
  lastId += 1;
  return post(url, JSON.stringify({ jsonrpc: '2.0', id: lastId, method, params }), options);
}

/** Posts `body` as it is. */
export async function post(url: string, body: string, options: RawOptions = {}): Promise<Answered> {
  const { signal } = options;
  const headers = { ...headersOf(options), 'content-type': 'application/json' };
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers,
    body,
    ...(signal === undefined ? {} : { signal }),
  });
  return { status: response.status, headers: response.headers, message: messageIn(await response.text()) };
}

export function callTool(url: string, name: string, args: Fields, options: RawOptions = {}): Promise<Answered> {
  return ask(url, 'tools/call', { name, arguments: args }, options);
}

/** Structured content of a tool's result. */
export function structured({ message }: Answered): Fields {
  return (message?.result?.structuredContent ?? {}) as Fields;
}

/** Shakes hands as a client of the 2025 era does; answers its Mcp-Session-Id. */
export async function converse(url: string, { version = '2025-11-25' }: RawOptions = {}): Promise<string> {
  const clientInfo = { name: 'raw', version: '1' };
  const answer = await ask(url, 'initialize', { protocolVersion: version, capabilities: {}, clientInfo });
  const id = answer.headers.get('mcp-session-id');
  if (id === null) throw new Error(`no Mcp-Session-Id: ${answer.status} ${JSON.stringify(answer.message)}`);
  await post(url, JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }), { id, version });
  return id;
}

export function headersOf({ bearer, id, version, more }: RawOptions): Record<string, string> {
  return {
    accept: 'application/json, text/event-stream',
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    ...(id === undefined ? {} : { 'mcp-session-id': id }),
    ...(version === undefined ? {} : { 'mcp-protocol-version': version }),
    ...more,
  };
}

/** Of an event stream the last message: what comes before it is progress. */
function messageIn(text: string): Answered['message'] {
  if (text === '') return null;
  const data =
    text.startsWith('{') || text.startsWith('[')
      ? text
      : text
          .split('\n')
          .findLast((line) => line.startsWith('data: '))
          ?.slice(6);
  return data === undefined ? null : (JSON.parse(data) as Answered['message']);
}
