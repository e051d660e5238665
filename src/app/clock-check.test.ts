import { describe, expect, it } from 'vitest';
import { clockFinding } from './clock-check.ts';

const NOW = '2025-11-19T23:25:00.000Z';

describe('the clock of a host', () => {
  it.each([
    ['nothing was logged yet', null],
    ['the log was written before', '2025-11-19T23:24:00.000Z'],
    ['it is two minutes behind', '2025-11-19T23:27:00.000Z'],
  ])('is as it should be where %s', (_what, lastWallAt) => {
    expect(clockFinding(NOW, lastWallAt)).toBeNull();
  });

  it('is found wrong where it is more than that behind, with both times', () => {
    const lastWallAt = '2025-11-19T23:27:00.001Z';
    const message = `The clock of this host says ${NOW}, but the log was written at ${lastWallAt} already.`;
    expect(clockFinding(NOW, lastWallAt)).toMatchObject({ code: 'CLOCK_BEHIND', message });
  });
});
