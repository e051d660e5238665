// Which of a finding's actions is carried out: the one that it advises, or the one that was asked for.

import type { RescueCommand } from '../command.ts';
import type { Action, Finding } from '../diagnosis/finding.ts';
import type { FleetState } from '../fleet-state.ts';
import { type Rejection, reject } from '../rejection.ts';
import { oneLine } from '../view/one-line.ts';
import { handedOverTo } from './hand-over.ts';

/** The action, with whoever may have it done; or why there is none. */
export function chosenAction(
  state: FleetState,
  finding: Finding,
  { do: kind, to }: Pick<RescueCommand, 'do' | 'to'>,
): Action | Rejection {
  if (to !== undefined && kind !== 'hand_over') return onlyHandsOver();
  const offered = [finding.action, ...finding.others].filter((action) => action !== null);
  const action = kind === undefined ? finding.action : offered.find((each) => each.kind === kind);
  if (action == null) return kind === undefined ? nothingToDo(finding) : notOffered(finding, kind, offered);
  if (action.kind !== 'hand_over') return action;
  const waits = action.waits.filter(({ agentId }) => to === undefined || agentId === to);
  const [wait] = waits;
  return wait === undefined ? doesNotWait(action, to ?? '') : handedOverTo(state, action, wait);
}

function nothingToDo({ message, next, others }: Finding): Rejection {
  const kinds = others.map(({ kind }) => kind);
  return reject('NOT_SAFE', {
    message:
      kinds.length === 0
        ? `${message} There is nothing that a rescue could do.`
        : `${message} No action is advised; one may be chosen: ${kinds.join(', ')}.`,
    next,
    details: { who: null, others: kinds },
  });
}

function notOffered({ message, action }: Finding, kind: string, offered: readonly Action[]): Rejection {
  const kinds = offered.map((each) => each.kind);
  return reject('NOT_SAFE', {
    message: `${message} What was asked for (${kind}) is not to be done about it${kinds.length === 0 ? '' : `, but ${kinds.join(' or ')}`}.`,
    next: action === null ? 'Look again: brigade diagnose.' : `What it advises needs no choice: ${action.means}.`,
    details: { others: kinds },
  });
}

/** A grant that nobody asked for would be held by nobody. */
function doesNotWait({ waits }: Extract<Action, { kind: 'hand_over' }>, to: string): Rejection {
  const named = waits.slice(0, NAMED).map(({ agentId }) => agentId);
  return reject('NOT_SAFE', {
    message: `${oneLine(to, NAME_LENGTH)} does not stand in line for it, so it would not hear of it.`,
    next: `Name one who waits (${named.join(', ')}), or let it stand in line first.`,
    details: { to: named },
  });
}

const NAMED = 20;
const NAME_LENGTH = 80;

function onlyHandsOver(): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: 'Only what is handed over goes to somebody.',
    next: 'Add do=hand_over (--do hand_over), or leave out to.',
    details: { path: 'to' },
  });
}
