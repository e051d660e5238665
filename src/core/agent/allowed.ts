// What an agent may still do in each lifecycle. Whatever is not named here is refused; an active agent may do everything.
//
//                                                  paused   archived, retired
//   release, withdraw, check, leave_wait,
//   undelivered, note_edits, end_turn,
//   close_session, hear                            may      may
//   attach, check_in, record_outcome, recover,
//   read_messages                                  may      -
//   acquire, await, renew, begin_edit, hand_off,
//   answer_handoff, put_state, send_message        -        -
//
// Giving back is never refused: nobody should wait for what an agent would like to let go of.

import type { CommandOp } from '../command.ts';
import type { Lifecycle } from '../event.ts';

const LETTING_GO = [
  'release',
  'withdraw',
  'check',
  'leave_wait',
  'undelivered',
  'note_edits',
  'end_turn',
  'close_session',
  'hear',
] as const;
const COMING_BACK = ['attach', 'check_in', 'record_outcome', 'recover', 'read_messages'] as const;

const ALLOWED: Readonly<Record<Exclude<Lifecycle, 'active'>, ReadonlySet<CommandOp>>> = {
  paused: new Set<CommandOp>([...LETTING_GO, ...COMING_BACK]),
  archived: new Set<CommandOp>(LETTING_GO),
  retired: new Set<CommandOp>(LETTING_GO),
};

/** True when an agent in this lifecycle may give the command. */
export function isAllowed(lifecycle: Lifecycle, op: CommandOp): boolean {
  return lifecycle === 'active' || ALLOWED[lifecycle].has(op);
}
