// Governed state: a versioned key-value space that needs no lock to read and cannot lose an update. A write says which
// version it replaces, or shows a token that holds now; while somebody else holds `state:<key>`, nobody else writes it.

import type { PutStateCommand } from '../command.ts';
import { refuseGranting } from '../fleet/granting.ts';
import { conflictingLeases } from '../lease/conflict.ts';
import { heldLease, isRefused } from '../lease/lease-facts.ts';
import { refuseAll } from '../lease/refuse-all.ts';
import { useIfDue } from '../lease/renew.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { type Rejection, reject } from '../rejection.ts';
import type { Answer } from '../reply.ts';
import { flawOf, utf8Bytes } from '../resource/key-text.ts';
import type { SessionRow, StateEntryRow } from '../rows.ts';

export function putState(ledger: Ledger, command: PutStateCommand, session: SessionRow): Answer {
  const refused = checkEntry(ledger, command) ?? refuseGranting(ledger.state, ledger.at);
  if (refused !== null) return refused;
  const guard = checkGuard(ledger, command, session);
  if (typeof guard === 'object' && guard !== null) return guard;
  const known = ledger.state.entries.get(command.key);
  const version = (known?.version ?? 0) + 1;
  if ('ifVersion' in command.condition && command.condition.ifVersion !== version - 1) return mismatch(command, known);
  return ledger.group(() => {
    ledger.emit({
      type: 'state.put',
      agentId: session.agentId,
      sessionId: session.sessionId,
      key: command.key,
      value: command.value,
      valueVersion: version,
      guard,
    });
    if ('token' in command.condition) useIfDue(ledger, command.condition);
    return { op: 'put_state', key: command.key, version };
  });
}

/** The guarding token, null without one, or why the write is refused. */
function checkGuard(
  ledger: Ledger,
  { key, condition }: PutStateCommand,
  session: SessionRow,
): number | null | Rejection {
  if ('token' in condition) {
    const lease = heldLease(ledger.state, condition, session.sessionId);
    if (isRefused(lease)) return refuseAll('written under', [lease]);
    if (lease.mode !== 'exclusive') {
      return reject('NOT_HOLDER', {
        message: `${condition.resource} is held shared; a guarded write needs it exclusively.`,
        next: 'Acquire it in mode exclusive.',
      });
    }
  }
  for (const lease of conflictingLeases(ledger.state, {
    sessionId: session.sessionId,
    resource: `state:${key}`,
    mode: 'exclusive',
  })) {
    return reject('LEASE_HELD', {
      message: `state:${key} is held by ${lease.agentId}; nobody else writes it meanwhile.`,
      next: `Acquire state:${key} to stand in line, or write another key.`,
      details: { agentId: lease.agentId, token: lease.token },
    });
  }
  return 'token' in condition ? condition.token : null;
}

function checkEntry(ledger: Ledger, { key, value }: PutStateCommand): Rejection | null {
  const flaw = flawOf(key, LIMITS.stateKeyBytes);
  if (flaw !== null)
    return reject('INVALID_ARGUMENT', {
      message: `The key ${flaw}.`,
      next: `Use a name of at most ${LIMITS.stateKeyBytes} bytes without control characters.`,
    });
  const text = JSON.stringify(value);
  if (text === undefined)
    return reject('INVALID_ARGUMENT', { message: 'There is no value.', next: 'Give any JSON value; null is one.' });
  const bytes = utf8Bytes(text);
  if (bytes > LIMITS.stateValueBytes) {
    return reject('TOO_LARGE', {
      message: `The value is ${bytes} bytes; at most ${LIMITS.stateValueBytes} fit.`,
      next: 'Keep large data in a file and store its name.',
    });
  }
  if (ledger.state.entries.size >= LIMITS.stateKeys && ledger.state.entries.get(key) === undefined) {
    return reject('QUEUE_FULL', {
      message: `There are ${LIMITS.stateKeys} keys, the most there may be.`,
      next: 'Write an existing key.',
    });
  }
  return null;
}

function mismatch({ key }: PutStateCommand, known: StateEntryRow | undefined): Rejection {
  const now = known === undefined ? 'does not exist' : `is at version ${known.version}, written by ${known.author}`;
  const version = known?.version ?? 0;
  return reject('VERSION_MISMATCH', {
    message: `${key} ${now}.`,
    next: `Read it again and write with ifVersion ${version}.`,
    details: { version },
  });
}
