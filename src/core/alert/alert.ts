// What a fleet is warned about: every kind of alert, how grave it is, what it means and what to do about it.
//
// An alert has one cause, named by its key: while an alert of that cause is open there is no second one. Some causes happen in
// one moment and are told in the decision in which they happen (a deadlock); some last, and are told when somebody looks
// (a holder that is silent while others wait).

export type Severity = 'info' | 'warning' | 'critical';

export type AlertCode =
  | 'contention'
  | 'deadlock'
  | 'suspected_deadlock'
  | 'starvation'
  | 'silent_holder'
  | 'session_lost'
  | 'identity_collision'
  | 'lease_bypassed'
  | 'offer_lapses'
  | 'paused_agent'
  | 'clock_trouble'
  | 'store_trouble'
  | 'log_regressed'
  | 'invariant_broken';

/** Something that there should be an alert about. */
export interface AlertCause {
  readonly code: AlertCode;
  /** With the code it names the cause: `silent_holder` of token 812, `paused_agent` of `ana`. */
  readonly subject: string;
  /** Who is affected, the causer first. */
  readonly agents: readonly string[];
  readonly resources: readonly string[];
  /** One plain sentence: who, what, since when. */
  readonly text: string;
  /** What to do about it. */
  readonly next: string;
  /** Figures and names that prove it. */
  readonly evidence: Readonly<Record<string, string | number | boolean | null>>;
}

export interface AlertFacts {
  readonly severity: Severity;
  readonly means: string;
  /** It lasts as long as its cause can be seen in the state; otherwise it is of a moment and closes after a while. */
  readonly lasts: boolean;
  /** People are needed, or work stands still: it belongs to an incident. */
  readonly isIncident: boolean;
}

export const ALERTS: Readonly<Record<AlertCode, AlertFacts>> = {
  contention: {
    severity: 'warning',
    means: 'Somebody waits longer for a resource, or more stand in line for it, than the policy finds normal.',
    lasts: true,
    isIncident: false,
  },
  deadlock: {
    severity: 'warning',
    means: 'Agents waited for each other in a circle; the wait of one of them was ended.',
    lasts: false,
    isIncident: true,
  },
  suspected_deadlock: {
    severity: 'warning',
    means: 'Agents keep asking, without standing in line, for what another one of them holds.',
    lasts: true,
    isIncident: true,
  },
  starvation: {
    severity: 'critical',
    means: 'Somebody has waited so long that its work must be taken to stand still.',
    lasts: true,
    isIncident: true,
  },
  silent_holder: {
    severity: 'critical',
    means: 'Somebody waits for a lease whose holder has not used it, nor done anything else, for long.',
    lasts: true,
    isIncident: true,
  },
  session_lost: {
    severity: 'warning',
    means: 'The process of a session ended without a word while the session held leases.',
    lasts: false,
    isIncident: true,
  },
  identity_collision: {
    severity: 'warning',
    means: 'Somebody asked for the id of an agent that is at work, and was given another one.',
    lasts: false,
    isIncident: false,
  },
  lease_bypassed: {
    severity: 'warning',
    means:
      'Something that an agent held was changed by somebody else: in a commit that no guard let pass, or past every hook.',
    lasts: false,
    isIncident: false,
  },
  offer_lapses: {
    severity: 'warning',
    means: 'Somebody was offered what it waits for again and again, and did not take it.',
    lasts: true,
    isIncident: false,
  },
  paused_agent: {
    severity: 'warning',
    means: 'An agent is paused: it is granted nothing and writes nothing until it recovers or is resumed.',
    lasts: true,
    isIncident: false,
  },
  clock_trouble: {
    severity: 'warning',
    means: 'The clock of a host jumped, or runs apart from that of the fleet.',
    lasts: false,
    isIncident: false,
  },
  store_trouble: {
    severity: 'critical',
    means: 'The log could not be written for a while.',
    lasts: false,
    isIncident: true,
  },
  log_regressed: {
    severity: 'critical',
    means: 'Part of the log was lost; granting rests until everything that may have been held is over.',
    lasts: true,
    isIncident: true,
  },
  invariant_broken: {
    severity: 'critical',
    means: 'The state of the fleet breaks one of its own rules; nothing is granted until an operator repairs it.',
    lasts: true,
    isIncident: true,
  },
};

export const ALERT_CODES = Object.keys(ALERTS) as readonly AlertCode[] as readonly [AlertCode, ...AlertCode[]];

/** What no two open alerts share. */
export function causeKey({ code, subject }: Pick<AlertCause, 'code' | 'subject'>): string {
  return `${code} ${subject}`;
}
