// Who was resumed goes on. What led to the pause is still on record, and must not pause the agent again by itself.

import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../support/core-fleet.ts';

function paused(): CoreFleet {
  const fleet = new CoreFleet();
  fleet.join('ana');
  for (let i = 0; i < 5; i++) checkIn(fleet, `try ${i}`, false);
  expect(fleet.state.agents.get('ana')).toMatchObject({ lifecycle: 'paused', pause: { by: 'policy' } });
  return fleet;
}

/** `ok` null: nothing is known of it yet. */
function checkIn(fleet: CoreFleet, summary: string, ok: boolean | null = null) {
  const outcomes = ok === null ? [] : [{ kind: 'tests', ok, evidence: '' }];
  const numbers = { complexity: null, confidence: null, parameters: null };
  return fleet.says('ana', { op: 'check_in', summary, digest: summary, ...numbers, outcomes, plan: null }).answer;
}

describe('an agent that was paused for failures in a row', () => {
  it('goes on once an operator resumed it, and is paused again for as many new ones', () => {
    const fleet = paused();
    fleet.operator({ op: 'resume', agentId: 'ana', reason: 'The test host was down.' });
    expect(checkIn(fleet, 'looked at the host')).toMatchObject({
      verdict: 'guide',
      reasons: [{ code: 'FAILURES_IN_A_ROW', numbers: { failures: 5, limit: 3 } }],
    });
    for (let i = 0; i < 4; i++) expect(checkIn(fleet, `again ${i}`, false)).toMatchObject({ verdict: 'guide' });
    expect(checkIn(fleet, 'again 4', false)).toMatchObject({
      verdict: 'pause',
      reasons: [{ code: 'FAILURES_IN_A_ROW', numbers: { failures: 5, limit: 5 } }],
    });
    expect(fleet.state.agents.get('ana')?.lifecycle).toBe('paused');
  });

  it('goes on once it recovered, though nothing it did since has an outcome', () => {
    const fleet = paused();
    const recover = () => fleet.says('ana', { op: 'recover', reflection: 'I tried the same thing again.' }).answer;
    expect(recover()).toMatchObject({ resumed: false });
    for (let i = 0; i < 6; i++) expect(checkIn(fleet, `step ${i}`)).toMatchObject({ verdict: 'pause' });
    expect(recover()).toMatchObject({ resumed: true });
    expect(checkIn(fleet, 'on with it')).toMatchObject({ verdict: 'guide' });
    expect(checkIn(fleet, 'done', true)).toMatchObject({ verdict: 'proceed', reasons: [] });
  });
});
