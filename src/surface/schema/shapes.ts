// What callers send, where a tool and a route take the same: the shapes from which tools publish their schemas and the
// HTTP server its document, and by which both parse.

import * as z from 'zod';
import { dryRun, leases, resource, ticket, token } from './fields.ts';

export const registerShape = {
  id: z.string().optional().describe('a-z 0-9 . _ - (at most 63), as in ana'),
  purpose: z.string().optional().describe('what you are here for, as in tests; makes an id when you give none'),
  client: z.string().optional().describe('program you run in'),
  root: z.string().optional().describe('folder of the worktree you work in, if not the current one'),
  onTaken: z.enum(['sibling', 'refuse']).optional().describe('if the id is in use: sibling (id_2) or refuse'),
  tags: z.array(z.string()).optional(),
  notes: z.string().optional(),
  joinToken: z.string().optional(),
};

/** What an acquire wants. How long it may wait is its surface's. */
export const wishShape = {
  resources: z
    .array(z.string())
    .optional()
    .describe(
      'file:src/a.ts, a tree file:src/, a glob file:src/**/*.ts, one symbol file:src/a.ts#parse, work task:review, state:key; all or nothing',
    ),
  mode: z.enum(['exclusive', 'shared']).optional().describe('default exclusive'),
  reason: z.string().optional().describe('what for; others see it'),
  priority: z.int().optional().describe('-10 to 10; the lowest gives way in a deadlock'),
  dryRun: z.boolean().optional(),
};

export const releaseShape = {
  leases: leases.optional().describe('[{resource, token}]'),
  all: z.boolean().optional().describe('true: everything you hold'),
};

export const withdrawShape = { ticket };

export const checkShape = { resource, token };

export const handOffShape = {
  resource: resource.optional().describe('to offer: what you hold'),
  token: token.optional(),
  to: z.string().optional().describe('to offer: agent id'),
  offer: z.string().optional().describe('to answer: the offer, as in h42'),
  answer: z.enum(['accept', 'decline']).optional(),
};

const share = z.number().min(0).max(1);
const outcome = z.strictObject({ kind: z.string(), ok: z.boolean(), evidence: z.string().optional() });

export const rescueShape = {
  finding: z.string().describe('id of a finding of diagnose'),
  reason: z.string().describe('why; others hear it'),
  dryRun,
};

export const checkInShape = {
  summary: z.string().describe('what you did, in your words'),
  complexity: share.optional(),
  confidence: share.optional().describe('0 to 1: how likely it is right'),
  outcomes: z.array(outcome).optional().describe('known already: kind as in tests, build, review'),
  plan: z.strictObject({ goal: z.string().optional(), task: z.string().optional() }).optional(),
  parameters: z.array(z.number().nullable()).optional(),
  ethicalDrift: z.array(z.number()).max(3).optional().describe('taken, not used'),
  dryRun: z.boolean().optional(),
};

export const outcomeShape = {
  checkInId: z.string(),
  kind: z.string(),
  ok: z.boolean(),
  evidence: z.string().optional(),
};

export const recoverShape = { reflection: z.string() };

export const messageShape = {
  to: z.string().describe('agent id, or *'),
  type: z.enum(['task', 'confirm', 'dismiss', 'info']).optional().describe('default info'),
  text: z.string(),
  replyTo: z.string().optional().describe('messageId, as in m42'),
  resource: resource.optional().describe('a lock that `to` holds'),
};

/** A value and what its write goes by. The key is an argument of a tool, and the address of a route. */
export const valueShape = {
  value: z.unknown().describe('any JSON; null is one'),
  ifVersion: z.int().min(0).optional().describe('version it replaces; 0 creates'),
  resource: resource.optional().describe('or: a lease of yours that guards the write'),
  token: token.optional(),
};
