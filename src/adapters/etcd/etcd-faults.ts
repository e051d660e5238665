// What an answer of etcd that is no success means for the call. Its codes are gRPC's and coarse; what tells one case from the
// other is the text, which is the same in etcd's own clients (its package `rpctypes`) and part of its interface.

import { StoreFault } from '../../ports/event-store.ts';
import { type Answered, TooLong, Unanswered } from './connections.ts';

/**
 *   elsewhere   this endpoint cannot, and has done nothing: another one may
 *   token       it does not know who asks, and has done nothing: a fresh token helps
 *   compacted   the revision asked for is gone
 *   noLease     there is no such lease
 *   refused     nothing was done, and asking again would not help
 *   unclear     what was asked for may be done, or not, or later
 */
export type Meaning = 'elsewhere' | 'token' | 'compacted' | 'noLease' | 'refused' | 'unclear';

/** An answer that is no success. */
export class EtcdRefusal extends Error {
  readonly meaning: Meaning;
  constructor(answered: Answered) {
    const { said, code } = parse(answered);
    super(said);
    this.meaning = meaningOf(answered.status, code, said);
  }
}

const texts: readonly (readonly [RegExp, Meaning])[] = [
  [/no leader|not supported for learner|too many requests/, 'elsewhere'],
  [/invalid auth token|user name is empty|revision of auth store is old/, 'token'],
  [/has been compacted/, 'compacted'],
  [/requested lease not found/, 'noLease'],
  [/received message larger than max/, 'refused'],
];

/** gRPC's codes of what was understood and not done: bad argument, not allowed, no room, wrong state, unknown method ... */
const REFUSALS: ReadonlySet<number> = new Set([3, 5, 6, 7, 8, 9, 11, 12, 15, 16]);

function meaningOf(status: number, code: number | null, said: string): Meaning {
  const known = texts.find(([pattern]) => pattern.test(said));
  if (known !== undefined) return known[1];
  // What stands between us and etcd, or something that is not etcd at all.
  if (code === null) return status >= 500 ? 'unclear' : 'refused';
  return REFUSALS.has(code) ? 'refused' : 'unclear';
}

function parse({ status, text }: Answered): { readonly said: string; readonly code: number | null } {
  try {
    const { error, message, code } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const said = typeof message === 'string' ? message : error;
    if (typeof said === 'string' && typeof code === 'number') return { said, code };
  } catch {
    // Not the gateway's; said as it is.
  }
  return { said: `HTTP ${status} ${text.trim().slice(0, 120)}`.trim(), code: null };
}

/** What the call could have done, where it was not answered as it should have been. */
export function mayBeDone(error: unknown): boolean {
  if (error instanceof Unanswered) return error.mayBeDone;
  return error instanceof EtcdRefusal ? error.meaning === 'unclear' : error instanceof TooLong;
}

const NOTHING = 'Nothing was written';

const refusals: readonly (readonly [RegExp, StoreFault['code'], string])[] = [
  [
    /database space exceeded/,
    'STORE_UNAVAILABLE',
    `etcd's database has reached its quota and takes no more. ${NOTHING}; reading goes on. Compact and defragment it, or raise ` +
      '--quota-backend-bytes, then `etcdctl alarm disarm`',
  ],
  [
    /request is too large|larger than max/,
    'TOO_LARGE',
    `this etcd takes no request of that size (--max-request-bytes). ${NOTHING}`,
  ],
  [
    /corrupt cluster/,
    'STORE_DAMAGED',
    `etcd found its members to differ (alarm CORRUPT) and refuses to serve. ${NOTHING}`,
  ],
  [
    /authentication failed/,
    'STORE_UNAVAILABLE',
    'etcd knows no such user with this password. Check the user and the password in the URL',
  ],
  [
    /user name is empty/,
    'STORE_UNAVAILABLE',
    'this etcd is for users with a password only. Put USER:PASSWORD@ before its hosts in the URL',
  ],
  [
    /permission denied/,
    'STORE_UNAVAILABLE',
    'the user in the URL may not use the keys of this fleet. Grant it readwrite on the prefix /brigade/',
  ],
  [
    /^HTTP 4/,
    'STORE_UNAVAILABLE',
    'what answers there is no etcd from 3.4 on with its JSON gateway. Check host and port, etcd:// or etcds://, and whether ' +
      'etcd runs with --enable-grpc-gateway=false',
  ],
];

/** A refusal as the store's own fault. `outcome`: nothing was written, and trying again at once would not help. */
export function refusalFault(location: string, refusal: EtcdRefusal): StoreFault {
  const [, code, says] = refusals.find(([pattern]) => pattern.test(refusal.message)) ?? [
    null,
    'STORE_UNAVAILABLE' as const,
    'etcd refused the call',
  ];
  return new StoreFault(code, `${location}: ${says} (${refusal.message}).`, {
    cause: refusal,
    details: { location, outcome: 'none' },
  });
}

/** What became of one try. */
export interface Tried {
  /** Of the endpoint. */
  readonly label: string;
  readonly said: string;
}

/** Nobody answered. `mayBeWritten`: what was asked for may have been done all the same. */
export function unavailable(location: string, tried: readonly Tried[], mayBeWritten: boolean): StoreFault {
  const sayings = [...new Set(tried.map(({ said }) => said))].map((said) => {
    const labels = new Set(tried.filter((each) => each.said === said).map(({ label }) => label));
    return `${said} (${[...labels].join(', ')})`;
  });
  const resets = tried.filter(({ said }) => /^ECONNRESET$|hang up/.test(said)).length;
  const advice = [
    resets > 0 && location.startsWith('etcd:') ? 'If it speaks TLS, its URL begins with etcds://.' : '',
    resets > 0 && resets === tried.length ? '' : 'It goes on by itself once a majority of its members can be reached.',
  ].join(' ');
  const outcome = mayBeWritten ? 'Whether it was written is not known; reading will show.' : advice.trim();
  return new StoreFault('STORE_UNAVAILABLE', `${location} cannot be reached: ${sayings.join('; ')}. ${outcome}`, {
    details: { location, ...(mayBeWritten ? { outcome: 'unknown' } : {}) },
  });
}
