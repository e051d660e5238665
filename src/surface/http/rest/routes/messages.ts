// Messages. They are shown to their addressee, their author and operators, and to nobody else.

import * as z from 'zod';
import type { MessageArguments } from '../../../../app/seat/message-calls.ts';
import { LIMITS } from '../../../../core/limits.ts';
import { isRejection, reject } from '../../../../core/rejection.ts';
import type { SendMessageReply } from '../../../../core/reply.ts';
import { spokenMail, spokenMessageView } from '../../../answer/spoken-messages.ts';
import { dryRun, limit } from '../../../schema/fields.ts';
import { messageShape } from '../../../schema/shapes.ts';
import type { HttpParts } from '../../http-parts.ts';
import { problem } from '../../problem.ts';
import { callOf, needsOperator, needsSession, viewerOf, waiting } from '../caller.ts';
import { given } from '../given.ts';
import { defineOperation, type HttpContext } from '../operation.ts';
import { acted } from '../operator-command.ts';
import { json, refused, told } from '../respond.ts';
import { numberCursor } from './cursors.ts';

const whole = z.int().min(0);

export const readMessages = defineOperation({
  id: 'readMessages',
  method: 'get',
  path: '/v1/messages',
  access: 'either',
  summary: 'Read messages',
  description:
    'With a session: messages to its agent that it has not read, oldest first; what one call shows, the next takes as read. `kept=true` shows instead what is kept of all that it wrote or may read, and takes nothing as read. With the operator token: what is kept of all messages, or of those of `agentId`; the newest, the newest last, and `cursor` leads to older ones.',
  query: {
    after: whole.optional().describe('cursor to read on from; 0: the old ones again'),
    waitMs: whole.max(LIMITS.waitMaxMs).optional().describe(`waits for one, up to ${LIMITS.waitMaxMs}; default 0`),
    limit: limit.max(LIMITS.messagesPerPage).optional(),
    kept: z.boolean().optional().describe('true: also those that were read, and those that the agent wrote'),
    agentId: z.string().optional().describe('for operators: what this agent wrote and was written'),
    cursor: numberCursor.optional(),
  },
  async run({ parts, c, query }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    if (viewer.kind === 'anybody') return problem(needsSession());
    const { after, waitMs = 0, kept, agentId, ...page } = query;
    if (viewer.kind === 'operator') return showKept(parts, viewer.worktree, { agentId, ...page });
    if (agentId !== undefined && agentId !== viewer.agentId) return problem(NOT_YOURS);
    if (kept === true) return showKept(parts, viewer.worktree, { agentId: viewer.agentId, ...page });
    if (page.cursor !== undefined) return problem(CURSOR_OF_KEPT);
    const read = (call: ReturnType<typeof callOf>) =>
      parts.seat.messages.read({ after, waitMs, limit: page.limit }, call);
    return told(waitMs === 0 ? await read(callOf(c)) : await waiting(parts, c, read), spokenMail);
  },
});

interface Kept {
  readonly agentId?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

async function showKept({ fleet }: HttpParts, worktree: string, asked: Kept): Promise<Response> {
  const { items, cursor, total } = await fleet.coordinator.view({ kind: 'messages', ...given(asked) });
  return json({ messages: items.map((message) => spokenMessageView(message, worktree)), cursor, total });
}

export const sendMessage = defineOperation({
  id: 'sendMessage',
  method: 'post',
  path: '/v1/messages',
  access: 'either',
  summary: 'Write to an agent',
  description:
    'As an agent, or as an operator. To one agent, or to all with `*`. A `task` is answered with `confirm` or `dismiss` and `replyTo`. A task with `resource` asks its holder to let go of that lock.',
  body: { ...messageShape, dryRun: dryRun.describe('of an operator, true: only tell what would be done') },
  async run({ parts, c, body: { type, dryRun: isDry, ...asked } }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    if (viewer.kind === 'anybody') return problem(needsSession());
    if (viewer.kind === 'operator')
      return sendAsOperator(parts, c, { ...asked, kind: type, ...given({ dryRun: isDry }) });
    if (isDry === true) return problem(needsOperator());
    return told(await parts.seat.messages.send({ ...asked, kind: type }, callOf(c)), ({ answer }) => sent(answer));
  },
});

interface Written extends MessageArguments {
  readonly dryRun?: boolean;
}

async function sendAsOperator(parts: HttpParts, c: HttpContext, written: Written): Promise<Response> {
  const { to, text, kind = 'info', replyTo = null, resource: name, ...dry } = written;
  const resource = name === undefined ? null : await parts.seat.keyOf(name);
  if (isRejection(resource)) return refused(resource, parts.seat.worktree);
  const command = { op: 'send_message', to, text, kind, replyTo, resource, ...dry } as const;
  return acted(parts, c, command, (answer) => (answer.op === 'send_message' ? { ...sent(answer), notices: [] } : null));
}

function sent({ messageId, to, isHere }: SendMessageReply) {
  return { messageId, to, isHere };
}

const NOT_YOURS = reject('OPERATOR_REQUIRED', {
  message: 'What other agents write to each other is for operators.',
  next: 'Leave out agentId to read your own messages.',
  details: { path: 'agentId' },
});

const CURSOR_OF_KEPT = reject('INVALID_ARGUMENT', {
  message: 'cursor is of kept messages; unread ones are read on from with after.',
  next: 'Give after with the cursor of the last read, or kept=true.',
  details: { path: 'cursor' },
});
