// The transports of clients of the 2025 era, by their Mcp-Session-Id. That id names a conversation of MCP, not a session of
// Brigade: it proves nothing, and whoever calls shows for whom in each call.
//
//   open     `initialize` came; or this server does not know the id (it was restarted, or the transport was silent), and the
//            request shows a handle that counts, or what its client follows is known: then the transport is made again under
//            the same id, and follows that
//   silent   no request under way and none for half an hour: it is closed
//   ended    by DELETE: its id is answered 404, whatever is shown with it, by the next server too
//
// A client that hears 404 begins anew, as the specification says.

import {
  DEFAULT_NEGOTIATED_PROTOCOL_VERSION,
  isInitializeRequest,
  type McpServer,
  SUPPORTED_PROTOCOL_VERSIONS,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { onAbort } from '../../../app/on-abort.ts';
import { type Rejection, reject } from '../../../core/rejection.ts';
import type { Cancel, Clock } from '../../../ports/clock.ts';
import type { FleetWatch } from '../resources/fleet-watch.ts';
import type { Followed } from '../resources/subscriptions.ts';
import type { ConversationBook } from './conversation-book.ts';
import { Following } from './following.ts';
import { badRequest, notABeginning, refusedRequest, sessionNotFound } from './json-rpc-error.ts';
import { greet } from './rebind.ts';

export interface TransportsOptions {
  /** A server for one transport; `onCall` is that of `McpServerOptions`. */
  readonly makeServer: (onCall: () => () => void, following: Following) => McpServer;
  readonly watch: FleetWatch;
  readonly book: ConversationBook;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly silentMs: number;
  /** Transports open at once. */
  readonly max: number;
}

/** How a client went on that comes back: its revision, and what it follows. */
interface Before {
  readonly version: string;
  readonly followed: readonly Followed[];
}

/** A posted message, and whether the request shows a handle that counts. Asked only where the id is not known. */
export interface Posted {
  readonly message?: unknown;
  readonly hasHandle: () => Promise<boolean>;
}

interface Line {
  readonly id: string;
  readonly server: McpServer;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly following: Following;
  /** Null when it can be served. */
  readonly ready: Promise<Rejection | null>;
  /** Calls and streams under way. */
  open: number;
  heardMs: number;
}

/** How often it is looked for silent ones: a share of the time after which they are. */
const LOOKS = 10;
/** What clients may call a conversation: visible ASCII, as the specification says, within a bound of ours. */
const ID = /^[\x21-\x7e]{1,128}$/;

export class Transports {
  readonly #options: TransportsOptions;
  readonly #open = new Map<string, Line>();
  #cancelLook: Cancel | null = null;

  constructor(options: TransportsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Answers a request of the 2025 era. */
  async answer(request: Request, posted: Posted): Promise<Response> {
    const { method, id: asked } = (posted.message ?? {}) as { readonly method?: unknown; readonly id?: unknown };
    // The SDK's look at a whole message is dear, and only this one needs it.
    if (method === 'initialize') {
      return isInitializeRequest(posted.message) ? this.#begin(request, posted.message) : notABeginning(asked);
    }
    const id = request.headers.get('mcp-session-id');
    if (id === null) return badRequest('Mcp-Session-Id header is required');
    if (!ID.test(id) || this.#options.book.isOver(id)) return sessionNotFound();
    const line = this.#open.get(id) ?? (await this.#again(id, request, posted));
    return line instanceof Response ? line : this.#serve(line, request, posted.message);
  }

  /** Ends the streams on which a client only listens, so that they hold up no end. */
  endStreams(): void {
    for (const { transport } of this.#open.values()) transport.closeStandaloneSSEStream();
  }

  async close(): Promise<void> {
    this.#cancelLook?.();
    await Promise.all([...this.#open.values()].map((line) => line.server.close()));
  }

  async #begin(request: Request, message: unknown): Promise<Response> {
    const line = this.#connect(this.#options.newId());
    if (line instanceof Response) return line;
    const response = await this.#serve(line, request, message);
    if (!response.ok) await line.server.close();
    return response;
  }

  /** The transport of an id that is not known here, for a client that goes on where another server stopped. */
  async #again(id: string, request: Request, { hasHandle }: Posted): Promise<Line | Response> {
    const version = request.headers.get('mcp-protocol-version') ?? DEFAULT_NEGOTIATED_PROTOCOL_VERSION;
    if (!SUPPORTED_PROTOCOL_VERSIONS.includes(version)) return badRequest(`Unsupported protocol version: ${version}`);
    const { book } = this.#options;
    const known = await book.look(id);
    if (known === 'over' || (known === null && !(await hasHandle()))) return sessionNotFound();
    // Meanwhile another request with this id may have come, or a DELETE.
    if (book.isOver(id)) return sessionNotFound();
    return this.#open.get(id) ?? this.#connect(id, { version, followed: known?.followed ?? [] });
  }

  #connect(id: string, before?: Before): Line | Response {
    const { makeServer, watch, book, clock, max } = this.#options;
    if (this.#open.size >= max) return busy(max);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
      onsessionclosed: () => book.end(id),
    });
    const hold = { begin: (): (() => void) => () => undefined };
    const following = new Following({ watch, onChange: (followed) => book.follow(id, followed) });
    const server = makeServer(() => hold.begin(), following);
    const ready = server.connect(transport).then(async () => {
      if (before === undefined) return null;
      await greet(transport, before.version);
      return following.resume(before.followed);
    });
    const line: Line = { id, server, transport, following, ready, open: 0, heardMs: clock.monotonicMs() };
    hold.begin = () => this.#hold(line);
    const close = server.server.onclose;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's server has this callback and no events
    server.server.onclose = () => {
      close?.();
      if (this.#open.get(id) === line) this.#open.delete(id);
    };
    this.#open.set(id, line);
    this.#look();
    return line;
  }

  async #serve(line: Line, request: Request, message: unknown): Promise<Response> {
    const over = this.#hold(line);
    try {
      const refused = await line.ready;
      if (refused !== null) {
        await line.server.close();
        return refusedRequest(refused, { status: 503 });
      }
      const response = await line.transport.handleRequest(
        request,
        message === undefined ? {} : { parsedBody: message },
      );
      if (request.method === 'GET' && response.ok) {
        onAbort(request.signal, this.#hold(line));
        onAbort(request.signal, line.following.listen());
      }
      return response;
    } finally {
      over();
    }
  }

  /** The transport is not silent until the answer is called. */
  #hold(line: Line): () => void {
    line.open += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      line.open -= 1;
      line.heardMs = this.#options.clock.monotonicMs();
    };
  }

  #look(): void {
    if (this.#cancelLook !== null || this.#open.size === 0) return;
    const { clock, silentMs } = this.#options;
    const look = (): void => {
      this.#cancelLook = null;
      const since = clock.monotonicMs() - silentMs;
      for (const { server, open, heardMs } of this.#open.values()) {
        if (open === 0 && heardMs <= since) void server.close();
      }
      this.#look();
    };
    this.#cancelLook = clock.after(Math.ceil(silentMs / LOOKS), look, { background: true });
  }
}

function busy(max: number): Response {
  const rejection = reject('BUSY', {
    message: `This server has ${max} MCP transports open, which is all it takes.`,
    next: 'Close transports that are not needed with DELETE, or try again later.',
    retryAfterMs: 60_000,
  });
  return refusedRequest(rejection, { status: 503 });
}
