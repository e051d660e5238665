// Addresses as the server meets them: the one it listens on, and those of its peers.

import { isIP } from 'node:net';

/** Reached from this host alone. */
export function isLoopback(host: string): boolean {
  const address = plainAddress(host);
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/** Without brackets, zone and the form in which IPv6 carries an IPv4 address; lower case. */
function plainAddress(host: string): string {
  const bare = host.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  return bare.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
}

/** As it stands in a URL and in a Host header: IPv6 in brackets, in its shortest form. */
export function hostInUrl(host: string): string {
  const address = plainAddress(host);
  if (isIP(address) !== 6) return address;
  return new URL(`http://[${address}]`).hostname;
}

/** Who counts as one peer: an address, or of IPv6 the network that one customer is given. */
export function peerOf(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  return firstWords(hostInUrl(plain).slice(1, -1)).join(':');
}

const WORDS = 8;
const NETWORK_WORDS = 4;

/** The first 64 bits of a shortened IPv6 address. */
function firstWords(address: string): readonly string[] {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = Array.from({ length: WORDS - before.length - after.length }, () => '0');
  return [...before, ...(tail === undefined ? [] : gap), ...after].slice(0, NETWORK_WORDS);
}
