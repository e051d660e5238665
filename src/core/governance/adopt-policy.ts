// Putting a policy in force. It is in the log from then on, with what it changed and by whose word.

import type { AdoptPolicyCommand } from '../command.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { reject } from '../rejection.ts';
import type { Answer } from '../reply.ts';
import { utf8Bytes } from '../resource/key-text.ts';
import { policyDiff } from './policy-diff.ts';

/** Nothing is logged where it changes nothing. Refused when another policy was adopted since the operator looked. */
export function adoptPolicy(ledger: Ledger, command: AdoptPolicyCommand): Answer {
  const { policy, reason, instead } = command;
  if (utf8Bytes(JSON.stringify(policy)) > LIMITS.policyBytes || utf8Bytes(reason) > LIMITS.textBytes) {
    return reject('TOO_LARGE', {
      message: `A policy has at most ${LIMITS.policyBytes} bytes, and its reason ${LIMITS.textBytes}.`,
      next: 'Use patterns instead of many agents by name.',
    });
  }
  const known = ledger.state.fleet?.policy ?? null;
  if (instead !== undefined && (known?.seq ?? null) !== instead) {
    return reject('VERSION_MISMATCH', {
      message: 'Another policy was adopted meanwhile.',
      next: 'Look at the difference again: brigade policy check.',
      details: { adopted: known?.seq ?? null },
    });
  }
  const diff = policyDiff(known?.content ?? {}, policy);
  if (diff.length === 0 && known !== null) return { op: 'adopt_policy', changed: false, diff };
  ledger.emit({ type: 'policy.adopted', policy, diff, reason });
  return { op: 'adopt_policy', changed: true, diff };
}
