// Giving a set of resources to a session: one `lease.granted` for each lease that is new, whose log number is its fencing
// token. A lease the session holds already in a mode that covers the request keeps its token; a shared one becomes
// exclusive by a new grant that replaces it.

import type { GrantPath, Mode } from '../event.ts';
import type { Ledger } from '../ledger.ts';
import type { LeaseRow } from '../rows.ts';
import { endHandoffOf } from './end-handoff.ts';
import { covers, ownLease } from './line.ts';

export interface GrantRequest {
  readonly sessionId: string;
  readonly agentId: string;
  readonly resources: readonly string[];
  readonly mode: Mode;
  readonly ttlMs: number;
  readonly reason: string;
  readonly path: GrantPath;
  readonly ticket: string | null;
  /** Of an edit that a hook guards: what hooks took before stays the hooks'. */
  readonly isEdit?: boolean;
}

/** Grants the set inside the open group and answers all its tokens, kept ones included, in the order asked. */
export function grantSet(ledger: Ledger, request: GrantRequest): readonly number[] {
  const tokens: number[] = [];
  let firstToken: number | null = null;
  for (const resource of request.resources) {
    const own = ownLease(ledger.state, request.sessionId, resource);
    if (own !== undefined && covers(own.mode, request.mode)) {
      tokens.push(own.token);
      if (own.hook !== undefined && request.isEdit !== true) askFor(ledger, own);
      continue;
    }
    if (own !== undefined) endHandoffOf(ledger, own);
    const { seq } = ledger.emit({
      type: 'lease.granted',
      agentId: request.agentId,
      sessionId: request.sessionId,
      resource,
      mode: request.mode,
      // The lease that it replaces said until when it may be believed; this one never ends before.
      ttlMs: Math.max(request.ttlMs, own?.ttlMs ?? 0),
      path: own === undefined ? request.path : 'upgrade',
      ticket: request.ticket,
      replaces: own?.token ?? null,
      firstToken,
      reason: firstToken === null ? request.reason : '',
    });
    firstToken ??= seq;
    tokens.push(seq);
  }
  return tokens;
}

/** A hook took it, and now its agent asks for it. */
function askFor(ledger: Ledger, { agentId, sessionId, resource, token, ttlMs }: LeaseRow): void {
  ledger.emit({ type: 'lease.renewed', agentId, sessionId, resource, token, ttlMs });
}
