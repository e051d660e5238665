import type { ReadMessagesCommand, SendMessageCommand } from '../command.ts';
import type { Ledger } from '../ledger.ts';
import type { Answer } from '../reply.ts';
import type { SessionRow } from '../rows.ts';

export function sendMessage(_ledger: Ledger, _command: SendMessageCommand, _session: SessionRow): Answer {
  throw new Error('to be written');
}
export function sendAsOperator(_ledger: Ledger, _command: SendMessageCommand, _operator: string): Answer {
  throw new Error('to be written');
}
export function readMessages(_ledger: Ledger, _command: ReadMessagesCommand, _session: SessionRow): Answer {
  throw new Error('to be written');
}
