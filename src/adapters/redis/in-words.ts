// Why a connection broke, or could not be made, in our own words. What the library and the system said of it goes along as the
// cause of the fault, for whoever reads the log.

import { errorCode } from '../system/error-code.ts';

/** Its message is for people as it is. */
export class InWords extends Error {}

/** By code of the system, or by class of the library. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED$/, 'nothing listens there'],
  [/^(ECONNRESET|EPIPE|SocketClosedUnexpectedlyError)$/, 'the connection was closed'],
  [/^(ETIMEDOUT|ConnectionTimeoutError|SocketTimeoutError)$/, 'it does not answer'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'no host is known by that name'],
  [/^E(HOST|NET)(UNREACH|DOWN)$/, 'there is no way to it'],
  [/^(DisconnectsClientError|ClientClosedError|ClientOfflineError)$/, 'the connection was given up'],
  [/^(EPROTO|ERR_SSL_\w+|ERR_OSSL_\w+)$/, 'the TLS handshake failed'],
];
/** What is wrong with a certificate, or a file of the URL, the system says best. */
const SAYS_ITSELF = /^(ENOENT|EACCES|EISDIR|CERT_|ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** Half a sentence, without a full stop. */
export function inWords(error: unknown): string {
  if (error instanceof InWords) return error.message;
  const code = errorCode(error);
  if (error instanceof Error && SAYS_ITSELF.test(code)) return error.message.replace(/\.$/, '');
  const kind = code !== '' || !(error instanceof Error) ? code : error.constructor.name;
  const [, words] = WORDS.find(([kinds]) => kinds.test(kind)) ?? [];
  if (code === '') return words ?? 'what answers there does not speak as Redis does';
  return `${words ?? 'the connection failed'} (${[code, addressOf(error)].filter((part) => part !== '').join(' ')})`;
}

/** Where a system call was about. Of several that were tried, the first. */
function addressOf(error: unknown): string {
  const one = error instanceof AggregateError ? (error.errors as readonly unknown[])[0] : error;
  const { address, port, hostname } = one as { readonly address?: string; readonly port?: number; hostname?: string };
  return address === undefined ? (hostname ?? '') : `${address}:${port}`;
}
