import { reject } from '../../../core/rejection.ts';
import { spokenRelease } from '../../answer/spoken.ts';
import { releaseShape } from '../../schema/shapes.ts';
import { defineTool } from '../tool.ts';
import { toolRejection, toolResult } from '../tool-result.ts';

export const releaseLock = defineTool({
  name: 'release_lock',
  title: 'Release locks',
  description: 'Gives locks back, so that the next in line gets them. Do it as soon as you are done.',
  effect: 'adds',
  input: releaseShape,
  output: ['released', 'refused', 'promoted', 'registered'],
  async run(seat, args, call) {
    const isAll = args.all === true;
    if (isAll === (args.leases !== undefined)) return toolRejection(oneOfBoth());
    return toolResult(await seat.release(args.leases ?? 'all', call), (replied) => {
      const structured = spokenRelease(replied);
      const { released, refused, promoted } = structured;
      const given =
        released.length === 0
          ? 'Nothing was held.'
          : `Released ${released.map(({ resource }) => resource).join(', ')}.`;
      const not = refused.map(({ resource, code }) => ` ${resource} was refused (${code}).`).join('');
      const next = promoted
        .map(({ agentId, resources }) => ` ${agentId} is next for ${resources.join(', ')}.`)
        .join('');
      return { structured, text: `${given}${not}${next}` };
    });
  },
});

function oneOfBoth() {
  return reject('INVALID_ARGUMENT', {
    message: 'release_lock: it is either leases or all.',
    next: 'Give leases as [{resource, token}], or all: true.',
    details: { path: 'leases' },
  });
}
