// Policies of a simulated fleet: strict enough that verdicts pause, and windows short enough that they let go again.

import type { AgentPolicy, Policy } from '../../src/core/governance/policy.ts';
import { LIMITS } from '../../src/core/limits.ts';
import type { Random } from '../support/random.ts';

export function strictPolicy(random: Random): Policy {
  const agents: Record<string, AgentPolicy> = {};
  if (random.chance(0.3)) agents['*a'] = { estimator: 'eisv-v1' };
  if (random.chance(0.3)) agents['sim_*'] = layer(random);
  const silentHolder = { afterMs: random.pick([1_000, 10_000, 120_000]), revoke: random.chance(0.3) };
  const alerts = {
    waitMs: random.pick([1_000, 5_000, 60_000]),
    queueLength: random.between(1, 4),
    starvationMs: random.pick([5_000, 60_000]),
    lapses: random.between(1, 2),
    closeAfterMs: random.pick([1_000, 30_000]),
    repeatMs: 60_000,
  };
  return { ...layer(random), archive: { silentMs: LIMITS.silentMinMs }, agents, silentHolder, alerts };
}

function layer(random: Random): AgentPolicy {
  const guideFailures = random.between(1, 2);
  const guideEqual = random.between(2, 3);
  const evidence = {
    minCheckIns: random.between(1, 3),
    minLabels: random.between(1, 5),
    guideFailures,
    pauseFailures: guideFailures + random.between(0, 1),
    guideEqual,
    guideEqualOf: guideEqual + 1,
    pauseEqual: guideEqual + random.between(0, 1),
    pauseEqualOf: guideEqual + 3,
    pauseLostLeases: random.between(3, 6),
    lostLeasesMs: random.pick([30_000, 120_000]),
    boundsOf: random.between(1, 3),
  };
  return { onPause: random.pick(['keep', 'release']), evidence };
}
