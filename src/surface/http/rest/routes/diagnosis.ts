// What is wrong, and what is done about it.

import * as z from 'zod';
import { ACTION_KINDS } from '../../../../core/diagnosis/finding.ts';
import { isRejection } from '../../../../core/rejection.ts';
import { spokenDiagnosis, spokenRescue } from '../../../answer/spoken-diagnosis.ts';
import { resource } from '../../../schema/fields.ts';
import { rescueShape } from '../../../schema/shapes.ts';
import { problem } from '../../problem.ts';
import { callOf, needsSession, viewerOf } from '../caller.ts';
import { given } from '../given.ts';
import { defineOperation } from '../operation.ts';
import { acted } from '../operator-command.ts';
import { refused, told, viewed } from '../respond.ts';

export const diagnoseFleet = defineOperation({
  id: 'diagnose',
  hasPast: true,
  method: 'get',
  path: '/v1/diagnose',
  access: 'open',
  summary: 'What is wrong',
  description:
    'Findings, the root cause first, each with its evidence, the action that would help and whether it is safe for whoever asks. Of the fleet, or of what concerns one resource or one agent.',
  query: {
    resource: resource.optional().describe('only what concerns it, as in file:src/a.ts'),
    agentId: z.string().optional().describe('only what concerns this agent'),
  },
  async run({ parts, c, look, query }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const { resource: name, agentId } = query;
    const key = name === undefined ? undefined : await parts.seat.keyOf(name, callOf(c));
    if (isRejection(key)) return refused(key, viewer.worktree);
    const about = given(key === undefined ? { agentId } : { resource: key });
    const view = await look({ kind: 'diagnosis', ...about });
    return viewed(c, spokenDiagnosis(view, viewer.worktree, viewer.kind === 'operator' ? 'operator' : 'agent'));
  },
});

export const rescueFinding = defineOperation({
  id: 'rescue',
  method: 'post',
  path: '/v1/rescue',
  access: 'either',
  summary: 'Act on a finding',
  description:
    'Does what a finding of `/v1/diagnose` says would help, or with `do` another of its actions. It is proved again first, and NOT_SAFE if it does not stand. An agent may only do what the evidence allows; an operator may do all of it.',
  body: {
    ...rescueShape,
    do: z.enum(ACTION_KINDS).optional().describe('one of the `others` of the finding, instead of what it advises'),
    to: z.string().optional().describe('with hand_over: the agent that gets it; without it the first in line'),
  },
  async run({ parts, c, body: { dryRun, ...asked } }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    if (viewer.kind === 'anybody') return problem(needsSession());
    if (viewer.kind === 'session')
      return told(await parts.seat.rescue(asked, { ...callOf(c), dryRun }), ({ answer, worktree }) =>
        spokenRescue(answer, worktree),
      );
    const command = { op: 'rescue', ...asked, seen: [], ...(dryRun === true ? { dryRun } : {}) } as const;
    return acted(parts, c, command, (answer) =>
      answer.op === 'rescue' ? { ...spokenRescue(answer, viewer.worktree), notices: [] } : null,
    );
  },
});
