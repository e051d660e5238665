// What must always hold, by name. The rules themselves are in `invariants.ts`.

export interface Violation {
  readonly invariant: InvariantName;
  readonly detail: string;
}

/** Every invariant by name, with what it says. The track record names what caught which fault. */
export const INVARIANTS = {
  one_holder: 'No two leases of different sessions conflict.',
  token_is_number: 'A fencing token is the log number of its grant.',
  lease_has_session: 'Every lease and ticket belongs to a known session.',
  session_has_agent: 'Every session belongs to a registered agent.',
  offer_excludes: 'An offer conflicts with no lease and no other offer.',
  absence_is_known: 'A wait is marked as absent just while its session is over or its agent may not act.',
  ticket_is_sane: 'A ticket names resources, and lives at least while its call may be parked.',
  version_counts: 'A key of governed state goes up by one version at a time.',
  read_stays: 'What an agent has read is not unread again.',
  bounds: 'Requests, notices, leases, attachments, messages and check-ins stay within their limits.',
  handoff_has_lease: 'A handoff offer and its lease point at each other.',
  free_and_wanted: 'Whatever is free and wanted is granted, offered or due.',
  no_cycle: 'No waiter waits in a cycle that is not due to be broken.',
  indexed: 'Every row stands in exactly the buckets its indexes name.',
  numbers_rise: 'Numbers rise by one (or start an epoch), and fleet time never runs backwards.',
  holder_releases: 'Only the session that holds a lease gives it back.',
  grant_excludes: 'Nothing is granted beside a conflicting lease or offer of another session.',
  first_come: 'Nobody is granted past an earlier waiter, save one that waits for it.',
  ends_when_due: 'A lease expires only when its time is over.',
  asked_for_lasts: 'Only what an edit hook took ends with a turn, or because nobody edits it.',
  shortens_untold: 'A lease is shortened by authority, and never below what its holder may have been told.',
  rests: 'Nothing is granted while granting rests.',
  acts_alive: 'Only a live session of an active agent is granted anything.',
  write_is_guarded: 'Governed state is written only by a token that holds, or past nobody who holds the key.',
  pass_breaks_cycle: 'A waiter passes only one that waits for it.',
  pause_binds: 'Who is not active asks for nothing, renews nothing, writes nothing and is offered nothing for long.',
  lifecycle_moves: 'An agent becomes only what the table of lifecycles says; retired is for ever.',
  agent_is_whole: 'A paused agent has its pause, an active one none, and who is not active says since when.',
  verdict_binds: 'Who is told to pause is paused, and hears nothing else until it is resumed.',
  one_alert: 'Of each cause there is one open alert at most, told since it was opened and not after it was closed.',
  incident_numbers: 'Incidents are numbered one after the other, and no number is given twice.',
  incident_lasts:
    'An incident is open while one of its alerts is, unless an operator closed it, and knows each of them.',
  one_sender: 'One coordinator at a time sends to a target, until its time is over or it is known to be gone.',
  target_is_named: 'Messages wait only for targets that the policy in force names.',
  told_what_was: 'A target is told only of what is in the log before.',
  check_ins_count: 'Every check-in counts once, by its verdict too, and is known or forgotten whole.',
} as const;

export type InvariantName = keyof typeof INVARIANTS;

export function broken(invariant: InvariantName, detail: string): Violation {
  return { invariant, detail };
}
