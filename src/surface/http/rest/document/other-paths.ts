// What the server answers besides REST, for the document.

import type { DocumentedOperation, OpenApiDocument } from './document.ts';

function plain(operationId: string, summary: string, responses: DocumentedOperation['responses']) {
  return { get: { operationId, summary, tags: ['server'], security: [{}], responses } };
}

function json(description: string, properties: Readonly<Record<string, unknown>>) {
  const schema = { type: 'object', required: Object.keys(properties), properties };
  return { description, content: { 'application/json': { schema } } };
}

const readiness = {
  ready: { type: 'boolean' },
  reasons: {
    type: 'array',
    items: { type: 'object', properties: { code: { type: 'string' }, message: { type: 'string' } } },
  },
};

const hook: DocumentedOperation = {
  operationId: 'answerHook',
  summary: 'Answer a hook of a client',
  description:
    'Called by a client before and after it edits, as `brigade-hook` is: the body is what the client hands to its hooks, the answer what it understands (`docs/hooks.md`). Whatever is decided, the status is 200. Off this host the Bearer is the join token, or a session handle.',
  tags: ['server'],
  security: [{}, { session: [] }],
  parameters: [
    {
      name: 'client',
      in: 'path',
      required: true,
      schema: { type: 'string', enum: ['claude-code', 'codex', 'cursor', 'gemini', 'vscode'] },
    },
    {
      name: 'fail',
      in: 'query',
      description: 'What becomes of an edit that nobody can judge; by default as the policy says.',
      schema: { type: 'string', enum: ['open', 'closed'] },
    },
  ],
  requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
  responses: {
    200: { description: 'In the words of the client', content: { 'application/json': { schema: { type: 'object' } } } },
    400: refused('It is no JSON object'),
    404: refused('Hooks of this client are not understood'),
  },
};

function refused(description: string) {
  return { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
}

export const OTHER_PATHS: OpenApiDocument['paths'] = {
  '/healthz': plain('getHealth', 'Is the server there?', {
    200: json('It is', {
      ok: { type: 'boolean' },
      service: { type: 'string' },
      version: { type: 'string' },
      fleet: { type: ['string', 'null'] },
    }),
  }),
  '/readyz': plain('getReadiness', 'Is the server of use?', {
    200: json('It is', readiness),
    503: json('It is not, and why', readiness),
  }),
  '/hooks/{client}': { post: hook },
  '/metrics': plain('getMetrics', 'Metrics for Prometheus', {
    200: { description: 'In the text format of Prometheus', content: { 'text/plain': { schema: { type: 'string' } } } },
  }),
};
