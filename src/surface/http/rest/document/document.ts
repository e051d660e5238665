// `/openapi.json`: every route that is mounted, from the schemas by which requests are parsed and those of the answers. Made
// once, when somebody first asks for it: what makes it is loaded then.

import { OpenAPIHono } from '@hono/zod-openapi';
import * as z from 'zod';
import { LIMITS } from '../../../../core/limits.ts';
import type { Access, Operation } from '../operation.ts';
import { ANSWERS, type Described } from './answers.ts';
import { AUTH_PATHS } from './auth-paths.ts';
import { OTHER_PATHS } from './other-paths.ts';
import { PROBLEM_EXAMPLE, REFUSALS, type RefusalStatus } from './refusals.ts';
import { Problem } from './schemas.ts';

/** A document as it is served; its parts are plain data. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [member: string]: unknown;
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly DocumentedParameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: DocumentedContent };
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

export interface DocumentedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema?: unknown;
  readonly description?: string;
}

export type DocumentedContent = Readonly<Record<string, { readonly schema?: unknown; readonly example?: unknown }>>;

export interface DocumentedResponse {
  readonly $ref?: string;
  readonly description?: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: unknown }>>;
  readonly content?: DocumentedContent;
}

/** What the document names and the server decides. */
export interface Served {
  readonly version: string;
  /** The cookie of an operator's browser. */
  readonly cookieName: string;
}

const ABOUT = `Coordinates a fleet of AI agents that share one workspace.

Register with POST /v1/sessions and send the handle it returns as \`Authorization: Bearer SESSION\`. Views need no credential on
loopback. An operator's routes need the token that \`brigade token operator\` prints, or a browser that acts for an operator.

Every refusal is a problem (RFC 9457) with \`code\`, what to do \`next\`, and whether trying again can help. Durations end in \`Ms\`;
moments end in \`At\`, or are \`at\`, in ISO 8601 UTC. Members may be added; they are not renamed.

Views take \`at\`, the number of an event or a time, and show the fleet as the log had it then. Of processes only what was logged
is known of then: a session that was live counts as alive.

A path that takes other methods than it was asked with answers 405; \`Allow\` names them, and so does OPTIONS.

\`Idempotency-Key\` makes a repeat harmless: the same key and body have the same outcome for at least ten minutes.`;

/** The document of `operations`. Throws for one that nobody described. */
export function openApiDocument(operations: readonly Operation[], { version, cookieName }: Served): OpenApiDocument {
  const { openAPIRegistry: registry, getOpenAPI31Document } = new OpenAPIHono();
  for (const operation of operations) registry.registerPath(pathOf(operation));
  const made = getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Brigade', version, description: ABOUT, license: { name: 'MIT' } },
    servers: [{ url: '/', description: 'this server' }],
  }) as unknown as OpenApiDocument;
  const paths = { ...made.paths, ...AUTH_PATHS, ...OTHER_PATHS };
  return { ...made, paths, components: withShared(made.components, cookieName) };
}

/** What every operation refers to. */
function withShared(components: OpenApiDocument['components'], cookieName: string): OpenApiDocument['components'] {
  const { $schema: _dialect, ...problem } = z.toJSONSchema(Problem) as Record<string, unknown>;
  const schema = { $ref: '#/components/schemas/Problem' };
  const responses = Object.entries(REFUSALS).map(([status, description]) => {
    const example = { ...PROBLEM_EXAMPLE, status: Number(status) };
    return [`Refused${status}`, { description, content: { 'application/problem+json': { schema, example } } }];
  });
  const bearer = { type: 'http', scheme: 'bearer' };
  return {
    ...components,
    schemas: { ...components.schemas, Problem: problem },
    responses: Object.fromEntries(responses) as Record<string, unknown>,
    securitySchemes: {
      session: { ...bearer, description: 'the handle that registering returned' },
      operator: { ...bearer, description: 'the token that `brigade token operator` prints' },
      operatorCookie: { type: 'apiKey', in: 'cookie', name: cookieName, description: COOKIE },
    },
  };
}

const COOKIE =
  'what `POST /auth/code` gives a browser; it counts only for requests that a page of this server makes (`Sec-Fetch-Site`, `Origin`)';

type Path = Parameters<OpenAPIHono['openAPIRegistry']['registerPath']>[0];

function pathOf(operation: Operation): Path {
  const { id, method, path, access, summary, description, hasPast } = operation;
  const answer = ANSWERS[id];
  if (answer === undefined) throw new TypeError(`nobody described what ${id} answers`);
  return {
    method,
    path,
    operationId: id,
    summary,
    description,
    tags: [path.split('/')[2] ?? ''],
    security: SECURITY[access].map((name) => (name === null ? {} : { [name]: [] })),
    request: requestOf(operation, answer),
    responses: responsesOf(hasPast ? withPast(answer) : answer),
  };
}

/** What a view answers besides, where it may be asked about a moment that has passed. */
function withPast(answer: Described): Described {
  const refusals: Described['refusals'] = answer.refusals.includes(410) ? answer.refusals : [...answer.refusals, 410];
  return { ...answer, refusals, headers: { ...answer.headers, ...AS_OF } };
}

const AS_OF = {
  'Brigade-As-Of-Seq': 'with `at`: the last event that is part of the view',
  'Brigade-As-Of': 'with `at`: when that event was logged, ISO 8601 UTC',
};

const SECURITY: Readonly<Record<Access, readonly ('session' | 'operator' | 'operatorCookie' | null)[]>> = {
  open: [null, 'session', 'operator', 'operatorCookie'],
  session: ['session'],
  operator: ['operator', 'operatorCookie'],
  either: ['session', 'operator', 'operatorCookie'],
};

function requestOf({ method, path, isTail, query, body }: Operation, answer: Described): NonNullable<Path['request']> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
  const params = Object.fromEntries(names.map((name) => [name, z.string().describe(isTail ? TAIL : 'its id')]));
  const headers = headersOf(method, path, answer);
  return {
    query,
    ...(names.length === 0 ? {} : { params: z.object(params) }),
    ...(headers === null ? {} : { headers: z.object(headers) }),
    ...(body === null
      ? {}
      : { body: { required: true, content: { 'application/json': { schema: body, example: answer.request } } } }),
  };
}

const TAIL = 'slashes in it may stand as they are';

function headersOf(method: Operation['method'], path: string, { isView }: Described): z.ZodRawShape | null {
  if (isView === true)
    return { 'If-None-Match': z.string().optional().describe('ETags that are known: 304 where nothing has changed') };
  if (method === 'get') return null;
  const key = {
    'Idempotency-Key': z.string().max(LIMITS.requestIdBytes).optional().describe('makes a repeat harmless'),
  };
  if (path !== '/v1/state/{key}') return key;
  return {
    ...key,
    'If-Match': z.string().optional().describe('the version it replaces, as in "3"'),
    'If-None-Match': z.string().optional().describe('*: it creates the key'),
  };
}

const ALWAYS: readonly RefusalStatus[] = [400, 401, 403, 413, 429, 500, 503];

function responsesOf({ status, description, content, headers = {}, refusals, isView }: Described): Path['responses'] {
  const told = Object.entries(headers).map(([name, means]) => [
    name,
    { description: means, schema: { type: 'string' } },
  ]);
  const refused = [...ALWAYS, ...refusals].toSorted((a, b) => a - b);
  return {
    [status]: {
      description,
      content,
      ...(told.length === 0 ? {} : { headers: Object.fromEntries(told) as Record<string, never> }),
    },
    ...(isView === true ? { 304: { description: 'It is as the ETag that was sent.' } } : {}),
    ...Object.fromEntries(refused.map((each) => [each, { $ref: `#/components/responses/Refused${each}` }])),
  };
}
