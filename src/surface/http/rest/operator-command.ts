// A command of authority over HTTP. Whether it is one, the core says, which writes down who said what and why.

import { bodyHash } from '../../../app/body-hash.ts';
import type {
  AcknowledgeAlertCommand,
  CloseIncidentCommand,
  LifecycleCommand,
  NoteIncidentCommand,
  RecordOutcomeCommand,
  RescueCommand,
  RevokeCommand,
  SendMessageCommand,
  SilenceAlertCommand,
} from '../../../core/command.ts';
import { isRejection, type Rejection } from '../../../core/rejection.ts';
import type { Answer, Reply } from '../../../core/reply.ts';
import { spokenForeseen } from '../../answer/spoken-foreseen.ts';
import type { Operator } from '../credential.ts';
import type { HttpParts } from '../http-parts.ts';
import { problem } from '../problem.ts';
import { needsOperator, operatorWith, viewerOf } from './caller.ts';
import type { HttpContext } from './operation.ts';
import { json, refused } from './respond.ts';
import { undoOf } from './undo.ts';

type Command =
  | AcknowledgeAlertCommand
  | SilenceAlertCommand
  | NoteIncidentCommand
  | CloseIncidentCommand
  | LifecycleCommand
  | RecordOutcomeCommand
  | RescueCommand
  | RevokeCommand
  | SendMessageCommand;
type OperatorBody = Command extends infer C
  ? C extends Command
    ? Omit<C, 'by' | 'requestId' | 'bodyHash'>
    : never
  : never;

/**
 * Gives a command that a person may want to think about first: a dry run also says what would be logged, and either says what
 * takes it back.
 */
export function acted(
  parts: HttpParts,
  c: HttpContext,
  command: OperatorBody,
  speak: (answer: Reply) => object | null,
): Promise<Response> {
  return commanded(parts, c, command, (answer) => {
    const spoken = speak(answer);
    return spoken === null ? null : { ...spoken, ...spokenAct(command, answer, parts.seat.worktree) };
  });
}

function spokenAct(command: OperatorBody, answer: Reply, worktree: string) {
  const undo = undoOf(command, answer);
  if (command.dryRun !== true) return { dryRun: false, undo };
  return { dryRun: true, undo, ...spokenForeseen(answer, worktree) };
}

/** Gives the command of whoever shows authority, and says what came of it. */
export async function commanded(
  parts: HttpParts,
  c: HttpContext,
  body: OperatorBody,
  speak: (answer: Reply) => object | null,
): Promise<Response> {
  const credential = c.get('credential');
  if (credential.kind === 'none') return problem(needsOperator(), {}, 401);
  const by = credential.kind === 'operator' ? credential : operatorWith(parts, credential.secret);
  const answer = await submit(parts, c, body, by);
  if (isRejection(answer)) return refuse(parts, c, answer);
  const spoken = speak(answer);
  if (spoken === null) throw new TypeError(`asked for ${body.op}, answered with ${answer.op}`);
  return json(spoken);
}

async function submit(parts: HttpParts, c: HttpContext, body: OperatorBody, by: Operator): Promise<Answer> {
  const { ids, hasher } = parts.fleet.seatPorts;
  // A look ahead leaves nothing behind that a repeat could be told from.
  const named = body.dryRun === true ? undefined : c.req.header('idempotency-key');
  const requestId = named ?? ids.newId('req');
  const head = { by, requestId, bodyHash: bodyHash(hasher, body) };
  const { answer } = await parts.fleet.coordinator.submit({ ...body, ...head });
  return answer;
}

/** Whoever shows a good handle is known, and is no operator. */
async function refuse(parts: HttpParts, c: HttpContext, rejection: Rejection): Promise<Response> {
  const { worktree } = parts.seat;
  if (rejection.code !== 'CREDENTIAL_WRONG') return refused(rejection, worktree);
  const viewer = await viewerOf(parts, c);
  if (!isRejection(viewer) && viewer.kind === 'session') return problem(needsOperator());
  return refused(rejection, worktree);
}
