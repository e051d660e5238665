// Views over a stretch of the log: what was held and waited for when, where it was crowded, and how the fleet stood step by
// step. They are folded in the thread that looks back, which goes on from what it folded for the question before.

import * as z from 'zod';
import { clock } from '../../../../compose.ts';
import { STRETCH_LIMITS } from '../../../../core/history/stretch-views.ts';
import { isRejection } from '../../../../core/rejection.ts';
import { spokenCheckIns, spokenHeat, spokenTimeline } from '../../../answer/spoken-stretches.ts';
import { limit, resource } from '../../../schema/fields.ts';
import { commitTimesOf } from '../../metrics/commit-times.ts';
import { problem } from '../../problem.ts';
import { callOf, viewerOf } from '../caller.ts';
import { given } from '../given.ts';
import { defineOperation } from '../operation.ts';
import { refused, viewed } from '../respond.ts';
import { numberCursor } from './cursors.ts';
import { unknownAgent } from './fleet.ts';

const BOUND = `At most ${STRETCH_LIMITS.events} events are read: where there are more, the stretch begins later and \`isWhole\` is false.`;

const wallMs = z.int().min(0).optional();
const minutes = z
  .int()
  .min(1)
  .max(STRETCH_LIMITS.minutesMax)
  .optional()
  .describe(`how far back; ${STRETCH_LIMITS.minutes} when left out`);

export const getTimeline = defineOperation({
  id: 'getTimeline',
  method: 'get',
  path: '/v1/timeline',
  access: 'open',
  hasPast: true,
  summary: 'What was held, waited for, offered and paused, and what happened meanwhile',
  description: `The last hour, or a stretch of your choice, in lanes of resources or of agents: the longest waited for first, then the longest held. ${BOUND} At most ${STRETCH_LIMITS.spans} spans and as many marks are shown, the newest.`,
  query: {
    fromMs: wallMs.describe('begin here, in milliseconds since 1970; an hour before the end when left out'),
    toMs: wallMs.describe('end here; now, or the moment of `at`, when left out'),
    by: z.enum(['resource', 'agent']).optional().describe('what lanes are of; resource when left out'),
    agentId: z.string().optional().describe('only what this agent held, waited for and did'),
    resource: resource.optional().describe('only this and what can name the same thing, as in file:src/a.ts'),
    lanes: limit.max(STRETCH_LIMITS.lanesMax).optional(),
  },
  async run({ parts, c, lookBack, query }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const { resource: name, ...rest } = query;
    const key = name === undefined ? undefined : await parts.seat.keyOf(name, callOf(c));
    if (isRejection(key)) return refused(key, viewer.worktree);
    const which = key === undefined ? {} : { resource: key };
    return viewed(c, spokenTimeline(await lookBack({ kind: 'timeline', ...given(rest), ...which }), viewer.worktree));
  },
});

export const getHeat = defineOperation({
  id: 'getHeat',
  method: 'get',
  path: '/v1/heat',
  access: 'open',
  hasPast: true,
  summary: 'Where it is crowded',
  description: `Of each resource how long it was waited for and held, and how often it was granted, waited for and refused; the longest waited for first. ${BOUND}`,
  query: { minutes },
  async run({ parts, c, lookBack, query }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    return viewed(c, spokenHeat(await lookBack({ kind: 'heat', ...given(query) }), viewer.worktree));
  },
});

export const getSeries = defineOperation({
  id: 'getSeries',
  method: 'get',
  path: '/v1/metrics/series',
  access: 'open',
  hasPast: true,
  summary: 'How the fleet stood, step by step',
  description: `About ${STRETCH_LIMITS.points} steps that end at \`atMs\`; the last is under way. How many there were at the end of each step, how much happened in it, and how long a commit of this server took on average, where it made one. ${BOUND}`,
  query: { minutes },
  async run({ parts, c, lookBack, past, query }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const { stepMs, from, to, isWhole, atMs, series } = await lookBack({ kind: 'series', ...given(query) });
    const commitMs = past === null ? commitTimesOf(parts.fleet, clock).means(atMs, stepMs) : atMs.map(() => null);
    return viewed(c, { stepMs, from, to, isWhole, atMs, series: { ...series, commitMs } });
  },
});

export const listCheckIns = defineOperation({
  id: 'listCheckIns',
  method: 'get',
  path: '/v1/agents/{id}/checkins',
  access: 'open',
  hasPast: true,
  summary: 'Check-ins of one agent',
  description: `The newest first, with the verdict, what became of the work, and the state of \`eisv-v1\` where that judged it. Found among the last ${STRETCH_LIMITS.events} events; \`isWhole\` is false where the log has more.`,
  query: { cursor: numberCursor.optional(), limit: limit.max(STRETCH_LIMITS.checkInsMax).optional() },
  async run({ parts, c, look, lookBack, query }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const agentId = c.req.param('id') ?? '';
    const { items } = await look({ kind: 'agents', agentId });
    if (items.length === 0) return problem(unknownAgent(agentId));
    return viewed(c, spokenCheckIns(agentId, await lookBack({ kind: 'checkins', agentId, ...given(query) })));
  },
});
