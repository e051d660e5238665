// A fleet of decisions alone whose processes are as the test says they are, for diagnosis and rescue.

import type { RescueCommand } from '../../src/core/command.ts';
import type { Decision } from '../../src/core/decide.ts';
import { type Diagnosis, diagnose, type Subject } from '../../src/core/diagnosis/diagnose.ts';
import type { Finding, FindingCode, OwnTrouble } from '../../src/core/diagnosis/finding.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { RescueReply } from '../../src/core/reply.ts';
import type { SeenSession } from '../../src/core/rescue/seen.ts';
import type { TicketRow } from '../../src/core/rows.ts';
import type { Presence } from '../../src/core/view/views.ts';
import { CoreFleet } from './core-fleet.ts';

const ALL_WELL: OwnTrouble = { store: null, desk: null };
/** As long as a wait may be. */
const LONG_MS = 600_000;

export class WatchedFleet extends CoreFleet {
  readonly presence = new Map<string, Presence>();

  /** Each with one process, there and running. */
  come(...agents: readonly string[]): this {
    for (const agent of agents) {
      this.join(agent, `s-${agent}`, 100 + this.presence.size);
      this.presence.set(`s-${agent}`, 'alive');
    }
    return this;
  }

  /** `agent` holds what `others` wait for. */
  queue(agent: string, resource: string, ...others: readonly string[]): this {
    this.acquire(agent, [resource]);
    for (const other of others) this.acquire(other, [resource], { waitMs: LONG_MS });
    return this;
  }

  /** A call that is activity and nothing else. */
  look(agent: string): void {
    this.says(agent, { op: 'read_messages', after: null, seen: 0, limit: 1, waitMs: 0 });
  }

  diagnosis(subject: Subject | null = null, own = ALL_WELL): Diagnosis {
    const presence = (sessionId: string): Presence => this.presence.get(sessionId) ?? 'unknown';
    return diagnose({ state: this.state, at: this.atMs, presence, own }, subject);
  }

  findings(subject: Subject | null = null): readonly Finding[] {
    return this.diagnosis(subject).findings;
  }

  codes(): readonly FindingCode[] {
    return this.findings().map(({ code }) => code);
  }

  found(code: FindingCode): Finding {
    const found = this.findings().find((finding) => finding.code === code);
    if (found === undefined) throw new Error(`no ${code}: ${this.codes().join(' ')}`);
    return found;
  }

  /** By the agent; null is an operator. */
  rescue(
    agent: string | null,
    finding: string,
    ask: {
      readonly dryRun?: boolean;
      readonly requestId?: string;
      readonly seen?: readonly SeenSession[];
    } & Pick<RescueCommand, 'do' | 'to'> = {},
  ): Decision {
    const { dryRun = false, requestId, seen = this.seen(), ...chosen } = ask;
    const asked = { op: 'rescue', finding, reason: 'the others wait', seen, ...chosen } as const;
    const command = { ...asked, ...(dryRun ? { dryRun } : {}) };
    return agent === null ? this.operator(command, requestId) : this.says(agent, command, requestId);
  }

  /** What a coordinator of this host would see of every process. */
  seen(): readonly SeenSession[] {
    return [...this.state.sessions.rows()].map(({ sessionId, attachments }) => {
      const presence = this.presence.get(sessionId) ?? 'unknown';
      const attachmentIds = attachments.map(({ attachmentId }) => attachmentId);
      const gone = presence === 'gone' ? attachments : [];
      const dead = gone.map(({ attachmentId, pid }) => ({ attachmentId, evidence: `process ${pid} (mcp) is gone` }));
      return { sessionId, presence, attachmentIds, dead };
    });
  }
}

export function watched(...agents: readonly string[]): WatchedFleet {
  return new WatchedFleet().come(...agents);
}

export function tokenOf(fleet: CoreFleet, agent: string): number {
  for (const lease of fleet.state.leases.rows()) if (lease.agentId === agent) return lease.token;
  throw new Error(`${agent} holds nothing`);
}

export function ticketOf(fleet: CoreFleet, agent: string): TicketRow {
  for (const ticket of fleet.state.tickets.rows()) if (ticket.agentId === agent) return ticket;
  throw new Error(`${agent} waits for nothing`);
}

/** What a rescue did; throws when it was refused. */
export function rescued({ answer }: Decision): RescueReply {
  if (isRejection(answer)) throw new Error(`${answer.code}: ${answer.message}`);
  if (answer.op !== 'rescue') throw new Error(`answered ${answer.op}`);
  return answer;
}
