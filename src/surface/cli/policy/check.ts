// `policy check`: is the file valid, and is it what is in force? For people before they apply it, and for a script that wants
// to know whether somebody should.

import { policyDiff } from '../../../core/governance/policy-diff.ts';
import { isRejection } from '../../../core/rejection.ts';
import { shellWord } from '../../../core/view/shell-word.ts';
import type { PolicyView } from '../../../core/view/views.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { adoptionText, diffLines } from '../text/policy-text.ts';
import { type PolicySource, policySource } from './policy-source.ts';

export async function checkPolicy(context: Context, named: string | undefined): Promise<number> {
  const source = await policySource(context, named);
  if (isRejection(source)) return context.refuse(source);
  const fleet = await context.look();
  const view = await fleet.coordinator.view({ kind: 'policy' });
  const { policy, path } = source;
  const isThere = policy !== null;
  const diff = isThere && view.fleetId !== null ? policyDiff(view.adopted?.content ?? {}, policy) : [];
  const { content: _, ...adopted } = view.adopted ?? { content: {} };
  const inForce = view.adopted === null ? null : adopted;
  const document = { file: isThere ? path : null, valid: isThere, differs: diff.length > 0, diff, inForce };
  context.tell(document, (look) => [
    ...checkLines(source, view, diff.length > 0),
    ...diffLines(diff, look),
    ...(diff.length > 0
      ? [`\`brigade policy apply${source.isOwn ? '' : ` ${shellWord(path)}`}\` puts it in force.`]
      : []),
  ]);
  return diff.length > 0 ? EXIT.fault : EXIT.done;
}

function checkLines({ path, isOwn, policy }: PolicySource, view: PolicyView, differs: boolean): readonly string[] {
  const inForce = adoptionText(view.adopted);
  if (policy === null) return [`There is no ${path}. In force: ${inForce}.`];
  if (view.fleetId === null)
    return [`${path} is valid. There is no fleet yet${isOwn ? '; it will begin with this policy' : ''}.`];
  if (differs) return [`${path} is valid and differs from the policy in force (${inForce}):`];
  return [`${path} is valid and says what is in force: ${inForce}.`];
}
