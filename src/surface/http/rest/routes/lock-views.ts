// Who holds what, who waits for it, and who waits for whom.

import * as z from 'zod';
import { isRejection } from '../../../../core/rejection.ts';
import { VIEW_LIMITS } from '../../../../core/view/page.ts';
import { waitGraphText } from '../../../../core/view/wait-graph-text.ts';
import { graphNodes } from '../../../answer/graph-nodes.ts';
import { seenFrom } from '../../../answer/seen-names.ts';
import { spokenLock, spokenWaits } from '../../../answer/spoken-views.ts';
import { limit, resource } from '../../../schema/fields.ts';
import { problem } from '../../problem.ts';
import { callOf, viewerOf } from '../caller.ts';
import { given } from '../given.ts';
import { defineOperation } from '../operation.ts';
import { refused, viewed } from '../respond.ts';
import { lockCursor } from './cursors.ts';

const waits = {
  limit: limit
    .max(VIEW_LIMITS.waitsMax)
    .optional()
    .describe(`waits to show, in the order of arrival; ${VIEW_LIMITS.rows} when left out`),
};
const page = { cursor: lockCursor.optional(), limit: limit.max(VIEW_LIMITS.rowsMax).optional() };

export const listLocks = defineOperation({
  id: 'listLocks',
  method: 'get',
  path: '/v1/locks',
  access: 'open',
  hasPast: true,
  summary: 'Locks',
  description:
    'Who holds what since when, and who waits for it; the oldest first. Behind them comes what nobody holds and stands reserved.',
  query: {
    resource: resource.optional().describe('only locks in conflict with it, as in file:src/a.ts'),
    agentId: z.string().optional().describe('only what this agent holds'),
    waiting: z.boolean().optional().describe('true: only locks that somebody waits for'),
    ...page,
  },
  async run({ parts, c, look, query }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const { resource: name, ...rest } = query;
    const key = name === undefined ? undefined : await parts.seat.keyOf(name, callOf(c));
    if (isRejection(key)) return refused(key, viewer.worktree);
    const which = key === undefined ? {} : { resource: key };
    const { items, cursor, total } = await look({ kind: 'locks', ...given(rest), ...which });
    return viewed(c, { locks: items.map((lock) => spokenLock(lock, viewer.worktree)), cursor, total });
  },
});

export const getLock = defineOperation({
  id: 'getLock',
  method: 'get',
  path: '/v1/locks/{resource}',
  isTail: true,
  access: 'open',
  hasPast: true,
  summary: 'What stands in the way of one resource',
  description:
    'Locks in conflict with the resource, and their lines; none where it is free. The name stands in the address as it is, or percent-encoded.',
  query: page,
  async run({ parts, c, look, query }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const key = await parts.seat.keyOf(c.req.param('resource') ?? '', callOf(c));
    if (isRejection(key)) return refused(key, viewer.worktree);
    const view = await look({ kind: 'locks', resource: key, ...given(query) });
    const { items, cursor, total } = view;
    const locks = items.map((lock) => spokenLock(lock, viewer.worktree));
    return viewed(c, { resource: seenFrom(viewer.worktree).name(key), isFree: total === 0, locks, cursor, total });
  },
});

export const listWaits = defineOperation({
  id: 'listWaits',
  method: 'get',
  path: '/v1/waits',
  access: 'open',
  hasPast: true,
  summary: 'Who waits for whom',
  description:
    'Waiters in the order of arrival, the edges between sessions, cycles of retries, and deadlocks that were broken lately.',
  query: waits,
  async run({ parts, c, look, query }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const view = await look({ kind: 'waits', ...given(query) });
    return viewed(c, spokenWaits(view, viewer.worktree));
  },
});

export const getGraph = defineOperation({
  id: 'getGraph',
  method: 'get',
  path: '/v1/graph',
  access: 'open',
  hasPast: true,
  summary: 'The wait-for graph',
  description: 'Sessions as nodes, waits as edges, and the same drawn in lines of text.',
  query: waits,
  async run({ parts, c, look, query }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const view = await look({ kind: 'waits', ...given(query) });
    const { edges, suspected, broken, leftOut } = spokenWaits(view, viewer.worktree);
    const drawing = waitGraphText(view, { reader: viewer.worktree });
    return viewed(c, { nodes: graphNodes(view), edges, suspected, broken, leftOut, drawing });
  },
});
