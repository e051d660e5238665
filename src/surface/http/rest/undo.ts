// What takes an operator's act back, as a request of the same surface. Null where nothing does: what was taken from somebody is
// held by somebody else by now, an incident that was closed stays closed, and who retires an agent does it for ever.

import type { Command, LifecycleCommand } from '../../../core/command.ts';
import type { LifecycleReply, Reply } from '../../../core/reply.ts';

/** A request that undoes what an act did; its body may be given other words. */
export interface Undo {
  readonly method: 'POST';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type Acted = { readonly [C in Command as C['op']]: Omit<C, 'by' | 'requestId' | 'bodyHash'> }[Command['op']];

const TAKEN_BACK = 'Taken back.';

/** What undoes `command`, which was answered so; null where it changed nothing, too. */
export function undoOf(command: Acted, answer: Reply): Undo | null {
  if (!('changed' in answer) || !answer.changed) return null;
  switch (command.op) {
    case 'pause':
    case 'resume':
    case 'archive':
    case 'restore':
      return answer.op === 'lifecycle' ? undoOfLifecycle(command, answer) : null;
    case 'acknowledge_alert':
      return post(`/v1/alerts/${command.alert}/unack`, { note: TAKEN_BACK });
    case 'unacknowledge_alert':
      return post(`/v1/alerts/${command.alert}/ack`, { note: TAKEN_BACK });
    case 'silence_alert':
      return command.forMs === 0 ? null : post(`/v1/alerts/${command.alert}/silence`, { forMs: 0, note: TAKEN_BACK });
    default:
      return null;
  }
}

const OPPOSITE: Readonly<Partial<Record<LifecycleCommand['op'], LifecycleCommand['op']>>> = {
  pause: 'resume',
  resume: 'pause',
  archive: 'restore',
  restore: 'archive',
};

function undoOfLifecycle(
  { op, agentId }: Pick<LifecycleCommand, 'op' | 'agentId'>,
  { was, lifecycle }: LifecycleReply,
): Undo | null {
  const opposite = OPPOSITE[op];
  // To resume one that policy had paused already would take back more than the operator said.
  if (opposite === undefined || was === lifecycle) return null;
  return post(`/v1/agents/${encodeURIComponent(agentId)}/${opposite}`, { reason: TAKEN_BACK });
}

function post(path: string, body: Undo['body']): Undo {
  return { method: 'POST', path, body };
}
