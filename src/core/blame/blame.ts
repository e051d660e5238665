// Who held a file, and who changed it, from the log: leases of everything that covers it (its folder, a pattern, the whole
// tree, a symbol in it), and edits as they were told. A file may have had several names; it is the same in every worktree.
//
// Fed with events in the order of the log, from any beginning: what was held before it is not known.

import type { EventOf, EventType, FleetEvent, Mode } from '../event.ts';
import { parsed } from '../lease/parsed.ts';
import { keysConflict } from '../resource/conflict.ts';
import type { ParsedKey } from '../resource/parsed-key.ts';

export type HoldEnd = 'released' | 'expired' | 'revoked' | 'dropped' | 'replaced';

export interface Hold {
  readonly kind: 'hold';
  readonly seq: number;
  readonly agentId: string;
  readonly sessionId: string;
  readonly resource: string;
  readonly token: number;
  readonly mode: Mode;
  readonly reason: string;
  readonly fromAt: string;
  /** Null as long as nothing was told of its end. */
  readonly end: { readonly at: string; readonly how: HoldEnd } | null;
  /** Edits of the file under it. */
  readonly edits: number;
}

export interface Edit {
  readonly kind: 'edit';
  readonly seq: number;
  /** Null: no session of the fleet is known to have done it. */
  readonly agentId: string | null;
  readonly sessionId: string | null;
  /** The sub-agent, where its client told it. */
  readonly label: string | null;
  readonly resource: string;
  readonly tool: string;
  readonly via: EventOf<'file.edited'>['via'];
  /** The lease under which it was done. */
  readonly token: number | null;
  /** The lease of somebody else beside which it was done. */
  readonly beside: number | null;
  readonly at: string;
}

const ENDS: Readonly<Partial<Record<EventType, HoldEnd>>> = {
  'lease.released': 'released',
  'lease.expired': 'expired',
  'lease.revoked': 'revoked',
  'lease.dropped': 'dropped',
};

export class Blame {
  readonly #names: readonly ParsedKey[];
  readonly #holds = new Map<number, Hold>();
  readonly #edits: Edit[] = [];
  /** Only the first lease of a set tells the reason of all. */
  readonly #reasons = new Map<number, string>();
  #foldsCase = false;

  /** `names`: keys of the file, one for each name it had, in the space that every worktree shares. */
  constructor(names: readonly string[]) {
    this.#names = names.map(parsed);
  }

  get holds(): readonly Hold[] {
    return [...this.#holds.values()];
  }

  get edits(): readonly Edit[] {
    return this.#edits;
  }

  take(event: FleetEvent): void {
    switch (event.type) {
      case 'names.folded':
        this.#foldsCase = true;
        return;
      case 'lease.granted':
        this.#granted(event);
        return;
      case 'file.edited':
        this.#edited(event);
        return;
      default: {
        const how = ENDS[event.type];
        if (how !== undefined && event.token !== undefined) this.#ended(event.token, { at: event.wallAt, how });
      }
    }
  }

  #granted({
    seq,
    agentId,
    sessionId,
    resource,
    mode,
    reason,
    firstToken,
    replaces,
    wallAt,
  }: EventOf<'lease.granted'>): void {
    if (replaces !== null) this.#ended(replaces, { at: wallAt, how: 'replaced' });
    if (reason !== '') this.#reasons.set(seq, reason);
    if (resource === undefined || agentId === undefined || sessionId === undefined || !this.#isMeant(resource)) return;
    const told = reason === '' ? (this.#reasons.get(firstToken ?? seq) ?? '') : reason;
    const hold = { seq, agentId, sessionId, resource, token: seq, mode, reason: told, fromAt: wallAt };
    this.#holds.set(seq, { kind: 'hold', ...hold, end: null, edits: 0 });
  }

  #ended(token: number, end: NonNullable<Hold['end']>): void {
    this.#reasons.delete(token);
    const hold = this.#holds.get(token);
    if (hold?.end === null) this.#holds.set(token, { ...hold, end });
  }

  #edited(event: EventOf<'file.edited'>): void {
    const { seq, resource, agentId = null, sessionId = null, label, tool, via, token = null, beside, wallAt } = event;
    if (resource === undefined || !this.#isMeant(resource)) return;
    const hold = token === null ? undefined : this.#holds.get(token);
    if (hold !== undefined) this.#holds.set(hold.token, { ...hold, edits: hold.edits + 1 });
    this.#edits.push({ kind: 'edit', seq, agentId, sessionId, label, resource, tool, via, token, beside, at: wallAt });
  }

  #isMeant(resource: string): boolean {
    const key = parsed(resource);
    return key.form !== 'name' && this.#names.some((name) => keysConflict(name, key, this.#foldsCase));
  }
}
