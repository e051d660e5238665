// One command of every kind, about things that there are or that there are none of.

import type { Caller, Command, CommandOp } from '../../src/core/command.ts';
import { registration } from './registration.ts';

/** What commands are about. */
export interface About {
  readonly agentId: string;
  readonly sessionId: string;
  readonly resource: string;
  readonly token: number;
  readonly ticket: string;
  readonly offer: string;
  readonly checkInId: string;
  readonly messageId: string;
  readonly alert: number;
  readonly incident: number;
  readonly finding: string;
  readonly target: string;
}

/** Nothing of this is anywhere. */
export const NOTHING: About = {
  agentId: 'nobody',
  sessionId: 's-nobody',
  resource: 'task:nothing',
  token: 9_000,
  ticket: 't9000',
  offer: 'h9000',
  checkInId: 'c9000',
  messageId: 'm9000',
  alert: 9_000,
  incident: 9_000,
  finding: 'silent_holder:task:nothing:9000',
  target: 'none',
};

type Asked<C> = Omit<C, 'op' | 'by' | 'requestId' | 'bodyHash'>;
type AskOf<Op extends CommandOp> = Command extends infer C
  ? C extends Command
    ? Op extends C['op']
      ? Asked<C>
      : never
    : never
  : never;

const attachment = { attachmentId: 'a9', placeId: 'p_here', pid: 9, startTime: 'start', kind: 'mcp' };
const worker = { id: 'w1', placeId: 'p_here', pid: 9, startTime: 'start' };
const edit = { tool: 'Edit', label: null } as const;
const segment = { firstSeq: 1, lastSeq: 1, hashBefore: '0', hashAfter: 'f', file: 'f1/1-1.ndjson.gz' };

function asked(about: About): { readonly [Op in CommandOp]: AskOf<Op> } {
  const { agentId, sessionId, resource, token, ticket, offer, checkInId, messageId, alert, incident, finding, target } =
    about;
  const lease = { resource, token };
  const become = { agentId, reason: 'so' };
  const { op: _, ...register } = registration('dee');
  return {
    register,
    attach: { attachment },
    detach: { sessionId, attachmentId: 'a9', cause: 'dead', evidence: 'so' },
    close_session: { why: 'so' },
    touch: { sessionIds: [sessionId] },
    hear: {},
    acquire: { resources: [resource], mode: 'exclusive', waitMs: 1_000, ttlMs: 60_000, reason: 'so', priority: 0 },
    await: { ticket, waitMs: 1_000 },
    leave_wait: { ticket },
    undelivered: { ticket },
    withdraw: { ticket },
    renew: { leases: [lease], ttlMs: null },
    release: { leases: [lease] },
    begin_edit: { ...edit, resources: [resource], reason: 'so' },
    note_edits: { ...edit, resources: [resource], via: 'hook', sessionId },
    end_turn: { label: null },
    check: lease,
    hand_off: { ...lease, to: agentId },
    answer_handoff: { offer, answer: 'accept' },
    put_state: { key: 'menu', value: 1, condition: lease },
    check_in: {
      summary: 'so',
      digest: 'so',
      complexity: null,
      confidence: null,
      outcomes: [],
      plan: null,
      parameters: null,
    },
    record_outcome: { checkInId, kind: 'tests', ok: true, evidence: 'so' },
    recover: { reflection: 'so' },
    send_message: { to: agentId, kind: 'info', text: 'so', replyTo: messageId, resource: null },
    read_messages: { after: null, seen: 0, limit: 10, waitMs: 0 },
    pause: become,
    resume: become,
    archive: become,
    restore: become,
    retire: become,
    adopt_policy: { policy: { onPause: 'release' }, reason: 'so' },
    import_agent: {
      agentId,
      lifecycle: 'active',
      createdWallAt: null,
      tags: [],
      notes: '',
      record: {},
      digest: 'd',
      source: 'so',
    },
    import_history: { agentId, source: 'so', columns: ['E'], rows: [['1']], lines: [2], after: 0, digest: 'd' },
    revoke: { ...lease, reason: 'so' },
    rescue: { finding, reason: 'so', seen: [] },
    set_token: { kind: 'join', tokenHash: 'h' },
    resume_granting: { reason: 'so' },
    mark_drill: { label: 'so', note: 'so' },
    note_archived: { segment },
    found: { fleetId: 'f2' },
    move_format: {},
    anchor: { placeId: 'p_here', bootId: 'b1', host: 'kitchen', anchorAt: 5, anchorMonoMs: 7, why: 'so' },
    sweep: {},
    watch: {},
    report_store_trouble: { host: 'kitchen', code: 'STORE_UNAVAILABLE', message: 'so', lastedMs: 60_000 },
    report_clock_jump: { placeId: 'p_here', host: 'kitchen', jumpMs: 60_000 },
    acknowledge_alert: { alert, note: 'so' },
    unacknowledge_alert: { alert, note: 'so' },
    silence_alert: { alert, forMs: 60_000, note: 'so' },
    note_incident: { incident, text: 'so' },
    close_incident: { incident, text: 'so' },
    claim_delivery: { target, worker, gone: null, release: false },
    settle_deliveries: {
      target,
      worker: worker.id,
      outcomes: [{ message: alert, result: 'delivered', detail: '', retryAfterMs: null, jitter: 0 }],
    },
    retry_deliveries: { target },
    report_break: { invariant: 'one_holder', detail: 'so' },
  };
}

export const COMMAND_OPS = Object.keys(asked(NOTHING)) as readonly CommandOp[];

/** The command of this kind, of this caller. */
export function commandOf(op: CommandOp, by: Caller, about: About, requestId = 'r-one'): Command {
  const ask = asked(about)[op];
  return { ...ask, op, by, requestId, bodyHash: JSON.stringify(ask) } as unknown as Command;
}
