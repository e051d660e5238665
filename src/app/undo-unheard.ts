// A call was granted something and its caller is not there any more to hear of it. Cut off, a grant that came by waiting
// becomes an offer again; cancelled in so many words, whatever the call was newly granted is given back.

import type { Caller, Command } from '../core/command.ts';
import { isRejection } from '../core/rejection.ts';
import type { Answer } from '../core/reply.ts';
import type { IdSource } from '../ports/id-source.ts';
import type { SubmitOptions } from './coordinator.ts';
import { followUp } from './system-command.ts';

export interface Unheard {
  readonly command: Command;
  readonly answer: Answer;
  /** Number of the log's head before the call was decided: what it was granted has larger tokens. */
  readonly seqBefore: number;
  readonly options: SubmitOptions;
}

/** The command that undoes it; null when there is nothing to undo or somebody still listens. */
export function undoOf({ command, answer, seqBefore, options }: Unheard, ids: IdSource): Command | null {
  if (isRejection(answer) || answer.op !== 'acquire' || command.by.kind !== 'session') return null;
  const isCancelled = options.cancelled?.aborted === true;
  if (!isCancelled && options.cut?.aborted !== true) return null;
  const by: Caller = { kind: 'session', handleHash: command.by.handleHash };
  const head = followUp(ids, by);
  const { ticket, leases: granted } = answer;
  // Granted before this call came, it may have been heard by an earlier reply, and is believed in.
  if (!isCancelled && granted.length > 0 && granted.every((lease) => lease.token <= seqBefore)) return null;
  if (ticket !== null) return { ...head, op: isCancelled ? 'withdraw' : 'undelivered', ticket };
  if (!isCancelled) return null;
  const leases = answer.leases
    .filter((lease) => lease.token > seqBefore)
    .map(({ resource, token }) => ({ resource, token }));
  return leases.length === 0 ? null : { ...head, op: 'release', leases };
}
