// MCP over a pair of streams, one JSON message a line. The SDK has such a transport; this one also
//
//   answers what is no message (broken JSON, a batch, something else) with an error, where the SDK's falls silent and its
//   client waits for ever;
//   bounds a line, and goes on with the next one;
//   at the end of input lets calls under way answer before it closes, so that `printf ... | brigade mcp` hears answers.

import type { Readable, Writable } from 'node:stream';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server';

/** The largest governed value and 256 long names fit many times over. */
const LINE_BYTES_MAX = 4 * 1024 * 1024;
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const NEWLINE = 0x0a;

type Id = string | number;

export class LineTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  /** Resolves when it is closed. */
  readonly closed: Promise<void>;

  readonly #input: Readable;
  readonly #output: Writable;
  readonly #onEnd: () => void;
  readonly #resolveClosed: () => void;
  #parts: Buffer[] = [];
  #bytes = 0;
  #isSkipping = false;
  #isEnding = false;
  #isClosed = false;
  readonly #unanswered = new Set<Id>();

  /** `onEnd` is called once, when nothing more will arrive. The connection is still open for answers then. */
  constructor(input: Readable, output: Writable, onEnd: () => void) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    this.#input = input;
    this.#output = output;
    this.#onEnd = onEnd;
  }

  async start(): Promise<void> {
    this.#input.on('data', this.#take);
    this.#input.on('end', this.end);
    this.#input.on('close', this.end);
    this.#input.on('error', this.#fail);
    this.#output.on('error', this.#fail);
  }

  /** Resolves when the line is handed over; a reader that is slow is waited for. Nothing is sent after the close. */
  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#isClosed) return;
    const written = this.#output.write(`${JSON.stringify(message)}\n`);
    if (!('method' in message) && message.id !== undefined) this.#answered(message.id);
    if (!written) await this.#drained();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#input.off('data', this.#take);
    this.#input.pause();
    this.onclose?.();
    this.#resolveClosed();
  }

  /** Takes nothing more, lets calls under way answer, then closes. The end of input does the same. */
  readonly end = (): void => {
    if (this.#isEnding || this.#isClosed) return;
    this.#input.off('data', this.#take);
    this.#line();
    this.#isEnding = true;
    this.#onEnd();
    if (this.#unanswered.size === 0) void this.close();
  };

  readonly #take = (chunk: Buffer): void => {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      this.#keep(chunk.subarray(from, at));
      this.#line();
      from = at + 1;
    }
    this.#keep(chunk.subarray(from));
  };

  #keep(part: Buffer): void {
    if (this.#isSkipping || part.length === 0) return;
    this.#bytes += part.length;
    if (this.#bytes <= LINE_BYTES_MAX) {
      this.#parts.push(part);
      return;
    }
    this.#parts = [];
    this.#isSkipping = true;
    this.#refuse(null, INVALID_REQUEST, `a message is larger than ${LINE_BYTES_MAX} bytes`);
  }

  #line(): void {
    const text = Buffer.concat(this.#parts).toString('utf8').trim();
    this.#parts = [];
    this.#bytes = 0;
    this.#isSkipping = false;
    if (text !== '') this.#read(text);
  }

  #read(text: string): void {
    const value = parseJson(text);
    if (value === undefined) this.#refuse(null, PARSE_ERROR, 'this line is not JSON');
    else if (Array.isArray(value))
      this.#refuse(null, INVALID_REQUEST, 'batches are not served: send one message a line');
    else if (isMessage(value)) this.#receive(value);
    else this.#refuse(idOf(value), INVALID_REQUEST, 'this is no JSON-RPC 2.0 message');
  }

  #receive(message: JSONRPCMessage): void {
    this.#note(message);
    this.onmessage?.(message);
  }

  /** Keeps count of what must still be answered. A cancelled request is never answered. */
  #note(message: JSONRPCMessage): void {
    if (!('method' in message)) return;
    if ('id' in message) this.#unanswered.add(message.id);
    else if (message.method === 'notifications/cancelled') this.#answered(idOf(message.params, 'requestId'));
  }

  #answered(id: Id | null): void {
    if (id !== null) this.#unanswered.delete(id);
    if (this.#isEnding && this.#unanswered.size === 0) void this.close();
  }

  /** A broken pipe: nobody reads, so nothing is left to say. */
  readonly #fail = (error: Error): void => {
    if (this.#isClosed) return;
    this.onerror?.(error);
    this.#onEnd();
    void this.close();
  };

  #refuse(id: Id | null, code: number, message: string): void {
    this.onerror?.(new Error(message));
    if (!this.#isClosed) this.#output.write(`${JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } })}\n`);
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#output.off('drain', done);
        this.#output.off('close', done);
        this.#output.off('error', done);
        resolve();
      };
      this.#output.on('drain', done);
      this.#output.on('close', done);
      this.#output.on('error', done);
    });
  }
}

/** Undefined for what is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The frame of a message; what is in it the protocol checks. */
function isMessage(value: unknown): value is JSONRPCMessage {
  if (typeof value !== 'object' || value === null || !('jsonrpc' in value) || value.jsonrpc !== '2.0') return false;
  const hasId = 'id' in value && (typeof value.id === 'string' || Number.isInteger(value.id));
  const { params } = value as { params?: unknown };
  if ('method' in value) {
    const hasParams = params === undefined || (typeof params === 'object' && params !== null && !Array.isArray(params));
    return typeof value.method === 'string' && hasParams && (hasId || !('id' in value));
  }
  return ('result' in value || 'error' in value) && hasId;
}

/** The id by which the sender of a broken request waits for its answer. */
function idOf(value: unknown, name: 'id' | 'requestId' = 'id'): Id | null {
  if (typeof value !== 'object' || value === null) return null;
  if (name === 'id' && !('method' in value)) return null;
  const id = (value as Readonly<Record<string, unknown>>)[name];
  return typeof id === 'string' || Number.isInteger(id) ? (id as Id) : null;
}
