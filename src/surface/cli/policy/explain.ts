// `policy explain`: why an agent is treated as it is.

import { contradictionsOf } from '../../../app/policy/contradictions.ts';
import { explainPolicy } from '../../../core/governance/explain-policy.ts';
import { policyFor } from '../../../core/governance/policy.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { explainedLines } from '../text/policy-text.ts';

export async function explain(context: Context, agentId: string | null): Promise<number> {
  const fleet = await context.look();
  const { adopted } = await fleet.coordinator.view({ kind: 'policy' });
  const content = adopted?.content ?? null;
  const settings = explainPolicy(content, agentId);
  // Each pattern was looked at by itself when the policy was adopted; who is named by several may still get two that disagree.
  const contradictions = contradictionsOf(policyFor(content, agentId).evidence);
  context.tell({ agentId, settings, contradictions }, (look) => [
    agentId === null ? 'For an agent that no pattern names:' : `For ${oneLine(agentId)}:`,
    ...explainedLines(settings, look),
  ]);
  for (const each of contradictions) context.remark(`warning: patterns that both name it disagree: ${each}`);
  if (agentId !== null && !(await isKnown(fleet.coordinator, agentId)))
    context.remark(`${oneLine(agentId)} is no agent of this fleet yet.`);
  return EXIT.done;
}

async function isKnown(
  coordinator: Awaited<ReturnType<Context['look']>>['coordinator'],
  agentId: string,
): Promise<boolean> {
  const { items } = await coordinator.view({ kind: 'agents', agentId, all: true, limit: 1 });
  return items.length > 0;
}
