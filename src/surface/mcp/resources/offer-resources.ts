// Resources of MCP on a server: what there is, its content, and for clients of 2025 subscriptions, which live as long as their
// connection or, over HTTP, as their conversation. Those of 2026 are streams, and whoever serves streams keeps them.

import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Call } from '../../../app/seat/call.ts';
import type { Seat } from '../../../app/seat/seat.ts';
import { isRejection, type Rejection } from '../../../core/rejection.ts';
import type { FleetWatch } from './fleet-watch.ts';
import { readResource } from './read-resource.ts';
import { readUri } from './resource-uri.ts';
import { Subscriptions } from './subscriptions.ts';

export interface ResourceOptions {
  readonly seat: () => Promise<Seat | Rejection>;
  readonly watch: FleetWatch;
  readonly callOf: (context: ServerContext) => Call;
  /** Subscriptions that live longer than this connection, and how their client hears; else those of the connection. */
  readonly following?: Following;
}

export interface Following {
  readonly subscriptions: Subscriptions;
  changed(uri: string): void;
}

const JSON_TYPE = 'application/json';

const LISTED = [
  {
    uri: 'brigade://fleet',
    name: 'fleet',
    title: 'The fleet',
    description: 'Who is here, what is locked, who waits, and what is wrong.',
    mimeType: JSON_TYPE,
  },
  {
    uri: 'brigade://locks',
    name: 'locks',
    title: 'Locks',
    description: 'Who holds what since when, and who waits for it.',
    mimeType: JSON_TYPE,
  },
];

const TEMPLATES = [
  {
    uriTemplate: 'brigade://locks/{resource}',
    name: 'lock',
    title: 'Locks on a resource',
    description: 'Every lock in conflict with a resource, as in brigade://locks/file%3Asrc%2Fa.ts.',
    mimeType: JSON_TYPE,
  },
  {
    uriTemplate: 'brigade://agents/{id}',
    name: 'agent',
    title: 'An agent',
    description: 'One agent: what it is, its conduct, its sessions, and what it holds.',
    mimeType: JSON_TYPE,
  },
  {
    uriTemplate: 'brigade://incidents/{id}',
    name: 'incident',
    title: 'An incident',
    description: 'One incident: its alerts, what people noted, who was involved, and what those hold and wait for now.',
    mimeType: JSON_TYPE,
  },
];

export function offerResources({ server }: McpServer, options: ResourceOptions): void {
  server.registerCapabilities({ resources: { listChanged: false, subscribe: true } });
  server.setRequestHandler('resources/list', () => ({ resources: LISTED }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: TEMPLATES }));
  server.setRequestHandler('resources/read', async ({ params: { uri } }, context) => {
    const address = readUri(uri);
    if (address === null) throw new ResourceNotFoundError(uri);
    const content = await readResource(await seated(options), address, options.callOf(context));
    if (content === null) throw new ResourceNotFoundError(uri);
    if (isRejection(content)) throw refused(content);
    return { contents: [{ uri, mimeType: JSON_TYPE, text: JSON.stringify(content) }] };
  });
  let own: Subscriptions | null = null;
  const { following } = options;
  if (following !== undefined) closeWith(server, following.subscriptions);
  const subscriptionsNow = (): Subscriptions => {
    if (following !== undefined) return following.subscriptions;
    own ??= closeWith(server, new Subscriptions(options.watch));
    return own;
  };
  server.setRequestHandler('resources/subscribe', async ({ params: { uri } }, context) => {
    const call = options.callOf(context);
    const changed = (): void => (following === undefined ? tell(server, uri) : following.changed(uri));
    const added = await subscriptionsNow().add(uri, { seat: await seated(options), call, changed });
    if (added === null) throw new ResourceNotFoundError(uri);
    if (isRejection(added)) throw refused(added);
    return {};
  });
  server.setRequestHandler('resources/unsubscribe', async ({ params: { uri } }) => {
    await subscriptionsNow().remove(uri);
    return {};
  });
}

/** A client that is gone hears nothing, and its connection ends anyway. */
export function tell(server: McpServer['server'], uri: string): void {
  void server.sendResourceUpdated({ uri }).then(undefined, () => null);
}

function closeWith(server: McpServer['server'], subscriptions: Subscriptions): Subscriptions {
  const before = server.onclose;
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's server has this callback and no events
  server.onclose = () => {
    before?.();
    subscriptions.close();
  };
  return subscriptions;
}

async function seated({ seat: seatNow }: ResourceOptions): Promise<Seat> {
  const seat = await seatNow();
  if (isRejection(seat)) throw refused(seat);
  return seat;
}

/** A resource has no result that could be a refusal; the rejection goes with the error. */
function refused(rejection: Rejection): ProtocolError {
  const { category, message, next } = rejection;
  const isTheirs = category === 'invalid' || category === 'denied' || category === 'missing';
  const code = isTheirs ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError;
  return new ProtocolError(code, `${message} ${next}`, rejection);
}
