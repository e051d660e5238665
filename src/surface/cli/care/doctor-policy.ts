// What `doctor` says about policy. The one in force is in the log and needs no file; where there is one, it should say the same.

import { policyDiff } from '../../../core/governance/policy-diff.ts';
import { isRejection, type Rejection } from '../../../core/rejection.ts';
import type { PolicyView } from '../../../core/view/views.ts';
import type { PolicySource } from '../policy/policy-source.ts';
import { adoptionText } from '../text/policy-text.ts';
import type { Checked, Finding } from './doctor-report.ts';

const SHOWN = 5;

/** `source`: the file of the workspace, or why it is no policy. */
export function checkPolicyFile(source: PolicySource | Rejection, { fleetId, adopted }: PolicyView): Checked {
  const inForce = `in force: ${adoptionText(adopted)}`;
  if (isRejection(source)) return { name: 'policy', detail: inForce, findings: [invalid(source)] };
  if (source.policy === null || fleetId === null) return { name: 'policy', detail: inForce, findings: [] };
  const diff = policyDiff(adopted?.content ?? {}, source.policy);
  return { name: 'policy', detail: inForce, findings: diff.length === 0 ? [] : [differs(diff)] };
}

function invalid({ message }: Rejection): Finding {
  return {
    code: 'POLICY_INVALID',
    message,
    next: 'What is in force stays in force. Correct the file; `brigade policy check` tells when it is valid.',
  };
}

function differs(diff: readonly string[]): Finding {
  const more = diff.length > SHOWN ? `; and ${diff.length - SHOWN} more` : '';
  return {
    code: 'POLICY_DIFFERS',
    message: `.brigade/policy.json differs from the policy in force: ${diff.slice(0, SHOWN).join('; ')}${more}.`,
    next: '`brigade policy apply` puts the file in force; `brigade policy show --file` prints what is.',
  };
}
