import type { ImportAgentCommand, ImportHistoryCommand } from '../command.ts';
import type { Ledger } from '../ledger.ts';
import type { Answer } from '../reply.ts';

export function importAgent(_ledger: Ledger, _command: ImportAgentCommand): Answer {
  throw new Error('to be written');
}
export function importHistory(_ledger: Ledger, _command: ImportHistoryCommand): Answer {
  throw new Error('to be written');
}
