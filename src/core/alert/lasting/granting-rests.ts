// Nothing is granted: part of the log was lost, or the state breaks one of its own rules.

import type { FleetState } from '../../fleet-state.ts';
import { durationText } from '../../view/duration-text.ts';
import type { AlertCause } from '../alert.ts';
import type { LastingCause } from '../look.ts';
import { sentence } from '../wording.ts';

const CODES = { STORE_REGRESSED: 'log_regressed', INVARIANT_BROKEN: 'invariant_broken' } as const;

export const grantingRests: LastingCause = {
  codes: ['log_regressed', 'invariant_broken'],
  *find({ state, at }) {
    const cause = restCause(state, at);
    if (cause !== null) yield { code: cause.code, subject: cause.subject, cause: () => cause };
  },
  isOver({ state }, { code }) {
    const suspended = state.fleet?.suspended ?? null;
    if (suspended !== null && CODES[suspended.code] === code) return null;
    return { why: suspended === null ? 'Granting goes on.' : 'Granting rests for another reason now.', ended: true };
  },
};

export function restCause({ fleet }: FleetState, at: number): AlertCause | null {
  const suspended = fleet?.suspended ?? null;
  if (suspended === null) return null;
  const code = CODES[suspended.code];
  const goesOn = suspended.until === null ? 'until an operator has looked' : 'for at most';
  const forMs = suspended.until === null ? '' : ` ${durationText(suspended.until - at)}`;
  return {
    code,
    subject: '',
    agents: [],
    resources: [],
    text: sentence(`Nothing is granted, ${goesOn}${forMs}: ${suspended.why.replace(/\.$/, '')}.`),
    next:
      code === 'log_regressed'
        ? 'Find out what became of the log (brigade doctor). Granting goes on by itself; an operator may say so earlier (brigade store repair).'
        : 'brigade doctor says what is broken; brigade store repair is the way out.',
    evidence: { until: suspended.until, since: suspended.sinceWallAt },
  };
}
