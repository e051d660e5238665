// The SDK's server around the table of tools. A fresh one is made for each connection, and over HTTP for each request of the
// 2026 era; it keeps nothing. So it is made of handlers that stand ready: registering tool after tool, as the SDK offers too,
// would be done anew for each request, and would check arguments and refuse in its own words. Our parser refuses.

import {
  type CallToolRequest,
  type CallToolResult,
  McpServer,
  ProtocolError,
  ProtocolErrorCode,
  SdkError,
  SdkErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { WaitProgress } from '../../app/coordinator.ts';
import type { Call } from '../../app/seat/call.ts';
import type { Seat } from '../../app/seat/seat.ts';
import { internal } from '../../app/trouble.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import { durationText } from '../../core/view/duration-text.ts';
import { INSTRUCTIONS } from './instructions.ts';
import type { FleetWatch } from './resources/fleet-watch.ts';
import { type Following, offerResources } from './resources/offer-resources.ts';
import { type Shown, twoSessions } from './shown.ts';
import type { Tool } from './tool.ts';
import { type ToolResult, toolRejection } from './tool-result.ts';
import type { ToolTable } from './tool-table.ts';

export interface McpServerOptions {
  readonly tools: ToolTable;
  /** The store may not be open yet, or be in trouble; then each call waits, or answers why. */
  readonly seat: () => Promise<Seat | Rejection>;
  /** Tells subscribers of resources. Its owner closes it. */
  readonly watch: FleetWatch;
  readonly version: string;
  /** The connection ends: waits are left, so that their calls still answer. */
  readonly ending: AbortSignal;
  readonly onFault: (error: unknown, tool: string) => void;
  /** Where requests show more than their arguments. */
  readonly shownBy?: (context: ServerContext) => Shown;
  /** Hears that a call begins; what it answers, that the call is over. */
  readonly onCall?: (context: ServerContext) => () => void;
  /** See `ResourceOptions`. */
  readonly following?: Following;
  /** Offers more than Brigade does: the official conformance suite asks for tools and prompts of its own. */
  readonly dress?: (server: McpServer) => void;
}

export function createMcpServer(options: McpServerOptions): McpServer {
  const mcp = new McpServer(
    { name: 'brigade', title: 'Brigade', version: options.version },
    { instructions: INSTRUCTIONS },
  );
  const { server } = mcp;
  server.registerCapabilities({ tools: { listChanged: false } });
  server.setRequestHandler('tools/list', () => ({ tools: options.tools.listed() }));
  server.setRequestHandler('tools/call', (request, context) => answerCall(options, request, context));
  const { seat, watch, following } = options;
  const callOf = (context: ServerContext): Call => splitShown(options, context).shown;
  offerResources(mcp, { seat, watch, callOf, ...(following === undefined ? {} : { following }) });
  options.dress?.(mcp);
  return mcp;
}

async function answerCall(
  options: McpServerOptions,
  { params }: CallToolRequest,
  context: ServerContext,
): Promise<CallToolResult> {
  const tool = options.tools.find(params.name);
  if (tool === null) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Tool ${params.name} not found`);
  const over = options.onCall?.(context);
  try {
    const { structured, text, isError } = await callTool(options, tool, params.arguments, context);
    return { content: [{ type: 'text', text }], structuredContent: structured, ...(isError ? { isError } : {}) };
  } finally {
    over?.();
  }
}

async function callTool(
  options: McpServerOptions,
  tool: Tool,
  args: unknown,
  context: ServerContext,
): Promise<ToolResult> {
  const { ending, onFault } = options;
  const { broken, shown } = splitShown(options, context);
  const signals = signalsOf(context.mcpReq.signal, broken === undefined ? [ending] : [ending, broken]);
  try {
    const seat = await options.seat();
    if (isRejection(seat)) return toolRejection(seat);
    const wrong = twoSessions(args, shown.session);
    if (wrong !== null) return toolRejection(wrong);
    return await tool.call(seat, args, { ...shown, ...signals.call, ...progressOf(context) });
  } catch (error) {
    onFault(error, tool.name);
    return toolRejection(internal(error));
  } finally {
    signals.forget();
  }
}

function splitShown({ shownBy }: McpServerOptions, context: ServerContext) {
  const { broken, ...shown }: Shown = shownBy?.(context) ?? {};
  return { broken, shown };
}

/** The client cancels in so many words, or its connection ends: two different things for whoever waits. */
function signalsOf(request: AbortSignal, endings: readonly AbortSignal[]) {
  const cut = new AbortController();
  const cancelled = new AbortController();
  const onRequest = (): void => (isClosed(request.reason) ? cut : cancelled).abort();
  const onEnding = (): void => cut.abort();
  request.addEventListener('abort', onRequest);
  for (const ending of endings) ending.addEventListener('abort', onEnding);
  if (request.aborted) onRequest();
  if (endings.some((ending) => ending.aborted)) onEnding();
  const forget = (): void => {
    request.removeEventListener('abort', onRequest);
    for (const ending of endings) ending.removeEventListener('abort', onEnding);
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
