// Who takes what is imported: the fleet, by an operator's command, or for a dry run a copy of its state in this process. The
// rules are the same ones, so a dry run says what an import would.

import { bodyHash } from '../../../app/body-hash.ts';
import type { ImportAgentCommand, ImportHistoryCommand } from '../../../core/command.ts';
import { decide } from '../../../core/decide.ts';
import { type FleetState, mergeState } from '../../../core/fleet-state.ts';
import { isRejection, type Rejection } from '../../../core/rejection.ts';
import type { Answer, ImportReply } from '../../../core/reply.ts';
import { commandAs, type Operator } from '../authority.ts';
import type { SeenFleet } from '../open-fleet.ts';

type Import = ImportAgentCommand | ImportHistoryCommand;
type Body<C = Import> = C extends Import ? Omit<C, 'by' | 'requestId' | 'bodyHash'> : never;

export type Take = (body: Body) => Promise<ImportReply | Rejection>;

/** Takes for good. */
export function taker(fleet: SeenFleet, by: Operator): Take {
  return async (body) => importReply(await commandAs(fleet, by, body));
}

/** Takes into `state` alone, which is the caller's own. */
export function rehearsal(fleet: SeenFleet, by: Operator, state: FleetState): Take {
  const { ids, hasher } = fleet.fleet.seatPorts;
  const moment = { at: state.position.at, wallAt: fleet.clock.wallAt() };
  if (state.fleet === null) {
    const found = { op: 'found', fleetId: 'rehearsal', by: { kind: 'system', name: 'rehearsal' } } as const;
    mergeState(state, decide(state, { ...found, requestId: ids.newId('req'), bodyHash: '' }, moment).draft);
  }
  return async (body) => {
    const command = { ...body, by, requestId: ids.newId('req'), bodyHash: bodyHash(hasher, body) };
    const { answer, draft } = decide(state, command, moment);
    mergeState(state, draft);
    return importReply(answer);
  };
}

function importReply(answer: Answer): ImportReply | Rejection {
  if (isRejection(answer) || answer.op === 'import') return answer;
  throw new TypeError(`asked for an import, answered with ${answer.op}`);
}
