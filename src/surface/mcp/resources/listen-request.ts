// `subscriptions/listen` of 2026, as far as it must be understood outside the SDK.

import type { JSONRPCRequest } from '@modelcontextprotocol/server';
import { SUBSCRIPTIONS_MAX } from './subscriptions.ts';

export type ListenRequest = Pick<JSONRPCRequest, 'id' | 'params'>;

/** Null for any other message. */
export function asListenRequest(message: unknown): ListenRequest | null {
  const request = message as { readonly id?: unknown; readonly method?: unknown } | null | undefined;
  if (request?.method !== 'subscriptions/listen') return null;
  return typeof request.id === 'string' || typeof request.id === 'number' ? (request as ListenRequest) : null;
}

/** The resources it is for, each once; of too many one more than may be, which is enough to be refused. */
export function urisIn({ params }: ListenRequest): readonly string[] {
  const filter = params?.notifications as { readonly resourceSubscriptions?: unknown } | undefined;
  const uris: readonly unknown[] = Array.isArray(filter?.resourceSubscriptions) ? filter.resourceSubscriptions : [];
  return [...new Set(uris.filter((uri) => typeof uri === 'string'))].slice(0, SUBSCRIPTIONS_MAX + 1);
}
