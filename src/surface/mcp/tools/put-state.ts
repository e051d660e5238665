import * as z from 'zod';
import type { PutCondition } from '../../../app/seat/seat.ts';
import { reject } from '../../../core/rejection.ts';
import { valueShape } from '../../schema/shapes.ts';
import { defineTool } from '../tool.ts';
import { toolRejection, toolResult } from '../tool-result.ts';

const input = { key: z.string(), ...valueShape };

export const putState = defineTool({
  name: 'put_state',
  title: 'Write shared state',
  description:
    "Writes a value that agents share, without losing anybody's update: with ifVersion (the version you read), or under a lease with resource and token. VERSION_MISMATCH: read again.",
  effect: 'overwrites',
  input,
  nullable: ['value'],
  output: ['key', 'version', 'registered'],
  async run(seat, args, call) {
    const condition = conditionOf(args);
    if (condition === null) return toolRejection(unguarded());
    const outcome = await seat.putState({ key: args.key, value: args.value, condition }, call);
    return toolResult(outcome, ({ answer: { key, version } }) => ({
      structured: { key, version },
      text: `${key} is now at version ${version}.`,
    }));
  },
});

function conditionOf({
  ifVersion,
  resource: guard,
  token: number,
}: z.output<z.ZodObject<typeof input>>): PutCondition | null {
  if (ifVersion !== undefined) return guard === undefined && number === undefined ? { ifVersion } : null;
  return guard === undefined || number === undefined ? null : { resource: guard, token: number };
}

function unguarded() {
  return reject('INVALID_ARGUMENT', {
    message: 'put_state: it needs ifVersion, or resource and token.',
    next: 'Give ifVersion (0 creates), or the resource and token of a lease you hold.',
    details: { path: 'ifVersion' },
  });
}
