// Where a webhook may be sent as far as its address alone tells; the policy's parser and whoever sends ask the same rule. What a
// host name resolves to is looked at by whoever connects, each time.

export interface EndpointAsk {
  readonly url: string;
  readonly allowPrivate?: boolean;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The address, or what is wrong with it, as the end of a sentence that names it. */
export function endpointOf({ url, allowPrivate = false }: EndpointAsk): URL | string {
  const parsed = URL.parse(url);
  if (parsed === null) return 'is no address such as https://example.org/alerts';
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return 'must begin with https://';
  if (parsed.username !== '' || parsed.password !== '')
    return 'has a user name or password in it; the receiver knows Brigade by the signature';
  if (parsed.protocol === 'http:' && !isLoopback(parsed) && !allowPrivate)
    return 'must begin with https://: http is for this host alone, or with allowPrivate for a private network';
  return parsed;
}

/** True when the address names this host itself. */
export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}
