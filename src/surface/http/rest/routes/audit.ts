// The audit trail: what operators said, from the log. One call looks at a bounded stretch of the log, so a page may have fewer
// entries than were asked for, and a cursor all the same.

import * as z from 'zod';
import type { FeedEvent } from '../../../../app/coordinator.ts';
import { clock, examinerOf, type Fleet } from '../../../../compose.ts';
import { EVENT_TYPES } from '../../../../core/event-types.ts';
import { isRejection, type Rejection, reject } from '../../../../core/rejection.ts';
import { VIEW_LIMITS } from '../../../../core/view/page.ts';
import { sentenceOf } from '../../../../core/view/sentence.ts';
import { seenFrom } from '../../../answer/seen-names.ts';
import { limit } from '../../../schema/fields.ts';
import { readMoment } from '../../../schema/past-moment.ts';
import { problem } from '../../problem.ts';
import { type Bound, searchAudit } from '../audit-search.ts';
import { viewerOf } from '../caller.ts';
import { ChainChecks } from '../chain-check.ts';
import { defineOperation } from '../operation.ts';
import { json, viewed } from '../respond.ts';
import { numberCursor } from './cursors.ts';

const bound = z.string().optional();
const WORDS_MAX = 200;

export const listAudit = defineOperation({
  id: 'listAudit',
  method: 'get',
  path: '/v1/audit',
  access: 'open',
  summary: 'What operators did',
  description:
    'Every fact that an operator caused, or that `actor` did, with its reason and the hash of its batch. `cursor` is null where there is no more to look at; one call looks at a bounded stretch of the log, so a page may be short, or empty, and have a cursor. What agents and operators write to each other is not shown.',
  query: {
    order: z.enum(['oldest', 'newest']).optional().describe('which come first; default oldest'),
    actor: z
      .string()
      .optional()
      .describe('only what this one caused: operator:NAME, an agent, brigade; default any operator'),
    agentId: z.string().optional().describe('only what concerns this agent'),
    type: z.enum(EVENT_TYPES).optional().describe('only events of this type, as in agent.paused'),
    text: z.string().min(1).max(WORDS_MAX).optional().describe('only with these words in what is shown, in any case'),
    from: bound.describe('from this event or time on'),
    to: bound.describe('up to this event or time'),
    cursor: numberCursor.optional(),
    limit: limit.max(VIEW_LIMITS.rowsMax).optional(),
  },
  async run({ parts, c, query: { from: begins, to: ends, cursor, limit: most = VIEW_LIMITS.rows, ...filters } }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const [from, to] = [boundOf('from', begins), boundOf('to', ends)];
    if (isRejection(from)) return problem(from);
    if (isRejection(to)) return problem(to);
    const { order = 'oldest', actor = null, agentId = null, type = null, text = null } = filters;
    const page = { order, most, cursor: cursor === undefined ? null : Number(cursor) };
    const search = { ...page, actor, agentId, type, text, from, to };
    const found = await searchAudit(parts.fleet.coordinator, search, parts.stopping);
    return viewed(c, {
      entries: found.found.map((event) => entryOf(event, viewer.worktree)),
      cursor: found.cursor,
    });
  },
});

/** Null where nothing was asked. */
function boundOf(path: string, text: string | undefined): Bound | null | Rejection {
  if (text === undefined) return null;
  const moment = readMoment(text, null);
  if (!('flaw' in moment)) return moment as Bound;
  return reject('INVALID_ARGUMENT', {
    message: `${path}: ${JSON.stringify(text.slice(0, 40))} ${moment.flaw}.`,
    next: 'Give the number of an event, or a time such as 2025-11-19T23:25:00Z.',
    details: { path },
  });
}

function entryOf(event: FeedEvent, worktree: string) {
  const { seq, wallAt: at, type, actor, hash, agentId = null } = event;
  const { reason, resource } = event as { readonly reason?: string; readonly resource?: string };
  const sentence = sentenceOf(event, worktree);
  return {
    seq,
    at,
    atMs: Date.parse(at),
    type,
    actor,
    agentId,
    resource: resource === undefined ? null : seenFrom(worktree).name(resource),
    reason: reason ?? '',
    sentence,
    hash,
  };
}

export const checkChain = defineOperation({
  id: 'checkChain',
  method: 'get',
  path: '/v1/audit/chain',
  access: 'open',
  summary: 'Is the log whole?',
  description:
    'Follows the chain of hashes through the archives and the whole log, as `brigade doctor` does, in a thread beside all else. One look serves all who ask and is told for a minute; one that takes longer than a second answers `checking` with how far it is: ask again.',
  async run({ parts, c }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const checks = await chainChecksOf(parts.fleet);
    const found = await checks.check(parts.fleet.seatPorts.fleetId());
    return isRejection(found) ? problem(found) : json(found);
  },
});

const known = new WeakMap<object, Promise<ChainChecks>>();

function chainChecksOf(fleet: Fleet): Promise<ChainChecks> {
  const checks = known.get(fleet) ?? examinerOf(fleet.host).then((examiner) => new ChainChecks(examiner, clock));
  known.set(fleet, checks);
  return checks;
}
