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
  '/metrics': plain('getMetrics', 'Metrics for Prometheus', {
    200: { description: 'In the text format of Prometheus', content: { 'text/plain': { schema: { type: 'string' } } } },
  }),
};
