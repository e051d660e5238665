// Who calls: for whom a request is made, and what that one may see. A Bearer is a session handle or the operator token; which
// of them, the log says.

import { secretHash } from '../../../app/credentials.ts';
import type { Call } from '../../../app/seat/call.ts';
import { type Rejection, reject } from '../../../core/rejection.ts';
import type { Operator } from '../credential.ts';
import type { HttpParts } from '../http-parts.ts';
import type { HttpContext } from './operation.ts';

/** Who looks. Names are shown as seen from `worktree`. */
export type Viewer =
  | { readonly kind: 'anybody'; readonly worktree: string }
  | { readonly kind: 'session'; readonly worktree: string; readonly agentId: string; readonly sessionId: string }
  | { readonly kind: 'operator'; readonly worktree: string; readonly operator: Operator };

/** Refuses a credential that is nobody's, or no longer. */
export async function viewerOf(parts: HttpParts, c: HttpContext): Promise<Viewer | Rejection> {
  const { fleet, seat } = parts;
  const credential = c.get('credential');
  const id = seat.worktree;
  if (credential.kind === 'none') return { kind: 'anybody', worktree: id };
  if (credential.kind === 'operator') return { kind: 'operator', worktree: id, operator: credential };
  const handleHash = secretHash(fleet.seatPorts.hasher, credential.secret);
  const session = await fleet.coordinator.view({ kind: 'session', handleHash });
  if (session?.state === 'live') {
    const { worktree, agentId, sessionId } = session;
    return { kind: 'session', worktree, agentId, sessionId };
  }
  const operator = operatorWith(parts, credential.secret);
  const isToken = await fleet.coordinator.view({ kind: 'token', which: 'operator', tokenHash: handleHash });
  if (isToken) return { kind: 'operator', worktree: id, operator };
  return session === null ? nobodys() : ended(session.agentId);
}

/** Whoever shows this Bearer as an operator; the core says whether it is one. */
export function operatorWith({ fleet }: HttpParts, secret: string): Operator {
  const { hasher } = fleet.seatPorts;
  return { kind: 'operator', name: fleet.host.user, proof: { tokenHash: secretHash(hasher, secret) } };
}

/** A call for the session whose handle the request shows. */
export function callOf(c: HttpContext): Call {
  const credential = c.get('credential');
  return {
    session: credential.kind === 'bearer' ? credential.secret : undefined,
    requestId: c.req.header('idempotency-key'),
    receivedMonoMs: c.get('receivedMonoMs'),
  };
}

/** Makes a call that may wait: it is cut when whoever asked is gone, or the server stops. */
export async function waiting<T>(
  { stopping }: HttpParts,
  c: HttpContext,
  make: (call: Call) => Promise<T>,
): Promise<T> {
  const { signal: request } = c.req.raw;
  const cut = new AbortController();
  const onCut = (): void => cut.abort();
  request.addEventListener('abort', onCut);
  stopping.addEventListener('abort', onCut);
  if (request.aborted || stopping.aborted) onCut();
  try {
    return await make({ ...callOf(c), cut: cut.signal });
  } finally {
    request.removeEventListener('abort', onCut);
    stopping.removeEventListener('abort', onCut);
  }
}

export function needsSession(): Rejection {
  return reject('CREDENTIAL_REQUIRED', {
    message: 'This route needs a session.',
    next: 'Register with POST /v1/sessions, and send `Authorization: Bearer SESSION` with the handle it returns.',
  });
}

export function needsOperator(): Rejection {
  return reject('OPERATOR_REQUIRED', {
    message: 'This route needs an operator.',
    next: 'Send `Authorization: Bearer TOKEN` with the token that `brigade token operator` prints.',
  });
}

function nobodys(): Rejection {
  return reject('CREDENTIAL_WRONG', {
    message: 'This credential belongs to no session of this fleet, and is not its operator token.',
    next: 'Leave it out to look, or register with POST /v1/sessions for a handle of your own.',
  });
}

function ended(agentId: string): Rejection {
  return reject('CREDENTIAL_WRONG', {
    message: `This session of ${agentId} has ended.`,
    next: 'Register with POST /v1/sessions and this handle to go on as the same agent.',
    details: { agentId },
  });
}
