// Which facts a reader of the stream or of a page of events asks for. All that is named must hold; of several types, one.

import * as z from 'zod';
import type { FeedEvent } from '../../../app/coordinator.ts';
import { concerns } from '../../../core/audit/concerns.ts';
import { eventResources } from '../../../core/audit/event-resources.ts';
import { EVENT_TYPES } from '../../../core/event-types.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';

const TYPES_MAX = EVENT_TYPES.length;
const TEXT_MAX = 1_024;

export const FILTER_FIELDS = {
  type: z
    .string()
    .max(TEXT_MAX)
    .describe('event types, separated by commas; lease.* means all that begin so')
    .optional(),
  agentId: z.string().max(TEXT_MAX).describe('only what is by, about or for this agent').optional(),
  resource: z
    .string()
    .max(TEXT_MAX)
    .describe('only about resources that begin with this, with or without their worktree: file:src/, task:')
    .optional(),
  session: z
    .string()
    .regex(/^ses_[0-9A-Za-z_-]{1,60}$/, 'Invalid input: expected a session id, which begins with ses_; never a handle')
    .describe('only about the session of this id, as in ses_0a1b2c; never a handle')
    .optional(),
};

export type FilterFields = z.output<z.ZodObject<typeof FILTER_FIELDS>>;

/** Null stands for everything. */
export type EventFilter = ((event: FeedEvent) => boolean) | null;

type Test = (event: FeedEvent) => boolean;

/** The filter, or which type there is none of. */
export function eventFilter({ type, agentId, resource, session }: FilterFields): EventFilter | Rejection {
  const types = type === undefined ? null : typesNamed(type);
  if (isRejection(types)) return types;
  const tests: Test[] = [];
  if (types !== null) tests.push((event) => types.has(event.type));
  if (session !== undefined) tests.push((event) => event.sessionId === session);
  if (agentId !== undefined) tests.push((event) => concerns(event, agentId));
  if (resource !== undefined) tests.push((event) => resourcesOf(event).some((key) => beginsWith(key, resource)));
  return tests.length === 0 ? null : (event) => tests.every((test) => test(event));
}

function typesNamed(list: string): ReadonlySet<string> | Rejection {
  const found = new Set<string>();
  const names = list.split(',').map((name) => name.trim());
  for (const name of names.slice(0, TYPES_MAX)) {
    const family = name.endsWith('.*') ? name.slice(0, -1) : null;
    const meant = EVENT_TYPES.filter((type) => (family === null ? type === name : type.startsWith(family)));
    if (meant.length === 0) return unknownType(name);
    for (const type of meant) found.add(type);
  }
  return found;
}

function unknownType(name: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `type: there is no event type ${JSON.stringify(name.slice(0, 60))}.`,
    next: `Name some of ${EVENT_TYPES.join(', ')}; or a family, as in lease.*.`,
    details: { path: 'type' },
  });
}

function resourcesOf(event: FeedEvent): readonly string[] {
  return event.type === 'line.unsettled' ? event.resources : eventResources(event);
}

/** A stored `file:` key names its worktree; whoever asks need not. */
function beginsWith(key: string, prefix: string): boolean {
  return key.startsWith(prefix) || key.replace(/^file:@[^/]*\//, 'file:').startsWith(prefix);
}
