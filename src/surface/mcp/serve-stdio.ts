// MCP over stdin and stdout: one connection, served until its input ends, its output breaks, or it is told to end. Then
// waits are left, calls under way answer if they still can, and the connection closes.

import type { Readable, Writable } from 'node:stream';
import type { McpServer } from '@modelcontextprotocol/server';
import { serveStdio as serveConnection } from '@modelcontextprotocol/server/stdio';
import type { Seat } from '../../app/seat/seat.ts';
import type { Rejection } from '../../core/rejection.ts';
import { LineTransport } from './line-transport.ts';
import { ListenIds } from './listen-ids.ts';
import { createMcpServer } from './mcp-server.ts';
import { FleetWatch } from './resources/fleet-watch.ts';
import type { Tool } from './tool.ts';
import { toolTable } from './tool-table.ts';

export interface StdioOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly tools: readonly Tool[];
  readonly seat: () => Promise<Seat | Rejection>;
  readonly version: string;
  /** Hears of faults of ours, and of what is said against the protocol. */
  readonly onTrouble: (error: unknown, what: string) => void;
}

export interface StdioConnection {
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;
  /** Ends it as the end of input does. */
  readonly end: () => void;
}

/** Calls under way may answer for this long after the end; a client that is gone does not hold up its successor. */
const LAST_ANSWERS_MS = 1_000;

export function serveStdio(options: StdioOptions): StdioConnection {
  const { input, output, tools, seat, version, onTrouble } = options;
  const ending = new AbortController();
  const transport = new LineTransport(input, output, () => {
    ending.abort();
    const timer = setTimeout(() => void transport.close(), LAST_ANSWERS_MS);
    void transport.closed.finally(() => clearTimeout(timer));
  });
  const onFault = (error: unknown, tool: string): void =>
    onTrouble(error, `a call of ${tool} failed by a fault of ours`);
  const watch = new FleetWatch({
    seat,
    after: (ms, run) => void setTimeout(run, ms).unref(),
    onTrouble: (error) => onTrouble(error, 'subscribers are not told of changes for a moment'),
  });
  void transport.closed.finally(() => watch.close());
  const server = { tools: toolTable(tools), seat, watch, version, ending: ending.signal, onFault };
  let latest: McpServer | null = null;
  const make = (): McpServer => {
    latest = createMcpServer(server);
    return latest;
  };
  serveConnection(make, { transport, onerror: (error) => onTrouble(error, 'from the client') });
  new ListenIds({ seat, watch, server: () => latest?.server ?? null }).overhear(transport);
  return { closed: transport.closed, end: transport.end };
}
