// A route of REST: one row of the table that is mounted and that the document describes. A row says what it takes, who may
// call it and what it does; that a request was well formed is settled before it runs.
//
// Requests are parsed by our own parser, with schemas that are made once: one refusal says which member is wrong and what to
// write instead, as it does for tools. `@hono/zod-openapi` makes the document from the same schemas, and nothing else.

import type { Context } from 'hono';
import * as z from 'zod';
import type { Coordinator } from '../../../app/coordinator.ts';
import { PastLook } from '../../../app/past/past-look.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import { readMoment } from '../../schema/past-moment.ts';
import type { HttpEnv, HttpParts } from '../http-parts.ts';
import { problem } from '../problem.ts';
import { needsSession } from './caller.ts';
import { readBody, readQuery } from './request.ts';

export type HttpContext = Context<HttpEnv>;

/**
 * `open`: no credential is needed; one that is shown must be good. `session`: a handle. `operator`: the operator token.
 * `either`: a handle or the operator token.
 */
export type Access = 'open' | 'session' | 'operator' | 'either';

export interface Operation {
  /** Names it in the document and in clients made from it. */
  readonly id: string;
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** As OpenAPI writes it. The value of a last `{name}` with `isTail` may have slashes. */
  readonly path: string;
  readonly isTail: boolean;
  readonly access: Access;
  readonly summary: string;
  readonly description: string;
  readonly query: z.ZodObject;
  readonly body: z.ZodObject | null;
  /** It takes `at`: the number of an event, or a time. */
  readonly hasPast: boolean;
  answer(parts: HttpParts, c: HttpContext): Promise<Response>;
}

/** What a row is given: the request, parsed. */
export interface Asked<Query, Body> {
  readonly parts: HttpParts;
  readonly c: HttpContext;
  readonly query: Query;
  readonly body: Body;
  /** Views as of the moment that is asked about; null in `past` where that is now. */
  readonly look: Coordinator['view'];
  readonly past: PastLook | null;
  /** Views of what led up to that moment. */
  readonly lookBack: PastLook['lookBack'];
}

interface Definition<Query extends z.ZodRawShape, Body extends z.ZodRawShape> {
  readonly id: string;
  readonly method: Operation['method'];
  readonly path: string;
  readonly isTail?: boolean;
  readonly access: Access;
  readonly summary: string;
  readonly description: string;
  readonly query?: Query;
  readonly body?: Body;
  readonly hasPast?: boolean;
  /** Members of the body for which null is a value; elsewhere it means that the member was left out. */
  readonly nullable?: readonly string[];
  readonly run: (asked: Asked<z.output<z.ZodObject<Query>>, z.output<z.ZodObject<Body>>>) => Promise<Response>;
}

type Nothing = Record<string, never>;

export function defineOperation<Query extends z.ZodRawShape = Nothing, Body extends z.ZodRawShape = Nothing>(
  definition: Definition<Query, Body>,
): Operation {
  const {
    id,
    method,
    path,
    isTail = false,
    access,
    summary,
    description,
    nullable = [],
    hasPast = false,
    run,
  } = definition;
  const name = `${method.toUpperCase()} ${path}`;
  const query = z.strictObject({ ...(definition.query ?? ({} as Query)), ...(hasPast ? PAST : {}) });
  const body = definition.body === undefined ? null : z.strictObject(definition.body);
  const readsQuery = readQuery(name, query);
  const readsBody = body === null ? null : readBody(name, body, nullable);
  return {
    id,
    method,
    path,
    isTail,
    access,
    summary,
    description,
    query,
    body,
    hasPast,
    async answer(parts, c) {
      if (access === 'session' && c.get('credential').kind !== 'bearer') return problem(needsSession());
      const asked = readsQuery(c);
      if ('rejection' in asked) return problem(asked.rejection);
      const sent = readsBody === null ? NO_BODY : await readsBody(c);
      if ('rejection' in sent) return problem(sent.rejection);
      const { at, ...rest } = asked.args as { readonly at?: string };
      const { coordinator } = parts.fleet;
      const past = at === undefined ? null : pastLook(parts, at);
      if (isRejection(past)) return problem(past);
      c.set('past', past);
      const look: Coordinator['view'] = (which) => (past ?? coordinator).view(which);
      const lookBack: PastLook['lookBack'] = (which) => (past ?? new PastLook(coordinator, NOW)).lookBack(which);
      const given = rest as z.output<z.ZodObject<Query>>;
      return run({ parts, c, query: given, body: sent.args as z.output<z.ZodObject<Body>>, look, past, lookBack });
    },
  };
}

const NO_BODY = { args: {} };
const NOW = { newest: true } as const;

const PAST = {
  at: z
    .string()
    .optional()
    .describe('as of then: the number of an event, or a time with its zone, as in 2025-11-19T23:25:00Z'),
};

function pastLook({ fleet }: HttpParts, at: string): PastLook | Rejection {
  const moment = readMoment(at, null);
  if (!('flaw' in moment)) return new PastLook(fleet.coordinator, moment);
  return reject('INVALID_ARGUMENT', {
    message: `at: ${JSON.stringify(at.slice(0, 40))} ${moment.flaw}.`,
    next: 'Give the number of an event, or a time such as 2025-11-19T23:25:00Z.',
    details: { path: 'at' },
  });
}
