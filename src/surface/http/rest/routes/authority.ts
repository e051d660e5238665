// An operator's word. The core looks at the token and writes down who said what, and why.

import * as z from 'zod';
import type { LifecycleCommand } from '../../../../core/command.ts';
import { isRejection } from '../../../../core/rejection.ts';
import { spokenRevoke } from '../../../answer/spoken.ts';
import { spokenLifecycle } from '../../../answer/spoken-governance.ts';
import { dryRun, resource, token } from '../../../schema/fields.ts';
import { given } from '../given.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { acted } from '../operator-command.ts';
import { refused } from '../respond.ts';

const reason = z.string().describe('why; whom it concerns and the log hear it');

type Word = LifecycleCommand['op'];

const MEANS: Readonly<Record<Word, readonly [summary: string, description: string]>> = {
  pause: [
    'Pause an agent',
    'It is granted and renewed nothing until it is resumed. What becomes of its locks is policy.',
  ],
  resume: ['Resume an agent', 'It may work again.'],
  archive: ['Archive an agent', 'Its sessions are closed and what they held is released; its history stays.'],
  restore: ['Restore an archived agent', 'It is what it was when it was archived: active, or paused still.'],
  retire: ['Retire an agent', 'For ever: its name is never given again.'],
};

export const LIFECYCLE: readonly Operation[] = (Object.keys(MEANS) as Word[]).map((op) =>
  defineOperation({
    id: `${op}Agent`,
    method: 'post',
    path: `/v1/agents/{id}/${op}`,
    access: 'operator',
    summary: MEANS[op][0],
    description: MEANS[op][1],
    body: { reason, dryRun },
    async run({ parts, c, body }) {
      const command = { op, agentId: c.req.param('id') ?? '', ...given(body) };
      return acted(parts, c, command, (answer) => (answer.op === 'lifecycle' ? spokenLifecycle(answer) : null));
    },
  }),
);

export const revokeLocks = defineOperation({
  id: 'revokeLocks',
  method: 'post',
  path: '/v1/locks/revoke',
  access: 'operator',
  summary: 'Take a lock back',
  description:
    'Ends the lease with that token, or whatever is held on exactly that resource. The next in line is served at once.',
  body: { resource, token: token.optional().describe('only the lease with this token'), reason, dryRun },
  async run({ parts, c, body }) {
    const key = await parts.seat.keyOf(body.resource);
    if (isRejection(key)) return refused(key, parts.seat.worktree);
    const { token: only = null, ...said } = body;
    const command = { op: 'revoke', ...given(said), resource: key, token: only } as const;
    return acted(parts, c, command, (answer) =>
      answer.op === 'revoke' ? spokenRevoke(answer, parts.seat.worktree) : null,
    );
  },
});
