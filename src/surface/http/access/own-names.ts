// Is this request meant for this server, by a page of this server?
//
// A page of somebody else reaches a server on this host in two ways. It gives its own name the address 127.0.0.1 (DNS
// rebinding): then the Host header says that name. Or it sends a request across origins: then the browser says from where,
// in Origin or Sec-Fetch-Site. Programs send neither, and need not.

import { localhostAllowedHostnames, validateHostHeader, validateOriginHeader } from '@modelcontextprotocol/server';
import { type Rejection, reject } from '../../../core/rejection.ts';
import { hostInUrl, isLoopback } from './bind-address.ts';

export interface RequestNames {
  /** As the Host header says it. */
  readonly host: string;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly fetchMode: string | undefined;
  /** The address at which the connection came in, where that is known. */
  readonly localAddress: string | undefined;
}

/** Host headers that were found right; there are few, and parsing one costs more than all else here. */
const KNOWN_MAX = 64;

export class OwnNames {
  readonly #named: string[];
  readonly #names: string[];
  readonly #known = new Set<string>();

  /** `bind` is the address to listen on; `named` are names that its operator gave it besides. */
  constructor(bind: string, named: readonly string[]) {
    this.#named = named.map(hostInUrl);
    this.#names = [...localhostAllowedHostnames(), ...(isLoopback(bind) ? [] : [hostInUrl(bind)]), ...this.#named];
  }

  /** Why the request is not for us; null when it is. */
  refuse(request: RequestNames): Rejection | null {
    if (!this.#isOwnHost(request)) return foreignHost(request.host);
    const { origin, fetchSite, fetchMode, host } = request;
    if (origin !== undefined && !this.#isOwnOrigin(origin, host)) return foreignOrigin(origin);
    // A link from elsewhere may lead here; whatever else another site's page asks for, it may not have.
    const isForeign = fetchSite === 'cross-site' || fetchSite === 'same-site';
    return isForeign && fetchMode !== 'navigate' ? foreignOrigin(fetchSite) : null;
  }

  #isOwnHost({ host, localAddress }: RequestNames): boolean {
    if (this.#known.has(host)) return true;
    const names = localAddress === undefined ? this.#names : [...this.#names, hostInUrl(localAddress)];
    if (!validateHostHeader(host, names).ok) return false;
    if (this.#known.size < KNOWN_MAX) this.#known.add(host);
    return true;
  }

  /** A page of this very server; or one at a name that was given, behind whatever stands in front of us. */
  #isOwnOrigin(origin: string, host: string): boolean {
    if (validateOriginHeader(origin, this.#named).ok) return true;
    const own = URL.parse(`http://${host}`);
    const theirs = URL.parse(origin);
    if (own === null || theirs === null || !/^https?:$/.test(theirs.protocol)) return false;
    const names = isLoopback(own.hostname) ? localhostAllowedHostnames() : [own.hostname];
    return validateOriginHeader(origin, names).ok && portOf(theirs) === portOf(own, theirs.protocol);
  }
}

/** Two URLs of one origin say the same port, written or not. */
function portOf(url: URL, protocol = url.protocol): string {
  if (url.port !== '') return url.port;
  return protocol === 'https:' ? '443' : '80';
}

function foreignHost(host: string): Rejection {
  return reject('CREDENTIAL_WRONG', {
    message: `This server does not answer to the name ${JSON.stringify(host.slice(0, 200))}.`,
    next: 'Use the address that `brigade serve` printed. Whoever started it may give it more names with --allow-host.',
  });
}

function foreignOrigin(origin: string): Rejection {
  return reject('CREDENTIAL_WRONG', {
    message: `A page of another origin (${origin.slice(0, 200)}) asks, and this server answers only its own.`,
    next: 'Call it from a program, or from a page that it serves itself.',
  });
}
