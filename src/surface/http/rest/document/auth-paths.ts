// How a browser becomes an operator's and ceases to be, for the document. The routes are in `access/mount-auth.ts`.

import type { DocumentedOperation, DocumentedResponse, OpenApiDocument } from './document.ts';
import type { RefusalStatus } from './refusals.ts';

type Security = NonNullable<DocumentedOperation['security']>;
interface Told extends Pick<DocumentedOperation, 'summary' | 'description' | 'requestBody'> {
  readonly operationId: string;
  readonly security: Security;
  readonly answer: Readonly<Record<number, DocumentedResponse>>;
}

/** What stands at the door may say to any request. */
const ALWAYS: readonly RefusalStatus[] = [400, 401, 403, 413, 429, 503];

function told({ answer, ...operation }: Told): DocumentedOperation {
  const refused = ALWAYS.map((status) => [status, { $ref: `#/components/responses/Refused${status}` }] as const);
  const responses: DocumentedOperation['responses'] = { ...answer, ...Object.fromEntries(refused) };
  return { ...operation, tags: ['auth'], responses };
}

const WHOEVER: Security = [{}, { session: [] }, { operator: [] }, { operatorCookie: [] }];

const whoami = told({
  operationId: 'getOperator',
  summary: 'For whom does this browser act?',
  description: 'Says which operator the cookie of the request stands for. A Bearer is not looked at.',
  security: WHOEVER,
  answer: {
    200: {
      description: 'The name of the operator, and until when; null for nobody.',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['operator', 'endsAt'],
            properties: { operator: { type: ['string', 'null'] }, endsAt: { type: ['string', 'null'] } },
          },
          example: { operator: 'ana', endsAt: '2026-11-20T11:25:07.118Z' },
        },
      },
    },
  },
});

const COOKIE_GIVEN: DocumentedResponse = {
  description: 'It was good; the cookie comes with the answer.',
  headers: {
    'Set-Cookie': {
      description: 'the cookie: `HttpOnly`, `SameSite=Strict`, and `Secure` with TLS',
      schema: { type: 'string' },
    },
  },
};

const tradeCode = told({
  operationId: 'tradeCode',
  summary: 'Trade a one-time code for the cookie',
  description:
    '`brigade serve --open` makes the code, which is good once and for two minutes. The cookie makes this browser an operator’s for twelve hours, or until the server ends. `GET /?code=CODE`, which `--open` opens, does the same and leads on to `/`. A code of nobody is `CREDENTIAL_WRONG`.',
  security: [{}],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: { type: 'object', required: ['code'], properties: { code: { type: 'string', maxLength: 200 } } },
        example: { code: 'wqXnIGyV0n5cJm2kq8r1t3u4v5w6x7y8z9A0B1C2D3E' },
      },
    },
  },
  answer: { 204: COOKIE_GIVEN },
});

const tradeToken = told({
  operationId: 'tradeToken',
  summary: 'Trade the operator token for the cookie',
  description:
    'For a person who types it into a page: what `brigade token operator` prints. The cookie makes this browser an operator’s for twelve hours, until the fleet has another token, or until the server ends. Wrong ones are counted, and soon refused with `RATE_LIMITED`.',
  security: [{}],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: { type: 'object', required: ['token'], properties: { token: { type: 'string', maxLength: 200 } } },
        example: { token: 'wqXnIGyV0n5cJm2kq8r1t3u4v5w6x7y8z9A0B1C2D3E' },
      },
    },
  },
  answer: { 204: COOKIE_GIVEN },
});

const logout = told({
  operationId: 'endOperator',
  summary: 'This browser acts for nobody any more',
  description:
    'The cookie of the request is good no more, here or anywhere it was copied to. Without one nothing happens.',
  security: WHOEVER,
  answer: { 204: { description: 'It acts for nobody.' } },
});

export const AUTH_PATHS: OpenApiDocument['paths'] = {
  '/auth': { get: whoami },
  '/auth/code': { post: tradeCode },
  '/auth/token': { post: tradeToken },
  '/auth/logout': { post: logout },
};
