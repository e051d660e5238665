// What a request hears that no server of ours answers: an error of JSON-RPC under an HTTP status, as MCP wants it.

import { INVALID_PARAMS, INVALID_REQUEST, PARSE_ERROR } from '@modelcontextprotocol/server';
import type { Rejection } from '../../../core/rejection.ts';
import { statusOf } from '../../http/problem.ts';

/** What JSON-RPC leaves to implementations; the official transports answer so too. */
const SERVER_ERROR = -32_000;
const SESSION_NOT_FOUND = -32_001;

type RequestId = string | number | null;

interface RpcError {
  readonly id?: RequestId;
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function badRequest(message: string): Response {
  return rpcError({ status: 400, code: SERVER_ERROR, message: `Bad Request: ${message}` });
}

/** A message that begins a conversation, and does not say how: whoever answers it further in takes it for a fault of its own. */
export function notABeginning(id: unknown): Response {
  const known = typeof id === 'string' || typeof id === 'number' ? id : null;
  const message = 'Invalid params: initialize needs protocolVersion, capabilities and clientInfo';
  return rpcError({ id: known, status: 400, code: INVALID_PARAMS, message });
}

export function notJson(): Response {
  return rpcError({ status: 400, code: PARSE_ERROR, message: 'Parse error: the request body is not valid JSON' });
}

export function unreadable(): Response {
  return rpcError({ status: 400, code: PARSE_ERROR, message: 'Parse error: the request body could not be read' });
}

export function notJsonType(): Response {
  const message = 'Unsupported Media Type: Content-Type must be application/json';
  return rpcError({ status: 415, code: SERVER_ERROR, message });
}

export function tooLarge(bytes: number): Response {
  const message = `Payload Too Large: a request may have ${bytes} bytes`;
  return rpcError({ status: 413, code: INVALID_REQUEST, message });
}

export function tooDeep(levels: number): Response {
  return rpcError({ status: 413, code: INVALID_REQUEST, message: `A request may nest ${levels} levels deep` });
}

/** The specification's answer for an Mcp-Session-Id that is over or was never one: begin anew. */
export function sessionNotFound(): Response {
  return rpcError({ status: 404, code: SESSION_NOT_FOUND, message: 'Session not found' });
}

/** A rejection where there is no tool call whose result it could be. */
export function refusedRequest(
  rejection: Rejection,
  { status = statusOf(rejection), id = null }: { readonly status?: number; readonly id?: RequestId } = {},
): Response {
  const { message, next, retryAfterMs } = rejection;
  const headers =
    retryAfterMs === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) };
  return rpcError({ id, status, code: SERVER_ERROR, message: `${message} ${next}`, data: rejection, headers });
}

function rpcError({ id = null, status, code, message, data, headers = {} }: RpcError): Response {
  const error = data === undefined ? { code, message } : { code, message, data };
  return Response.json({ jsonrpc: '2.0', id, error }, { status, headers: { 'cache-control': 'no-store', ...headers } });
}
