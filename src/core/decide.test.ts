// Every command is answered, whoever gives it, and whatever it names; and only those may give it who are named here.

import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../test/support/core-fleet.ts';
import { type About, COMMAND_OPS, commandOf, NOTHING } from '../../test/support/every-command.ts';
import { EVENT_TYPES, factOf } from '../../test/support/every-fact.ts';
import { textOf, Witness } from '../../test/support/witness.ts';
import { apply } from './apply.ts';
import type { Caller, CommandOp } from './command.ts';
import { type Decision, decide } from './decide.ts';
import { allFindings } from './diagnosis/diagnose.ts';
import type { Facts } from './diagnosis/facts.ts';
import type { EventType } from './event.ts';
import { importState } from './fleet/state-image.ts';
import { emptyState, type FleetState } from './fleet-state.ts';
import { LIMITS } from './limits.ts';
import { isRejection } from './rejection.ts';
import type { Table } from './table.ts';

const OVEN = 'task:oven';
const CALLERS: Readonly<Record<Caller['kind'], Caller>> = {
  session: { kind: 'session', handleHash: 'h-ana' },
  process: { kind: 'process', sessionId: 's-ana' },
  operator: { kind: 'operator', name: 'kim', proof: 'terminal' },
  system: { kind: 'system', name: 'test' },
};
const KINDS = ['session', 'process', 'operator', 'system'] as const;
const SILENT_MS = 200_000;

/** Who may give which. Whatever else they ask for is refused, whatever it is about. */
const MAY: Readonly<Record<Caller['kind'], readonly CommandOp[]>> = {
  session: [
    'register',
    'attach',
    'close_session',
    'hear',
    'acquire',
    'await',
    'leave_wait',
    'undelivered',
    'withdraw',
    'renew',
    'release',
    'begin_edit',
    'note_edits',
    'end_turn',
    'check',
    'hand_off',
    'answer_handoff',
    'put_state',
    'check_in',
    'record_outcome',
    'recover',
    'send_message',
    'read_messages',
    'rescue',
    'note_incident',
  ],
  process: ['begin_edit', 'note_edits', 'end_turn'],
  operator: [
    'record_outcome',
    'send_message',
    'pause',
    'resume',
    'archive',
    'restore',
    'retire',
    'adopt_policy',
    'import_agent',
    'import_history',
    'revoke',
    'rescue',
    'set_token',
    'resume_granting',
    'acknowledge_alert',
    'unacknowledge_alert',
    'silence_alert',
    'note_incident',
    'close_incident',
    'retry_deliveries',
  ],
  system: [
    'register',
    'detach',
    'touch',
    'note_edits',
    'check',
    'mark_drill',
    'note_archived',
    'found',
    'move_format',
    'anchor',
    'sweep',
    'watch',
    'report_store_trouble',
    'report_clock_jump',
    'claim_delivery',
    'settle_deliveries',
    'report_break',
  ],
};

/** `recover` too, of whoever is in bounds again: that is told with check-ins. */
const REMEMBERED: readonly CommandOp[] = [
  'acknowledge_alert',
  'acquire',
  'adopt_policy',
  'answer_handoff',
  'archive',
  'check_in',
  'close_incident',
  'hand_off',
  'note_incident',
  'pause',
  'put_state',
  'record_outcome',
  'register',
  'release',
  'renew',
  'rescue',
  'restore',
  'resume',
  'retire',
  'retry_deliveries',
  'revoke',
  'send_message',
  'set_token',
  'silence_alert',
  'unacknowledge_alert',
  'withdraw',
];

/** Who registers again may have lost the handle too, and who waits goes on waiting. */
const AGAIN: ReadonlySet<EventType> = new Set(['session.handle_renewed', 'wait.parked']);

/** What a repeat tells as it is then, and not as it was. */
const NOW: Partial<Readonly<Record<CommandOp, object>>> = {
  release: { promoted: [] },
  revoke: { promoted: [] },
  archive: { leases: 0 },
  retire: { leases: 0 },
  rescue: { done: [], events: [], leftOut: 0 },
};

/** Ana holds the oven and is silent, bo waits for it, and cy has offered ana the sink. There is an alert, and an incident. */
function kitchen(): CoreFleet {
  const fleet = new CoreFleet({ alerts: { deliver: [{ name: 'pager', kind: 'desktop' }] } });
  for (const agent of ['ana', 'bo', 'cy']) fleet.join(agent);
  fleet.acquire('ana', [OVEN], { reason: 'bread' });
  fleet.acquire('bo', [OVEN], { waitMs: LIMITS.waitMaxMs });
  fleet.says('bo', { op: 'send_message', to: 'ana', kind: 'info', text: 'so', replyTo: null, resource: null });
  const said = { complexity: null, confidence: null, outcomes: [], plan: null, parameters: null };
  fleet.says('ana', { op: 'check_in', summary: 'so', digest: 'so', ...said });
  fleet.atMs = SILENT_MS;
  fleet.acquire('cy', ['task:sink']);
  const { token = 0 } = [...fleet.state.leases.rows()].at(-1) ?? {};
  fleet.says('cy', { op: 'hand_off', resource: 'task:sink', token, to: 'ana' });
  fleet.system({ op: 'watch' });
  return fleet;
}

function firstOf<Row>(table: Table<Row>): Row {
  for (const row of table.rows()) return row;
  throw new Error(`there is nothing in ${table.spec.name}`);
}

/** Nothing is known of processes, of the store and of the desk. */
const nothingElse: Pick<Facts, 'presence' | 'own'> = { presence: () => 'unknown', own: { store: null, desk: null } };

/** What there is in the kitchen. */
function thingsIn({ state, atMs }: CoreFleet): About {
  const [finding] = allFindings({ ...nothingElse, state, at: atMs });
  if (finding === undefined) throw new Error('nothing is wrong');
  return {
    agentId: 'ana',
    sessionId: 's-ana',
    resource: OVEN,
    token: firstOf(state.leases).token,
    ticket: firstOf(state.tickets).ticket,
    offer: firstOf(state.handoffs).offer,
    checkInId: firstOf(state.checkIns).checkInId,
    messageId: firstOf(state.messages).messageId,
    alert: firstOf(state.alerts).alert,
    incident: firstOf(state.incidents).incident,
    finding: finding.id,
    target: 'pager',
  };
}

function codeOf({ answer }: Decision): string {
  return isRejection(answer) ? answer.code : 'taken';
}

function foldedOn(state: FleetState, groups: Decision['groups']): string {
  const witness = new Witness(copyOf(state));
  witness.take(groups.flat());
  return witness.verify();
}

const moment = { at: SILENT_MS, wallAt: '2025-11-19T23:25:00.000Z' };

function copyOf(state: FleetState): FleetState {
  return importState(JSON.parse(textOf(state)));
}

describe('every command', () => {
  const full = kitchen();
  const things = thingsIn(full);
  const states: Readonly<Record<string, FleetState>> = {
    'of a log without a fleet': emptyState(),
    'of a fleet in which nobody is': new CoreFleet().state,
    'of a fleet that is at work': full.state,
    ...Object.fromEntries(
      (['pause', 'archive', 'retire'] as const).map((op) => {
        const fleet = kitchen();
        fleet.operator({ op, agentId: 'ana', reason: 'so' });
        return [`of a fleet in which an operator said ${op}`, fleet.state];
      }),
    ),
  };

  it.each(Object.entries(states))('%s is answered, and what was decided is what its events say', (_, state) => {
    const image = textOf(state);
    for (const op of COMMAND_OPS) {
      for (const kind of KINDS) {
        for (const about of [things, NOTHING]) {
          const command = commandOf(op, CALLERS[kind], about);
          const { groups, draft } = decide(state, command, moment);
          expect(textOf(draft), `${op} by ${kind}`).toBe(groups.length === 0 ? image : foldedOn(state, groups));
          const foreseen = decide(state, { ...command, dryRun: true }, moment);
          expect([foreseen.groups, textOf(foreseen.draft)], `${op} by ${kind}, dry`).toEqual([[], image]);
        }
      }
    }
    expect(textOf(state)).toBe(image);
  });

  it('is answered also where all that can happen has happened', () => {
    const known = { actor: 'ana', agentId: 'ana', sessionId: 's-ana', resource: OVEN, token: 1 };
    const about = { ...things, ticket: 't1', offer: 'h1', checkInId: 'c1', messageId: 'm1', alert: 1, incident: 1 };
    const begun = EVENT_TYPES.filter((type) => type !== 'fleet.moved' && type !== 'epoch.started');
    for (const types of [begun, begun.toReversed(), [...begun.toReversed(), ...begun]]) {
      const state = emptyState();
      for (const [n, type] of types.entries()) apply(state, factOf(type, n + 1, known));
      for (const op of COMMAND_OPS) {
        for (const kind of KINDS)
          expect(() => decide(state, commandOf(op, CALLERS[kind], about), moment), `${op} by ${kind}`).not.toThrow();
      }
      expect(() => allFindings({ ...nothingElse, state, at: SILENT_MS })).not.toThrow();
    }
  });

  it('may be given by those alone who are named here', () => {
    const others = (kind: Caller['kind'], code: string): readonly CommandOp[] =>
      COMMAND_OPS.filter((op) => codeOf(decide(full.state, commandOf(op, CALLERS[kind], things), moment)) === code);
    for (const kind of KINDS) {
      const refused = [...others(kind, 'CREDENTIAL_REQUIRED'), ...others(kind, 'OPERATOR_REQUIRED')];
      expect([kind, COMMAND_OPS.filter((op) => !refused.includes(op))]).toEqual([kind, MAY[kind]]);
    }
    const needOperator = others('system', 'OPERATOR_REQUIRED');
    expect(others('session', 'OPERATOR_REQUIRED')).toEqual(needOperator);
    expect(needOperator).toEqual(MAY.operator.filter((op) => !MAY.session.includes(op)));
  });

  it('that is remembered by its request is carried out once, and answered like the first time', () => {
    const callers = [...KINDS.map((kind) => CALLERS[kind]), { kind: 'session', handleHash: 'h-bo' } as const];
    const acknowledged = kitchen();
    acknowledged.operator({ op: 'acknowledge_alert', alert: things.alert, note: 'so' });
    const remembered = new Set<CommandOp>();
    for (const state of [...Object.values(states), acknowledged.state]) {
      for (const op of COMMAND_OPS) {
        for (const by of callers) {
          const command = commandOf(op, by, things);
          const first = decide(state, command, moment);
          if (![...first.draft.requests.rows()].some(({ requestId }) => requestId === command.requestId)) continue;
          remembered.add(op);
          const { groups, answer } = decide(first.draft, command, moment);
          const logged = groups.flat().map(({ type }) => type);
          expect([op, logged.filter((type) => !AGAIN.has(type))]).toEqual([op, []]);
          expect([op, answer]).toEqual([op, { ...first.answer, ...NOW[op] }]);
          const other = decide(first.draft, { ...command, bodyHash: 'another' }, moment);
          expect([op, codeOf(other)]).toEqual([op, 'REQUEST_REUSED']);
        }
      }
    }
    expect([...remembered].toSorted()).toEqual(REMEMBERED);
  });
});
