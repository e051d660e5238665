// Which addresses a webhook may be sent to. A policy may name any host, and this process stands inside somebody's network: what
// only it can reach is not for the one who wrote the policy.
//
// The host is resolved here, once; every address that it has must be allowed, and the connection goes to one of those and asks
// no resolver again, so a name that answers differently the second time gains nothing.

import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { isLoopback } from '../../ports/endpoint.ts';

export interface Address {
  readonly address: string;
  readonly family: number;
}

export type Resolve = (hostname: string) => Promise<readonly Address[]>;

/** Ranges that a target may lie in that says `allowPrivate`. */
const PRIVATE: ReadonlySet<string> = new Set(['private', 'uniqueLocal', 'carrierGradeNat', 'loopback']);
/** What clouds answer their guests with credentials under; inside ranges that may be allowed. */
const METADATA: ReadonlySet<string> = new Set(['fd00:ec2::254', '100.100.100.200']);

/** Addresses to connect to, or what is wrong with them. Rejects where the name cannot be resolved. */
export async function checkedAddresses(
  url: URL,
  allowPrivate: boolean,
  resolve: Resolve,
): Promise<readonly Address[] | string> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  const addresses = family === 0 ? await resolve(host) : [{ address: host, family }];
  if (addresses.length === 0) return `${url.hostname} has no address`;
  for (const { address } of addresses) {
    const flaw = flawOf(address, isLoopback(url), allowPrivate);
    if (flaw !== null) return `${url.hostname} is ${flaw}, where nothing is sent`;
  }
  return addresses;
}

/** What kind of address it is that nothing is sent to; null for one that may be used. */
function flawOf(address: string, isHere: boolean, allowPrivate: boolean): string | null {
  if (!ipaddr.isValid(address)) return 'no address';
  // An IPv4 address written as IPv6 reaches the same machine.
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (METADATA.has(parsed.toString())) return 'a metadata service';
  if (range === 'unicast' || (isHere && range === 'loopback')) return null;
  if (allowPrivate && PRIVATE.has(range)) return null;
  return `in the range ${range}`;
}
