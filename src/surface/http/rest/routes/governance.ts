// What an agent says of its own work, and the policy that judges it.

import * as z from 'zod';
import { isRejection } from '../../../../core/rejection.ts';
import type { RecordOutcomeReply } from '../../../../core/reply.ts';
import { spokenCheckIn, spokenPolicy } from '../../../answer/spoken-governance.ts';
import { checkInShape, outcomeShape, recoverShape } from '../../../schema/shapes.ts';
import { problem } from '../../problem.ts';
import { callOf, needsSession, viewerOf } from '../caller.ts';
import { defineOperation } from '../operation.ts';
import { commanded } from '../operator-command.ts';
import { told, viewed } from '../respond.ts';

export const checkIn = defineOperation({
  id: 'checkIn',
  method: 'post',
  path: '/v1/checkins',
  access: 'session',
  summary: 'Check in',
  description:
    'After a piece of work: what was done, how hard it was and how sure the agent is. `verdict` is `proceed`, `guide` (mind the reasons) or `pause` (nothing more is granted until it recovers).',
  body: checkInShape,
  async run({ parts, c, body: { dryRun, ethicalDrift: _ethicalDrift, parameters, ...asked } }) {
    const numbers = parameters?.map((each) => each ?? 0);
    const call = { ...callOf(c), dryRun };
    return told(await parts.seat.governance.checkIn({ ...asked, parameters: numbers }, call), spokenCheckIn);
  },
});

export const recordOutcome = defineOperation({
  id: 'recordOutcome',
  method: 'post',
  path: '/v1/outcomes',
  access: 'either',
  summary: 'Record an outcome',
  description:
    'By an agent, or by an operator: what became of the work of a check-in. The same kind again replaces what was said.',
  body: outcomeShape,
  async run({ parts, c, body }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    if (viewer.kind === 'anybody') return problem(needsSession());
    if (viewer.kind === 'session')
      return told(await parts.seat.governance.recordOutcome(body, callOf(c)), ({ answer }) => recorded(answer));
    const command = { op: 'record_outcome', ...body, evidence: body.evidence ?? '' } as const;
    return commanded(parts, c, command, (answer) =>
      answer.op === 'record_outcome' ? { ...recorded(answer), notices: [] } : null,
    );
  },
});

function recorded({ checkInId, agentId, calibration }: RecordOutcomeReply) {
  return { checkInId, agentId, calibration };
}

export const recover = defineOperation({
  id: 'recover',
  method: 'post',
  path: '/v1/recover',
  access: 'session',
  summary: 'Recover from a pause',
  description:
    'A paused agent writes what it learned, and goes on once it is back in bounds; else it hears what still stands against it.',
  body: recoverShape,
  async run({ parts, c, body }) {
    return told(
      await parts.seat.governance.recover(body.reflection, callOf(c)),
      ({ answer: { resumed, reasons } }) => ({
        resumed,
        reasons,
      }),
    );
  },
});

export const getPolicy = defineOperation({
  id: 'getPolicy',
  method: 'get',
  path: '/v1/policy',
  access: 'open',
  hasPast: true,
  summary: 'The policy in force',
  description: 'What was adopted, by whom and when, and the settings that follow from it.',
  query: {
    agentId: z.string().optional().describe('settings for this agent; for one that no pattern names when left out'),
  },
  async run({ parts, c, look, query: { agentId = null } }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const { adopted } = await look({ kind: 'policy' });
    return viewed(c, spokenPolicy(adopted, agentId));
  },
});
