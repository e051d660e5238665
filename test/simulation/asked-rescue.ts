// What somebody who read a finding asks for: mostly what it advises, else another of its actions, sometimes one that it never offered.

import type { RescueCommand } from '../../src/core/command.ts';
import { ACTION_KINDS, type Finding } from '../../src/core/diagnosis/finding.ts';
import type { Random } from '../support/random.ts';

export type AskedRescue = Pick<RescueCommand, 'finding' | 'do' | 'to'>;

export function askedRescue({ id: finding, action, others }: Finding, random: Random): AskedRescue {
  if (action !== null && random.chance(0.5)) return { finding };
  if (others.length === 0 || random.chance(0.1)) return { finding, do: random.pick(ACTION_KINDS) };
  const chosen = random.pick(others);
  if (chosen.kind !== 'hand_over' || random.chance(0.2)) return { finding, do: chosen.kind };
  return { finding, do: chosen.kind, to: random.pick(chosen.waits).agentId };
}
