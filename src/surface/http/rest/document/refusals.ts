// The statuses of refusals, with the codes that come with each.

import { REJECTION_CODES, reject } from '../../../../core/rejection.ts';
import { statusOf } from '../../problem.ts';

export type RefusalStatus = 400 | 401 | 403 | 404 | 409 | 410 | 412 | 413 | 429 | 500 | 503;

const MEANS: Readonly<Record<RefusalStatus, string>> = {
  400: 'The request is wrong.',
  401: 'No credential was shown where one is needed.',
  403: 'Whoever asks may not do this.',
  404: 'There is no such thing.',
  409: 'Others are in the way, or somebody was faster.',
  410: 'The log no longer goes back so far.',
  412: 'What was true when it was read no longer is.',
  413: 'It is too large.',
  429: 'It is too much; try again after `Retry-After`.',
  500: 'A fault of Brigade. Nothing was changed by it.',
  503: 'The log cannot be used now.',
};

/** What each status means, and its codes. */
export const REFUSALS = Object.fromEntries(
  Object.entries(MEANS).map(([status, means]) => [status, `${means} ${codesText(Number(status))}`]),
) as Readonly<Record<RefusalStatus, string>>;

function codesText(status: number): string {
  const codes = REJECTION_CODES.filter((code) => statusOf(reject(code, { message: '', next: '' })) === status);
  // Without any credential an operator's route says so with 401.
  const more = status === 401 ? ['OPERATOR_REQUIRED'] : [];
  return `Codes: ${[...codes, ...more].map((code) => `\`${code}\``).join(', ')}.`;
}

const EXAMPLE = reject('LEASE_HELD', {
  message: 'file:src/a.ts is held by ana.',
  next: 'Ask again with waitMs to stand in line, or work on something else.',
});

export const PROBLEM_EXAMPLE = {
  type: 'about:blank',
  title: EXAMPLE.code,
  detail: EXAMPLE.message,
  ...EXAMPLE,
};
