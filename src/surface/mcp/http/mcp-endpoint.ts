// MCP at one address, for two generations of clients.
//
//   2026-07-28   stateless: each request is answered by a server of its own, which is gone with the answer
//   2025         a conversation with an Mcp-Session-Id; see transports.ts
//
// Both are served by the same table of tools. A response stream that breaks cuts its call: the ticket keeps its place, and the
// client asks again. Only `notifications/cancelled`, which clients of 2025 send, gives the place up.

import {
  createMcpHandler,
  InMemoryServerEventBus,
  isLegacyRequest,
  type McpHttpHandler,
  type McpServer,
  PROTOCOL_VERSION_META_KEY,
  type ServerContext,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';
import { onAbort } from '../../../app/on-abort.ts';
import { rejectionOf } from '../../../app/trouble.ts';
import { type Rejection, reject } from '../../../core/rejection.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Conversations } from '../../../ports/conversations.ts';
import type { CountCall, HttpParts } from '../../http/http-parts.ts';
import { createMcpServer, type McpServerOptions } from '../mcp-server.ts';
import { FleetWatch } from '../resources/fleet-watch.ts';
import { asListenRequest } from '../resources/listen-request.ts';
import { tell } from '../resources/offer-resources.ts';
import type { Shown } from '../shown.ts';
import { toolTable } from '../tool-table.ts';
import { TOOLS } from '../tools.ts';
import { ConversationBook } from './conversation-book.ts';
import type { Following } from './following.ts';
import { refusedRequest } from './json-rpc-error.ts';
import { ListenStreams } from './listen-streams.ts';
import { readMessage } from './read-message.ts';
import { sessionArgument, showsSession } from './rebind.ts';
import { Transports } from './transports.ts';

/** What a test sets. */
export interface McpHttpSettings {
  readonly clock?: Clock;
  readonly silentMs?: number;
  readonly transportsMax?: number;
  readonly dress?: McpServerOptions['dress'];
  readonly offers?: InMemoryServerEventBus;
}

export interface McpEndpointParts extends Pick<HttpParts, 'fleet' | 'seat' | 'version' | 'stopping'> {
  readonly clock: Clock;
  readonly newId: () => string;
  /** What is noted of conversations beyond this process; null while nothing can be. */
  readonly notes: () => Conversations | null;
  readonly settings: McpHttpSettings;
}

const MODERN = '2026-07-28';
const SILENT_MS = 30 * 60_000;
const TRANSPORTS_MAX = 16_384;
/** Calls under way may answer for this long when the server stops. */
const LAST_ANSWERS_MS = 1_000;

export class McpEndpoint {
  readonly #parts: McpEndpointParts;
  readonly #modern: McpHttpHandler;
  readonly #streams: ListenStreams;
  readonly #transports: Transports;
  readonly #watch: FleetWatch;
  readonly #shown = new WeakMap<Request, Shown>();
  #calls = 0;
  #onQuiet: (() => void) | null = null;

  constructor(parts: McpEndpointParts) {
    const { settings, clock, newId, stopping, seat } = parts;
    const { logger } = parts.fleet.host;
    const onError = (error: Error): void => logger.debug({ err: error }, 'an MCP request was not answered as asked');
    this.#parts = parts;
    this.#watch = new FleetWatch({
      seat: () => Promise.resolve(seat),
      after: (ms, run) => clock.after(ms, run, { background: true }),
      onTrouble: (error) => logger.warn({ err: error }, 'subscribers are not told of changes for a moment'),
    });
    const options = this.#serverOptions();
    const makeServer = (): McpServer => createMcpServer(options);
    this.#modern = createMcpHandler(makeServer, { legacy: 'reject', onerror: onError });
    const offers = settings.offers ?? new InMemoryServerEventBus(onError);
    this.#streams = new ListenStreams({ makeServer, seat, watch: this.#watch, onError, offers });
    this.#transports = new Transports({
      makeServer: (onCall, following) => this.#conversation(options, onCall, following),
      watch: this.#watch,
      book: new ConversationBook({ notes: parts.notes, onTrouble: (error, what) => logger.warn({ err: error }, what) }),
      newId,
      clock,
      silentMs: settings.silentMs ?? SILENT_MS,
      max: settings.transportsMax ?? TRANSPORTS_MAX,
    });
    onAbort(stopping, () => void this.#stop());
  }

  async answer(
    request: Request,
    shown: Pick<Shown, 'session' | 'receivedMonoMs'>,
    count?: CountCall,
  ): Promise<Response> {
    if (this.#parts.stopping.aborted) return refusedRequest(stopped());
    const read = request.method === 'POST' ? await readMessage(request) : { message: undefined };
    const refused = await count?.(read instanceof Response ? undefined : sessionArgument(read.message));
    if (refused != null) return refusedRequest(refused);
    if (read instanceof Response) return read;
    const { message } = read;
    if (await isModern(request, message)) {
      this.#shown.set(request, shown);
      const listen = asListenRequest(message);
      if (listen !== null) return this.#streams.answer(request, listen, shown);
      return this.#modern.fetch(request, { parsedBody: message });
    }
    // A stream that breaks ends no request of this era by itself.
    this.#shown.set(request, { ...shown, broken: request.signal });
    try {
      const hasHandle = (): Promise<boolean> => showsSession(this.#parts.fleet.seatPorts, shown.session, message);
      return await this.#transports.answer(request, { message, hasHandle });
    } catch (error) {
      return refusedRequest(rejectionOf(error));
    }
  }

  #serverOptions(): McpServerOptions {
    const { seat, version, stopping, fleet, settings } = this.#parts;
    const { logger } = fleet.host;
    return {
      tools: toolTable(TOOLS),
      seat: () => Promise.resolve(seat),
      watch: this.#watch,
      version,
      ending: stopping,
      onFault: (error, tool) => logger.error({ err: error }, `a call of ${tool} failed by a fault of ours`),
      shownBy: ({ http }) => (http?.req === undefined ? {} : (this.#shown.get(http.req) ?? {})),
      onCall: () => this.#call(),
      ...(settings.dress === undefined ? {} : { dress: settings.dress }),
    };
  }

  #conversation(options: McpServerOptions, onCall: () => () => void, following: Following): McpServer {
    const both = (context: ServerContext): (() => void) => {
      const ends = [this.#call(), onCall()];
      tellMissed(following, context);
      return () => {
        for (const end of ends) end();
      };
    };
    const server = createMcpServer({ ...options, onCall: both, following });
    following.send = (uri) => tell(server.server, uri);
    return server;
  }

  #call(): () => void {
    this.#calls += 1;
    return () => {
      this.#calls -= 1;
      if (this.#calls === 0) this.#onQuiet?.();
    };
  }

  /** Waits are left by now: their calls answer, then everything is closed. */
  async #stop(): Promise<void> {
    this.#watch.close();
    this.#transports.endStreams();
    await this.#streams.close();
    await this.#quiet();
    await Promise.all([this.#transports.close(), this.#modern.close()]);
  }

  #quiet(): Promise<void> {
    if (this.#calls === 0) return Promise.resolve();
    const { clock } = this.#parts;
    return new Promise((resolve) => {
      const cancel = clock.after(LAST_ANSWERS_MS, resolve, { background: true });
      this.#onQuiet = () => {
        cancel();
        // The answer of the last call is about to be sent.
        clock.after(0, resolve);
      };
    });
  }
}

/** Whoever does not listen hears with the answer to a call. */
function tellMissed(following: Following, { mcpReq }: ServerContext): void {
  for (const uri of following.takeMissed()) {
    mcpReq.notify({ method: 'notifications/resources/updated', params: { uri } }).catch(() => {
      // It is gone, and so is its call; when it comes back, all that it follows counts as changed.
      following.changed(uri);
    });
  }
}

/** The header tells it without a look at the message; what is wrong with a request that says so, the SDK says. */
async function isModern(request: Request, message: unknown): Promise<boolean> {
  const version = request.headers.get('mcp-protocol-version');
  if (version === MODERN) return true;
  const isOfEarlier = version !== null && SUPPORTED_PROTOCOL_VERSIONS.includes(version) && !namesRevision(message);
  return !isOfEarlier && !(await isLegacyRequest(request, message));
}

/** Requests of 2026 name their revision within; a batch is looked at by the SDK. */
function namesRevision(message: unknown): boolean {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return message !== undefined;
  const { params } = message as { readonly params?: { readonly _meta?: unknown } };
  const { _meta: meta } = params ?? {};
  return typeof meta === 'object' && meta !== null && PROTOCOL_VERSION_META_KEY in meta;
}

function stopped(): Rejection {
  return reject('STORE_UNAVAILABLE', {
    message: 'This server is stopping.',
    next: 'Ask again when it runs again.',
    retryAfterMs: 1_000,
  });
}
