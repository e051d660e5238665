// A log that an older version wrote, and this one goes on with.

import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import { FORMAT } from '../event.ts';

function written(format: number): CoreFleet {
  const fleet = new CoreFleet();
  fleet.atMs = 1_000;
  fleet.join('ana');
  if (fleet.state.fleet === null) throw new Error('no fleet');
  fleet.state.fleet = { ...fleet.state.fleet, format };
  fleet.atMs = 5_000;
  return fleet;
}

function seenAt({ state }: CoreFleet): number | undefined {
  return state.agents.get('ana')?.seenAt;
}

describe('the format of a log', () => {
  it('is moved to that of this code once, by an event that says from where', () => {
    const fleet = written(FORMAT - 1);
    expect(fleet.system({ op: 'move_format' }).answer).toMatchObject({ changed: true });
    expect(fleet.events.at(-1)).toMatchObject({ type: 'format.moved', from: FORMAT - 1, to: FORMAT });
    expect(fleet.state.fleet?.format).toBe(FORMAT);
    expect(fleet.system({ op: 'move_format' })).toMatchObject({ groups: [], answer: { changed: false } });
  });

  it('is never moved back', () => {
    const fleet = written(FORMAT + 1);
    expect(fleet.system({ op: 'move_format' })).toMatchObject({ groups: [], answer: { changed: false } });
    expect(fleet.state.fleet?.format).toBe(FORMAT + 1);
  });

  it('that did not say when an agent was seen lets its silence count from the move', () => {
    const [ungoverned, governed] = [written(1), written(2)];
    for (const fleet of [ungoverned, governed]) fleet.system({ op: 'move_format' });
    expect([seenAt(ungoverned), seenAt(governed)]).toEqual([5_000, 1_000]);
  });
});
