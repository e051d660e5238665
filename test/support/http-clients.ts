// The official MCP clients of both generations over HTTP, with what they have in common.

import { Client, type ClientOptions, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';

export type Fields = Readonly<Record<string, unknown>>;

export interface Called {
  readonly isError?: boolean | undefined;
  readonly structuredContent?: unknown;
  readonly content?: unknown;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onprogress?: (progress: { readonly progress: number; readonly message?: string | undefined }) => void;
}

export interface HttpClient {
  list(): Promise<readonly { readonly name: string }[]>;
  call(name: string, args: Fields, options?: CallOptions): Promise<Called>;
  /** Structured content of a call. */
  tool(name: string, args: Fields): Promise<Fields>;
  /** Addresses that are listed, and the templates of those that are not. */
  addresses(): Promise<readonly string[]>;
  /** What stands at an address, as JSON. */
  read(uri: string): Promise<Fields>;
  /** Hears of changes from when this resolves; its answer stops that. */
  subscribe(uri: string, changed: (uri: string) => void): Promise<() => Promise<void>>;
  instructions(): string | undefined;
  /** The Mcp-Session-Id; none on 2026-07-28. */
  id(): string | undefined;
  /** Ends the conversation by DELETE, where there is one. */
  end(): Promise<void>;
  close(): Promise<void>;
}

export interface HttpClientStart {
  readonly url: string;
  /** Shown with every request. */
  readonly bearer?: string;
}

export type Connect = (start: HttpClientStart) => Promise<HttpClient>;

/** They try twice by themselves, which a server that starts on a crowded machine may miss; then they only ask. */
const RECONNECTS = {
  initialReconnectionDelay: 500,
  maxReconnectionDelay: 1_000,
  reconnectionDelayGrowFactor: 1.5,
  maxRetries: 50,
};

const INFO = { name: 'brigade-tests', version: '1.0.0' };

export function second(options: ClientOptions = {}): Connect {
  return async (start) => {
    const client = new Client(INFO, options);
    const transport = new StreamableHTTPClientTransport(new URL(`${start.url}/mcp`), {
      requestInit: init(start),
      reconnectionOptions: RECONNECTS,
    });
    await client.connect(transport);
    return common({
      list: async () => (await client.listTools()).tools,
      call: (name, args, rest) => client.callTool({ name, arguments: { ...args } }, rest),
      addresses: async () => addressesIn(await client.listResources(), await client.listResourceTemplates()),
      read: async (uri) => jsonIn(await client.readResource({ uri })),
      subscribe: async (uri, changed) => {
        client.setNotificationHandler('notifications/resources/updated', ({ params }) => changed(params.uri));
        if (transport.sessionId === undefined) {
          const listening = await client.listen({ resourceSubscriptions: [uri] });
          return () => listening.close();
        }
        await client.subscribeResource({ uri });
        return async () => void (await client.unsubscribeResource({ uri }));
      },
      instructions: () => client.getInstructions(),
      id: () => transport.sessionId,
      end: () => transport.terminateSession(),
      close: () => client.close(),
    });
  };
}

export function first(): Connect {
  return async (start) => {
    const client = new FirstClient(INFO);
    const transport = new FirstTransport(new URL(`${start.url}/mcp`), {
      requestInit: init(start),
      reconnectionOptions: RECONNECTS,
    });
    await client.connect(transport);
    return common({
      list: async () => (await client.listTools()).tools,
      call: async (name, args, rest) =>
        (await client.callTool({ name, arguments: { ...args } }, undefined, rest)) as Called,
      addresses: async () => addressesIn(await client.listResources(), await client.listResourceTemplates()),
      read: async (uri) => jsonIn(await client.readResource({ uri })),
      subscribe: async (uri, changed) => {
        client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => changed(params.uri));
        await client.subscribeResource({ uri });
        return async () => void (await client.unsubscribeResource({ uri }));
      },
      instructions: () => client.getInstructions(),
      id: () => transport.sessionId,
      end: () => transport.terminateSession(),
      close: () => client.close(),
    });
  };
}

function common(client: Omit<HttpClient, 'tool'>): HttpClient {
  return { ...client, tool: async (name, args) => ((await client.call(name, args)).structuredContent ?? {}) as Fields };
}

function addressesIn(
  { resources }: { readonly resources: readonly { readonly uri: string }[] },
  { resourceTemplates }: { readonly resourceTemplates: readonly { readonly uriTemplate: string }[] },
): readonly string[] {
  return [...resources.map(({ uri }) => uri), ...resourceTemplates.map(({ uriTemplate }) => uriTemplate)];
}

function jsonIn({ contents: [content] }: { readonly contents: readonly object[] }): Fields {
  return JSON.parse(content !== undefined && 'text' in content ? String(content.text) : 'null') as Fields;
}

function init({ bearer }: HttpClientStart): RequestInit {
  return bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } };
}
