// Taken back by authority, with a reason. Nothing is ever freed by deleting something.

import type { RevokeCommand } from '../command.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { reject } from '../rejection.ts';
import type { Answer } from '../reply.ts';
import { utf8Bytes } from '../resource/key-text.ts';
import type { RequestRow } from '../rows.ts';
import { leasesOn } from './conflict.ts';
import { endLeasesInTurn } from './end.ts';

export function revoke(ledger: Ledger, command: RevokeCommand, operator: string): Answer {
  if (command.reason.trim() === '' || utf8Bytes(command.reason) > LIMITS.textBytes) {
    return reject('INVALID_ARGUMENT', {
      message: 'A revocation needs a reason, of at most 4 KiB.',
      next: 'Say why: the holder is told, and the log keeps it.',
    });
  }
  const held = [...leasesOn(ledger.state, command.resource)].filter((lease) => lease.resource === command.resource);
  const found = held.filter((lease) => command.token === null || lease.token === command.token);
  if (found.length === 0) return nothingHeld(command);
  const { ended, promoted } = endLeasesInTurn(ledger, found, { how: 'revoked', by: operator, reason: command.reason });
  const revoked = ended.map(({ resource, token, agentId }) => ({ resource, token, agentId }));
  return { op: 'revoke', revoked, promoted };
}

/** The repeat of a revocation: what an append that was cut between two leases did not get to is revoked now. */
export function repeatRevoke(ledger: Ledger, command: RevokeCommand, row: RequestRow, operator: string): Answer {
  const done = row.leases.map(({ resource, token, agentId = '' }) => ({ resource, token, agentId }));
  const rest = [...leasesOn(ledger.state, command.resource)].filter(
    ({ resource, token }) =>
      resource === command.resource && token < row.seq && (command.token === null || token === command.token),
  );
  const { ended, promoted } = endLeasesInTurn(ledger, rest, { how: 'revoked', by: operator, reason: command.reason });
  const revoked = ended.map(({ resource, token, agentId }) => ({ resource, token, agentId }));
  return { op: 'revoke', revoked: [...done, ...revoked], promoted };
}

function nothingHeld(command: RevokeCommand): Answer {
  if (command.token !== null) {
    return reject('TOKEN_STALE', {
      message: `Token ${command.token} does not hold ${command.resource} now.`,
      next: 'Look at brigade locks for who does.',
    });
  }
  return reject('INVALID_RESOURCE', {
    message: `Nobody holds ${command.resource}.`,
    next: 'Name a resource exactly as brigade locks shows it.',
  });
}
