// Values that agents share. A version is an ETag: `If-Match: "3"` writes over version 3 and no other.

import * as z from 'zod';
import type { PutCondition } from '../../../../app/seat/seat.ts';
import { isRejection, type Rejection, reject } from '../../../../core/rejection.ts';
import { STATE_PAGE, spokenState, unknownKey } from '../../../answer/spoken-state.ts';
import { cursor, limit } from '../../../schema/fields.ts';
import { valueShape } from '../../../schema/shapes.ts';
import { problem } from '../../problem.ts';
import { callOf, viewerOf } from '../caller.ts';
import { given } from '../given.ts';
import { defineOperation, type HttpContext } from '../operation.ts';
import { told, viewed } from '../respond.ts';

export const listState = defineOperation({
  id: 'listState',
  method: 'get',
  path: '/v1/state',
  access: 'open',
  hasPast: true,
  summary: 'Shared values',
  description: 'Keys in order, each with its value and version. A page is bounded in bytes too.',
  query: {
    prefix: z.string().optional().describe('only keys that begin so'),
    cursor: cursor.optional(),
    limit: limit.max(STATE_PAGE.rowsMax).optional(),
  },
  async run({ parts, c, look, query: { prefix = '', limit: rows = STATE_PAGE.rows, ...rest } }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const which = { kind: 'state', prefix, limit: rows } as const;
    return viewed(c, spokenState(await look({ ...which, ...given(rest) })));
  },
});

export const getState = defineOperation({
  id: 'getState',
  method: 'get',
  path: '/v1/state/{key}',
  isTail: true,
  access: 'open',
  hasPast: true,
  summary: 'One shared value',
  description: 'Its ETag is its version, for `If-Match` of the next write.',
  async run({ parts, c, look }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const key = keyOf(c);
    const { items } = await look({ kind: 'state', key });
    const [entry] = items;
    if (entry === undefined) return problem(unknownKey(key));
    return viewed(c, entry, String(entry.version));
  },
});

export const putState = defineOperation({
  id: 'putState',
  method: 'put',
  path: '/v1/state/{key}',
  isTail: true,
  access: 'session',
  summary: 'Write a shared value',
  description:
    'A write says what it replaces, so that no update is lost: `If-Match: "VERSION"`, `If-None-Match: *` to create, `ifVersion` in the body, or a lease (`resource` and `token`) that guards it. A write that says nothing of this is refused.',
  body: valueShape,
  nullable: ['value'],
  async run({ parts, c, body }) {
    const condition = conditionOf(c, body);
    if (isRejection(condition)) return problem(condition);
    const outcome = await parts.seat.putState({ key: keyOf(c), value: body.value, condition }, callOf(c));
    const answer = told(outcome, ({ answer: { key, version } }) => ({ key, version }));
    if (!isRejection(outcome.answer)) answer.headers.set('etag', `"${outcome.answer.version}"`);
    return answer;
  },
});

function keyOf(c: HttpContext): string {
  return c.req.param('key') ?? '';
}

type Guard = Omit<z.output<z.ZodObject<typeof valueShape>>, 'value'>;

/** The one condition that was given, in headers or in the body. */
function conditionOf(c: HttpContext, { ifVersion, resource, token }: Guard): PutCondition | Rejection {
  const match = versionIn(c.req.header('if-match'));
  const isNew = newIn(c.req.header('if-none-match'));
  if (isRejection(match)) return match;
  if (isRejection(isNew)) return isNew;
  if ((resource === undefined) !== (token === undefined)) return halfLease();
  const lease = resource === undefined || token === undefined ? null : { resource, token };
  const version = ifVersion === undefined ? null : { ifVersion };
  const [condition, ...more] = [match, isNew, version, lease].filter((each) => each !== null);
  if (condition === undefined) return unguarded();
  return more.length === 0 ? condition : tooMany();
}

function versionIn(header: string | undefined): { readonly ifVersion: number } | Rejection | null {
  if (header === undefined) return null;
  const version = /^"(\d{1,15})"$/.exec(header.trim())?.[1];
  if (version !== undefined) return { ifVersion: Number(version) };
  return badHeader('If-Match', 'the version that was read, as in If-Match: "3"');
}

function newIn(header: string | undefined): { readonly ifVersion: 0 } | Rejection | null {
  if (header === undefined) return null;
  return header.trim() === '*' ? { ifVersion: 0 } : badHeader('If-None-Match', '* to create the key');
}

function badHeader(name: string, meant: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `PUT /v1/state/{key}: ${name} is not one that a write goes by.`,
    next: `Send ${meant}.`,
    details: { path: name },
  });
}

function unguarded(): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: 'PUT /v1/state/{key}: the write does not say what it replaces.',
    next: 'Send If-Match: "VERSION" (the ETag of GET), If-None-Match: * to create, or resource and token of a lease you hold.',
    details: { path: 'If-Match' },
  });
}

function halfLease(): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: 'PUT /v1/state/{key}: a lease is resource and token together.',
    next: 'Give both, or neither.',
    details: { path: 'resource' },
  });
}

function tooMany(): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: 'PUT /v1/state/{key}: the write goes by more than one condition.',
    next: 'Send one of If-Match, If-None-Match, ifVersion, and resource with token.',
    details: { path: 'If-Match' },
  });
}
