import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import type { Answer } from '../reply.ts';

function put(fleet: CoreFleet, agentId: string, value: unknown, ifVersion: number): Answer {
  return fleet.says(agentId, { op: 'put_state', key: 'menu', value, condition: { ifVersion } }).answer;
}

describe('a write of a version that is another one by now', () => {
  it('is told which one there is, who wrote it, and how to go on', () => {
    const fleet = new CoreFleet();
    for (const agent of ['ana', 'bo']) fleet.join(agent);
    for (const version of [0, 1]) expect(put(fleet, 'ana', 'stew', version)).toMatchObject({ version: version + 1 });
    expect(put(fleet, 'bo', 'soup', 0)).toMatchObject({
      code: 'VERSION_MISMATCH',
      message: 'menu is at version 2, written by ana.',
      next: 'Read it again and write with ifVersion 2.',
      details: { version: 2 },
    });
    expect(fleet.state.entries.get('menu')?.value).toBe('stew');
  });

  it('is told that there is none', () => {
    const fleet = new CoreFleet();
    fleet.join('bo');
    expect(put(fleet, 'bo', 'soup', 3)).toMatchObject({
      code: 'VERSION_MISMATCH',
      message: 'menu does not exist.',
      next: 'Read it again and write with ifVersion 0.',
    });
    expect(fleet.state.entries.size).toBe(0);
  });
});
