// Who may use authority from the command line: a person at a terminal, or whoever shows the operator token. Never from
// within the environment of a known agent, token or not: an agent that sees the token in its environment is no operator.

import { bodyHash } from '../../app/body-hash.ts';
import { agentVariablesIn } from '../../app/client-session.ts';
import { secretHash } from '../../app/credentials.ts';
import type {
  AcknowledgeAlertCommand,
  AdoptPolicyCommand,
  Caller,
  CloseIncidentCommand,
  Command,
  ImportAgentCommand,
  ImportHistoryCommand,
  LifecycleCommand,
  NoteIncidentCommand,
  RescueCommand,
  ResumeGrantingCommand,
  RetryDeliveriesCommand,
  RevokeCommand,
  SendMessageCommand,
  SetTokenCommand,
  SilenceAlertCommand,
} from '../../core/command.ts';
import { isRejection, type Rejection, reject } from '../../core/rejection.ts';
import type { Answer } from '../../core/reply.ts';
import type { Context } from './context.ts';
import type { SeenFleet } from './open-fleet.ts';

export type Operator = Extract<Caller, { readonly kind: 'operator' }>;

/** The operator who runs this command; or why there is none. */
export function operatorOf(
  context: Context,
  fleet: Pick<SeenFleet, 'host' | 'settings' | 'fleet'>,
): Operator | Rejection {
  const refused = refuseAgents(context);
  if (refused !== null) return refused;
  const name = fleet.host.user;
  const token = fleet.settings.operatorToken.value;
  if (token !== null)
    return { kind: 'operator', name, proof: { tokenHash: secretHash(fleet.fleet.seatPorts.hasher, token) } };
  if (hasPerson(context)) return { kind: 'operator', name, proof: 'terminal' };
  return reject('OPERATOR_REQUIRED', {
    message: 'This needs an operator, and nobody sits at a terminal here.',
    next: 'Run it in a terminal, or set BRIGADE_OPERATOR_TOKEN to the token that `brigade token operator` prints.',
  });
}

/** Whoever runs this command may read what is kept for operators; a token that is shown is looked at. */
export async function isOperator(context: Context, fleet: SeenFleet): Promise<boolean> {
  const by = operatorOf(context, fleet);
  if (isRejection(by)) return false;
  if (by.proof === 'terminal') return true;
  return fleet.coordinator.view({ kind: 'token', which: 'operator', tokenHash: by.proof.tokenHash });
}

/** A command of authority, without who gives it. */
export type OperatorBody = OperatorCommand extends infer C
  ? C extends Command
    ? Omit<C, 'by' | 'requestId' | 'bodyHash'>
    : never
  : never;
type OperatorCommand =
  | RescueCommand
  | RevokeCommand
  | SetTokenCommand
  | ResumeGrantingCommand
  | LifecycleCommand
  | AdoptPolicyCommand
  | ImportAgentCommand
  | ImportHistoryCommand
  | SendMessageCommand
  | NoteIncidentCommand
  | CloseIncidentCommand
  | RetryDeliveriesCommand
  | AcknowledgeAlertCommand
  | SilenceAlertCommand;

/** Gives a command of authority. */
export async function commandAs(fleet: SeenFleet, by: Operator, body: OperatorBody): Promise<Answer> {
  const { ids, hasher } = fleet.fleet.seatPorts;
  const head = { by, requestId: ids.newId('req'), bodyHash: bodyHash(hasher, body) };
  const { answer } = await fleet.coordinator.submit({ ...body, ...head });
  return answer;
}

/** Why nobody is an operator here: an agent runs this command. */
export function refuseAgents(context: Context): Rejection | null {
  const [variable] = agentVariablesIn(context.cli.env);
  if (variable === undefined) return null;
  return reject('OPERATOR_REQUIRED', {
    message: `This needs an operator, and ${variable} says that an agent runs it.`,
    next: 'Ask the person you work for to run it in a terminal of their own.',
    details: { variable },
  });
}

/** A person can type here and reads what is printed. */
export function hasPerson({ cli }: Context): boolean {
  return cli.stdin.isTTY === true && cli.screen.isTerminal;
}
