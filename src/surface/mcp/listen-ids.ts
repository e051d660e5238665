// What a client of 2026 listens for over stdio. The SDK keeps these subscriptions and tells nobody of them, so they are overheard on
// the wire: who begins to listen, for which resources, and who stops. The SDK delivers what the server then tells.

import type { JSONRPCMessage, McpServer, Transport } from '@modelcontextprotocol/server';
import type { Seat } from '../../app/seat/seat.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import type { FleetWatch } from './resources/fleet-watch.ts';
import { asListenRequest, urisIn } from './resources/listen-request.ts';
import { tell } from './resources/offer-resources.ts';
import { Subscriptions } from './resources/subscriptions.ts';

export interface ListenIdsOptions {
  readonly seat: () => Promise<Seat | Rejection>;
  readonly watch: FleetWatch;
  /** The server of the connection; null before there is one. */
  readonly server: () => McpServer['server'] | null;
}

type Id = string | number;

/** Requests to listen that one connection may have open; those beyond are answered, and hear nothing. */
const LISTENING_MAX = 100;

export class ListenIds {
  readonly #options: ListenIdsOptions;
  readonly #subscriptions: Subscriptions;
  readonly #listening = new Map<Id, readonly string[]>();

  constructor(options: ListenIdsOptions) {
    this.#options = options;
    this.#subscriptions = new Subscriptions(options.watch);
  }

  /** Hears what arrives before whoever serves the connection does; a request to listen is passed on when changes are seen. */
  overhear(transport: Transport): void {
    const deliver = transport.onmessage;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's transports have this callback and no events
    transport.onmessage = (message, extra) => {
      const request = asListenRequest(message);
      if (request === null || this.#listening.has(request.id) || this.#listening.size >= LISTENING_MAX) {
        this.#endIn(message);
        deliver?.(message, extra);
        return;
      }
      this.#listening.set(request.id, urisIn(request));
      void this.#begin(request.id).then(() => deliver?.(message, extra));
    };
  }

  async #begin(id: Id): Promise<void> {
    const seat = await this.#options.seat();
    if (isRejection(seat)) return;
    for (const uri of this.#listening.get(id) ?? []) {
      const changed = (): void => {
        const server = this.#options.server();
        if (server !== null) tell(server, uri);
      };
      await this.#subscriptions.add(uri, { seat, call: {}, changed });
    }
  }

  #endIn(message: JSONRPCMessage): void {
    if (!('method' in message) || message.method !== 'notifications/cancelled') return;
    const id = message.params?.requestId;
    if (typeof id !== 'string' && typeof id !== 'number') return;
    const uris = this.#listening.get(id) ?? [];
    this.#listening.delete(id);
    const others = new Set([...this.#listening.values()].flat());
    for (const uri of uris) if (!others.has(uri)) void this.#subscriptions.remove(uri);
  }
}
