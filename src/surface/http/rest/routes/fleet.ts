// Views of the whole fleet: who is here, and which processes stand for them.

import * as z from 'zod';
import { hostProcesses } from '../../../../app/host-processes.ts';
import { isRejection, reject } from '../../../../core/rejection.ts';
import { VIEW_LIMITS } from '../../../../core/view/page.ts';
import { seenFrom } from '../../../answer/seen-names.ts';
import { spokenFleet } from '../../../answer/spoken-views.ts';
import { limit } from '../../../schema/fields.ts';
import { problem } from '../../problem.ts';
import { viewerOf } from '../caller.ts';
import { given } from '../given.ts';
import { defineOperation } from '../operation.ts';
import { viewed } from '../respond.ts';
import { numberCursor } from './cursors.ts';

const all = z.boolean().optional().describe('true: also those that have gone');

export const getFleet = defineOperation({
  id: 'getFleet',
  method: 'get',
  path: '/v1/fleet',
  access: 'open',
  hasPast: true,
  summary: 'The fleet on one screen',
  description:
    'Who is here, what is locked, who waits, and what is wrong. Lists are bounded; `leftOut` says how many rows were not shown.',
  async run({ parts, c, look, past }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const { coordinator, host } = parts.fleet;
    const view = await look({ kind: 'fleet' });
    const { traits, trouble: now } = coordinator.health();
    // Of the past only the log speaks.
    const trouble = past === null ? now : null;
    const { fleetId, foundedAt } = view;
    const place = { root: host.settings.root.value, store: traits.location };
    return viewed(c, { fleetId, foundedAt, ...place, trouble, ...spokenFleet(view, viewer.worktree) });
  },
});

export const listAgents = defineOperation({
  id: 'listAgents',
  method: 'get',
  path: '/v1/agents',
  access: 'open',
  hasPast: true,
  summary: 'Agents',
  description:
    'Agents that are here, in the order in which they first joined: what they are, their conduct, their sessions.',
  query: { all, cursor: numberCursor.optional(), limit: limit.max(VIEW_LIMITS.rowsMax).optional() },
  async run({ parts, c, look, query }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const { items, cursor, total } = await look({ kind: 'agents', ...given(query) });
    return viewed(c, { agents: seenFrom(viewer.worktree).data(items), cursor, total });
  },
});

export const getAgent = defineOperation({
  id: 'getAgent',
  method: 'get',
  path: '/v1/agents/{id}',
  access: 'open',
  hasPast: true,
  summary: 'One agent',
  description: 'An agent that is here, or was: what it is, its conduct, its sessions.',
  async run({ parts, c, look }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const agentId = c.req.param('id') ?? '';
    const { items } = await look({ kind: 'agents', agentId });
    const [agent] = items;
    if (agent === undefined) return problem(unknownAgent(agentId));
    return viewed(c, { agent: seenFrom(viewer.worktree).data(agent) });
  },
});

export const listSessions = defineOperation({
  id: 'listSessions',
  method: 'get',
  path: '/v1/sessions',
  access: 'open',
  hasPast: true,
  summary: 'Sessions',
  description: 'Live sessions in the order in which they were opened. Handles are secret and in no view.',
  query: {
    agentId: z.string().optional().describe('only those of this agent'),
    all,
    cursor: numberCursor.optional(),
    limit: limit.max(VIEW_LIMITS.rowsMax).optional(),
  },
  async run({ parts, c, look, query }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const { items, cursor, total } = await look({ kind: 'sessions', ...given(query) });
    return viewed(c, { sessions: items, cursor, total });
  },
});

/** Nobody's: the server itself is among those that are shown. */
const NO_PID = 0;

export const listProcesses = defineOperation({
  id: 'listProcesses',
  method: 'get',
  path: '/v1/processes',
  access: 'open',
  summary: 'Processes of Brigade on the host of the server',
  description: 'The desk, its clients and who writes the log directly. It ends nothing.',
  async run({ parts, c }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const { coordinator, processes, place } = parts.fleet;
    const found = await hostProcesses({ coordinator, processes, placeId: place.placeId, ownPid: NO_PID });
    return viewed(c, { processes: found.rows, deskTrouble: found.why });
  },
});

export function unknownAgent(agentId: string) {
  const shown = agentId.slice(0, 80);
  return reject('UNKNOWN_AGENT', {
    message: `There is no agent ${JSON.stringify(shown)} in this fleet.`,
    next: 'GET /v1/agents?all=true lists them.',
    details: { agentId: shown },
  });
}
