// The audit trail: what operators said, from the log, oldest first. One call looks at a bounded stretch of the log, so a page
// may have fewer entries than were asked for, and a cursor all the same.

import * as z from 'zod';
import type { FeedEvent } from '../../../../app/coordinator.ts';
import { concerns } from '../../../../core/audit/concerns.ts';
import { isOperator } from '../../../../core/message/mailbox.ts';
import { isRejection } from '../../../../core/rejection.ts';
import { VIEW_LIMITS } from '../../../../core/view/page.ts';
import { sentenceOf } from '../../../../core/view/sentence.ts';
import { seenFrom } from '../../../answer/seen-names.ts';
import { limit } from '../../../schema/fields.ts';
import type { HttpParts } from '../../http-parts.ts';
import { problem } from '../../problem.ts';
import { viewerOf } from '../caller.ts';
import { defineOperation } from '../operation.ts';
import { viewed } from '../respond.ts';
import { numberCursor } from './cursors.ts';

/** Facts that one call looks at: a fraction of a second of work. */
const LOOKED_AT = 20_000;

export const listAudit = defineOperation({
  id: 'listAudit',
  method: 'get',
  path: '/v1/audit',
  access: 'open',
  summary: 'What operators did',
  description:
    'Every fact that an operator caused, with its reason and the hash of its batch, oldest first. `cursor` is null at the head of the log. What agents and operators write to each other is not shown.',
  query: {
    agentId: z.string().optional().describe('only what concerns this agent'),
    cursor: numberCursor.optional(),
    limit: limit.max(VIEW_LIMITS.rowsMax).optional(),
  },
  async run({ parts, c, query: { agentId = null, cursor = '0', limit: most = VIEW_LIMITS.rows } }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const page = await readPage(parts, { after: Number(cursor), most, agentId });
    return viewed(c, { entries: page.found.map((event) => entryOf(event, viewer.worktree)), cursor: page.cursor });
  },
});

interface Wanted {
  readonly after: number;
  readonly most: number;
  readonly agentId: string | null;
}

async function readPage({ fleet, stopping }: HttpParts, { after, most, agentId }: Wanted) {
  const found: FeedEvent[] = [];
  let looked = 0;
  let seq = after;
  for await (const event of fleet.coordinator.feed({ after, once: true, signal: stopping })) {
    if (found.length === most || looked === LOOKED_AT) return { found, cursor: String(seq) };
    looked += 1;
    seq = event.seq;
    if (isOperator(event.actor) && (agentId === null || concerns(event, agentId))) found.push(event);
  }
  return { found, cursor: null };
}

function entryOf(event: FeedEvent, worktree: string) {
  const { seq, wallAt: at, type, actor, hash, agentId = null } = event;
  const { reason, resource } = event as { readonly reason?: string; readonly resource?: string };
  const sentence = sentenceOf(event, worktree);
  return {
    seq,
    at,
    type,
    actor,
    agentId,
    resource: resource === undefined ? null : seenFrom(worktree).name(resource),
    reason: reason ?? '',
    sentence,
    hash,
  };
}
