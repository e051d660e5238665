// `policy show`: the policy in force, and what follows from it for an agent that no pattern names.

import { policyText } from '../../../app/policy/parse-policy.ts';
import { explainPolicy } from '../../../core/governance/explain-policy.ts';
import type { Policy } from '../../../core/governance/policy.ts';
import { policyDiff } from '../../../core/governance/policy-diff.ts';
import { spokenPolicy } from '../../answer/spoken-governance.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { adoptionText, settingLines } from '../text/policy-text.ts';

export async function showPolicy(context: Context, { file = false }: { readonly file?: boolean }): Promise<number> {
  const fleet = await context.look();
  const { adopted } = await fleet.coordinator.view({ kind: 'policy' });
  const document = spokenPolicy(adopted, null);
  const { content } = document;
  context.tell(file ? content : document, (look) => {
    if (file) return [policyText(content).trimEnd()];
    const who = `In force: ${adoptionText(adopted)}.`;
    return [who, '', ...settingLines(explainPolicy(content, null), look), ...agentLines(content)];
  });
  return EXIT.done;
}

/** What is said of some agents only, as it differs from nothing said. */
function agentLines({ agents = {} }: Policy): readonly string[] {
  const lines = Object.entries(agents).flatMap(([pattern, layer]) =>
    policyDiff({}, layer).map((line) => `  ${pattern}  ${line.replace(': (default) -> ', ' ')}`),
  );
  return lines.length === 0 ? [] : ['', 'For some agents, later lines before earlier ones:', ...lines];
}
