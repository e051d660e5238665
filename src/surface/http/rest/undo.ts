// What takes an operator's act back, as a request of the same surface.

import type { Reply } from '../../../core/reply.ts';
import { type Acted, undoingOf } from '../../answer/undoing.ts';

/** A request that undoes what an act did; its body may be given other words. */
export interface Undo {
  readonly method: 'POST';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const TAKEN_BACK = 'Taken back.';

/** What undoes `command`, which was answered so; null where nothing does. */
export function undoOf(command: Acted, answer: Reply): Undo | null {
  const undoing = undoingOf(command, answer);
  if (undoing === null) return null;
  switch (undoing.op) {
    case 'acknowledge_alert':
      return post(`/v1/alerts/${undoing.alert}/ack`, { note: TAKEN_BACK });
    case 'unacknowledge_alert':
      return post(`/v1/alerts/${undoing.alert}/unack`, { note: TAKEN_BACK });
    case 'silence_alert':
      return post(`/v1/alerts/${undoing.alert}/silence`, { forMs: 0, note: TAKEN_BACK });
    default:
      return post(`/v1/agents/${encodeURIComponent(undoing.agentId)}/${undoing.op}`, { reason: TAKEN_BACK });
  }
}

function post(path: string, body: Undo['body']): Undo {
  return { method: 'POST', path, body };
}
