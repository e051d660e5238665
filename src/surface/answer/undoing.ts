// What takes an operator's act back, whatever it was given by. Null where nothing does: what was taken from somebody is held by
// somebody else by now, an incident that was closed stays closed, and who retires an agent does it for ever.

import type { Command, LifecycleCommand } from '../../core/command.ts';
import type { LifecycleReply, Reply } from '../../core/reply.ts';

type LifecycleOp = LifecycleCommand['op'];

export type Undoing =
  | { readonly op: Exclude<LifecycleOp, 'retire'>; readonly agentId: string }
  | { readonly op: 'acknowledge_alert' | 'unacknowledge_alert'; readonly alert: number }
  /** A silence is lifted. */
  | { readonly op: 'silence_alert'; readonly alert: number };

export type Acted = { readonly [C in Command as C['op']]: Omit<C, 'by' | 'requestId' | 'bodyHash'> }[Command['op']];

/** What undoes `command`, which was answered so; null where it changed nothing, too. */
export function undoingOf(command: Acted, answer: Reply): Undoing | null {
  if (!('changed' in answer) || !answer.changed) return null;
  switch (command.op) {
    case 'pause':
    case 'resume':
    case 'archive':
    case 'restore':
      return answer.op === 'lifecycle' ? undoingOfLifecycle(command, answer) : null;
    case 'acknowledge_alert':
      return { op: 'unacknowledge_alert', alert: command.alert };
    case 'unacknowledge_alert':
      return { op: 'acknowledge_alert', alert: command.alert };
    case 'silence_alert':
      return command.forMs === 0 ? null : { op: 'silence_alert', alert: command.alert };
    default:
      return null;
  }
}

const OPPOSITE: Readonly<Partial<Record<LifecycleOp, Exclude<LifecycleOp, 'retire'>>>> = {
  pause: 'resume',
  resume: 'pause',
  archive: 'restore',
  restore: 'archive',
};

function undoingOfLifecycle(
  { op, agentId }: Pick<LifecycleCommand, 'op' | 'agentId'>,
  { was, lifecycle }: LifecycleReply,
): Undoing | null {
  const opposite = OPPOSITE[op];
  // To resume one that policy had paused already would take back more than the operator said.
  return opposite === undefined || was === lifecycle ? null : { op: opposite, agentId };
}
