// How a program hears no: the rejection as it is told everywhere, as an error with fields.

/** Why something was refused, what to do next, and whether trying again can help. */
export interface Rejection {
  /** One of the published codes, or one of `LOCAL_CODES`. */
  readonly code: string;
  readonly category: string;
  readonly message: string;
  readonly next: string;
  readonly retry: 'never' | 'now' | 'afterWait';
  readonly retryAfterMs?: number;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * Said on this side, by nobody else: the server was not reached in time, or answered what is no answer of Brigade; a lease
 * was not renewed in time; a lease was given back.
 */
export const LOCAL_CODES = {
  unreachable: 'UNREACHABLE',
  lapsed: 'LEASE_LAPSED',
  released: 'LEASE_RELEASED',
} as const;

export class BrigadeError extends Error {
  override readonly name = 'BrigadeError';
  readonly rejection: Rejection;

  constructor(rejection: Rejection, options?: ErrorOptions) {
    super(`${rejection.code}: ${rejection.message}`, options);
    this.rejection = rejection;
  }

  get code(): string {
    return this.rejection.code;
  }

  /** What to do instead. */
  get next(): string {
    return this.rejection.next;
  }

  /** The same call may succeed later. */
  get isPassing(): boolean {
    return this.rejection.retry !== 'never';
  }
}

export function unreachable(message: string, cause?: unknown): BrigadeError {
  const next = 'Start `brigade serve`, or look at the address. What was asked may have been done: ask again to know.';
  return local(LOCAL_CODES.unreachable, 'unavailable', { message, next }, cause);
}

export function lapsed(cause?: unknown): BrigadeError {
  const message = 'The lease was not renewed in time; somebody else may hold it by now.';
  return local(LOCAL_CODES.lapsed, 'stale', { message, next: 'Stop acting on it, and acquire it again.' }, cause);
}

export function released(): BrigadeError {
  const told = { message: 'The lease was given back.', next: 'Acquire it again.' };
  return local(LOCAL_CODES.released, 'stale', told);
}

function local(
  code: string,
  category: string,
  told: Pick<Rejection, 'message' | 'next'>,
  cause?: unknown,
): BrigadeError {
  const rejection = {
    code,
    category,
    ...told,
    retry: category === 'unavailable' ? 'afterWait' : 'never',
    details: {},
  } as const;
  return new BrigadeError(rejection, cause === undefined ? undefined : { cause });
}
