// The SDK's server around the table of tools. A fresh one is made for each connection; it keeps nothing.
//
// The SDK would check arguments by the published schema and refuse in its own words, so it is given schemas that let
// everything pass: our parser refuses.

import {
  McpServer,
  SdkError,
  SdkErrorCode,
  type ServerContext,
  type StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import type { WaitProgress } from '../../app/coordinator.ts';
import type { Call } from '../../app/seat/call.ts';
import type { Seat } from '../../app/seat/seat.ts';
import { internal } from '../../app/trouble.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import { durationText } from '../../core/view/duration-text.ts';
import { INSTRUCTIONS } from './instructions.ts';
import type { JsonSchema } from './published-schema.ts';
import type { Tool } from './tool.ts';
import { type ToolResult, toolRejection } from './tool-result.ts';

export interface McpServerOptions {
  readonly tools: readonly Tool[];
  /** The store may not be open yet, or be in trouble; then each call waits, or answers why. */
  readonly seat: () => Promise<Seat | Rejection>;
  readonly version: string;
  /** The connection ends: waits are left, so that their calls still answer. */
  readonly ending: AbortSignal;
  readonly onFault: (error: unknown, tool: string) => void;
}

export function createMcpServer(options: McpServerOptions): McpServer {
  const server = new McpServer(
    { name: 'brigade', title: 'Brigade', version: options.version },
    { capabilities: { tools: { listChanged: false } }, instructions: INSTRUCTIONS },
  );
  for (const tool of options.tools) {
    const { name, title, description, annotations } = tool;
    const inputSchema = passing(tool.inputSchema);
    const outputSchema = passing(tool.outputSchema);
    server.registerTool(name, { title, description, annotations, inputSchema, outputSchema }, async (args, context) => {
      const { structured, text, isError } = await callTool(options, tool, args, context);
      return { content: [{ type: 'text', text }], structuredContent: structured, ...(isError ? { isError } : {}) };
    });
  }
  return server;
}

async function callTool(
  options: McpServerOptions,
  tool: Tool,
  args: unknown,
  context: ServerContext,
): Promise<ToolResult> {
  const { ending, onFault } = options;
  const signals = signalsOf(context.mcpReq.signal, ending);
  try {
    const seat = await options.seat();
    if (isRejection(seat)) return toolRejection(seat);
    return await tool.call(seat, args, { ...signals.call, ...progressOf(context) });
  } catch (error) {
    onFault(error, tool.name);
    return toolRejection(internal(error));
  } finally {
    signals.forget();
  }
}

/** The client cancels in so many words, or the connection ends: two different things for whoever waits. */
function signalsOf(request: AbortSignal, ending: AbortSignal) {
  const cut = new AbortController();
  const cancelled = new AbortController();
  const onRequest = (): void => (isClosed(request.reason) ? cut : cancelled).abort();
  const onEnding = (): void => cut.abort();
  request.addEventListener('abort', onRequest);
  ending.addEventListener('abort', onEnding);
  if (request.aborted) onRequest();
  if (ending.aborted) onEnding();
  const forget = (): void => {
    request.removeEventListener('abort', onRequest);
    ending.removeEventListener('abort', onEnding);
  };
  const call: Pick<Call, 'cut' | 'cancelled'> = { cut: cut.signal, cancelled: cancelled.signal };
  return { call, forget };
}

function isClosed(reason: unknown): boolean {
  return reason instanceof SdkError && reason.code === SdkErrorCode.ConnectionClosed;
}

/** Progress carries no meaning that the result lacks: clients may lose it. */
function progressOf({ mcpReq }: ServerContext): Pick<Call, 'onProgress'> {
  const { _meta: meta } = mcpReq;
  const progressToken = meta?.progressToken;
  if (progressToken === undefined) return {};
  let last = -1;
  const onProgress = (progress: WaitProgress): void => {
    last = Math.max(last + 1, progress.waitedMs);
    const params = { progressToken, progress: last, message: progressText(progress) };
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {
      // A client that is gone hears nothing, and the call learns of it by its signal.
    });
  };
  return { onProgress };
}

function progressText({ ticket, position, blockedBy, waitedMs }: WaitProgress): string {
  const place = position === null ? 'in line' : `place ${position} in line`;
  const [first] = blockedBy;
  const behind = first === undefined ? '' : ` behind ${first.agentId}`;
  return `${place}${behind}, ${durationText(waitedMs)}, ticket ${ticket}`;
}

function passing(schema: () => JsonSchema): StandardSchemaWithJSON {
  const json = (): Record<string, unknown> => ({ ...schema() });
  return {
    '~standard': {
      version: 1,
      vendor: 'brigade',
      validate: (value) => ({ value }),
      jsonSchema: { input: json, output: json },
    },
  };
}
