import {
  ClientClosedError,
  ConnectionTimeoutError,
  DisconnectsClientError,
  SocketClosedUnexpectedlyError,
} from '@redis/client';
import { describe, expect, it } from 'vitest';
import { InWords, inWords } from './in-words.ts';
import { LinkLost } from './redis-faults.ts';

function fromSystem(code: string, more: object = {}): Error {
  return Object.assign(new Error(`connect ${code} from the depths`), { code, ...more });
}

describe('what broke a connection', () => {
  it.each([
    [
      fromSystem('ECONNREFUSED', { address: '10.0.0.7', port: 6379 }),
      'nothing listens there (ECONNREFUSED 10.0.0.7:6379)',
    ],
    [fromSystem('ENOTFOUND', { hostname: 'cache.local' }), 'no host is known by that name (ENOTFOUND cache.local)'],
    [fromSystem('ECONNRESET'), 'the connection was closed (ECONNRESET)'],
    [fromSystem('ERR_SSL_WRONG_VERSION_NUMBER'), 'the TLS handshake failed (ERR_SSL_WRONG_VERSION_NUMBER)'],
    [fromSystem('EMFILE'), 'the connection failed (EMFILE)'],
    [new SocketClosedUnexpectedlyError(), 'the connection was closed'],
    [new ConnectionTimeoutError(), 'it does not answer'],
    [new DisconnectsClientError(), 'the connection was given up'],
    [new ClientClosedError(), 'the connection was given up'],
    [new Error('Unknown RESP type 72 "H"'), 'what answers there does not speak as Redis does'],
    [new InWords('it is too late'), 'it is too late'],
  ])('%o is said in our words: %s', (error, words) => {
    expect(inWords(error)).toBe(words);
    expect(new LinkLost(error)).toMatchObject({ message: words, cause: error });
  });

  it('is told of the first of several addresses that were tried', () => {
    const each = ['::1', '127.0.0.1'].map((address) => fromSystem('ECONNREFUSED', { address, port: 1 }));
    const error = Object.assign(new AggregateError(each), { code: 'ECONNREFUSED' });
    expect(inWords(error)).toBe('nothing listens there (ECONNREFUSED ::1:1)');
  });

  it('is left to the system to say of certificates and files', () => {
    const error = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(inWords(error)).toBe('self-signed certificate');
  });
});
