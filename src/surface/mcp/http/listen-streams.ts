// Streams on which clients of 2026 hear of changes (`subscriptions/listen`). Each has a handler of the SDK to itself, so that what
// its client subscribed to is known, and ends with it.

import {
  createMcpHandler,
  type McpHttpHandler,
  type McpServer,
  type ServerEventBus,
} from '@modelcontextprotocol/server';
import type { Call } from '../../../app/seat/call.ts';
import type { Seat } from '../../../app/seat/seat.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import type { FleetWatch } from '../resources/fleet-watch.ts';
import { type ListenRequest, urisIn } from '../resources/listen-request.ts';
import { Subscriptions } from '../resources/subscriptions.ts';
import { refusedRequest } from './json-rpc-error.ts';

export interface ListenStreamsOptions {
  readonly makeServer: () => McpServer;
  readonly seat: Seat;
  readonly watch: FleetWatch;
  readonly onError: (error: Error) => void;
  /** Changes of what the server offers, for who listens for them; nothing that ships changes. */
  readonly offers: ServerEventBus;
}

const STREAMS_MAX = 1_024;

export class ListenStreams {
  readonly #options: ListenStreamsOptions;
  readonly #open = new Set<McpHttpHandler>();

  constructor(options: ListenStreamsOptions) {
    this.#options = options;
  }

  /** Opens a stream; the SDK says what is wrong with a request that cannot have one. */
  async answer(request: Request, asked: ListenRequest, call: Call): Promise<Response> {
    const { makeServer, watch, onError, offers } = this.#options;
    if (this.#open.size >= STREAMS_MAX) return refusedRequest(tooMany(), { status: 503, id: asked.id });
    const subscriptions = new Subscriptions(watch);
    const bus = new StreamBus(offers);
    const handler = createMcpHandler(makeServer, { legacy: 'reject', bus, onerror: onError });
    this.#open.add(handler);
    bus.onEnd = () => {
      subscriptions.close();
      this.#open.delete(handler);
    };
    const refused = await this.#subscribe(subscriptions, asked, call, bus);
    if (refused !== null) bus.onEnd();
    if (refused !== null) return refusedRequest(refused, { id: asked.id });
    const response = await handler.fetch(request, { parsedBody: asked });
    if (!bus.isHeard) bus.onEnd();
    return response;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((handler) => handler.close()));
  }

  async #subscribe(
    subscriptions: Subscriptions,
    asked: ListenRequest,
    call: Call,
    bus: StreamBus,
  ): Promise<Rejection | null> {
    const { seat } = this.#options;
    for (const uri of urisIn(asked)) {
      const changed = (): void => bus.publish({ kind: 'resource_updated', uri });
      const added = await subscriptions.add(uri, { seat, call, changed });
      if (isRejection(added)) return added;
    }
    return null;
  }
}

/** The bus of one stream: what it subscribed to, and what the whole server tells. */
class StreamBus implements ServerEventBus {
  onEnd: () => void = () => undefined;
  readonly #offers: ServerEventBus;
  #listener: Parameters<ServerEventBus['subscribe']>[0] | null = null;

  constructor(offers: ServerEventBus) {
    this.#offers = offers;
  }

  get isHeard(): boolean {
    return this.#listener !== null;
  }

  publish(event: Parameters<ServerEventBus['publish']>[0]): void {
    this.#listener?.(event);
  }

  subscribe(listener: Parameters<ServerEventBus['subscribe']>[0]): () => void {
    this.#listener = listener;
    const stop = this.#offers.subscribe(listener);
    return () => {
      this.#listener = null;
      stop();
      this.onEnd();
    };
  }
}

function tooMany(): Rejection {
  return reject('BUSY', {
    message: `${STREAMS_MAX} streams of subscriptions are open here, which is all there may be.`,
    next: 'End streams that are not needed, or try again later.',
    retryAfterMs: 60_000,
  });
}
