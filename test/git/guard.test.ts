// What a guard answers git, by what it is told of the process that runs it.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { committerOf, guardChanges } from '../../src/app/git/guard.ts';
import type { Cook } from '../support/fleet-rig.ts';
import { GitFleet } from '../support/git-fleet.ts';

let git: GitFleet;
let ana: Cook;
let bo: Cook;

beforeEach(async () => {
  git = await GitFleet.open();
  ana = await git.seat('ana');
  bo = await git.seat('bo');
});
afterEach(() => git.close());

/** A terminal that shows a session. */
const shows = (handle: string) => ({ ...git.fleet, env: { BRIGADE_SESSION: handle } });

const verdict = async (fleet: typeof git.fleet, ...paths: readonly string[]): Promise<string> =>
  (
    await guardChanges(
      fleet,
      paths.map((path) => ({ path, kind: 'changed' })),
    )
  ).verdict;

describe('a guard', () => {
  it('lets everything pass where nobody holds anything', async () => {
    expect(await verdict(git.fleet, 'src/a.ts')).toBe('pass');
  });

  it('goes by the session that is shown, while it lives', async () => {
    await ana.acquire('file:@w1/src/');
    expect(await verdict(shows(ana.handleHash), 'src/a.ts')).toBe('pass');
    expect(await verdict(shows(bo.handleHash), 'src/a.ts')).toBe('refuse');
    expect(await verdict(shows('of nobody'), 'src/a.ts')).toBe('warn');
    expect(await committerOf(shows(''))).toEqual({ kind: 'person' });
  });

  it('is told of a file whose name no lease can have', async () => {
    await ana.acquire('file:@w1/src/');
    expect(await verdict(shows(bo.handleHash), 'src/a\nb.ts')).toBe('refuse');
    expect(await verdict(shows(bo.handleHash), 'lib/a\nb.ts')).toBe('pass');
  });

  it('looks at all of a very large commit', async () => {
    await ana.acquire('file:@w1/f2400');
    const paths = Array.from({ length: 2_500 }, (_, index) => `f${index}`);
    expect(await verdict(shows(bo.handleHash), ...paths)).toBe('refuse');
    expect(await verdict(shows(bo.handleHash), ...paths.slice(0, 2_400))).toBe('pass');
  });
});
