// Checking in, outcomes, and the way back from a pause.
//
//   check_in ─> the estimator that policy names ─> verdict ─┬─ proceed, guide: recorded
//                                                           └─ pause: recorded, and `agent.paused` in the same group
//
// While an agent is paused its estimator goes on moving, but the verdict stays `pause`: only `recover` or an operator ends it.

import { pauseOf } from '../agent/pause.ts';
import type { CheckInCommand, RecordOutcomeCommand, RecoverCommand } from '../command.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { type Rejection, reject } from '../rejection.ts';
import type { Answer, CheckInReply } from '../reply.ts';
import { utf8Bytes } from '../resource/key-text.ts';
import type { AgentRow, ConductRow, KnownCheckIn, SessionRow } from '../rows.ts';
import { fullStop } from '../view/full-stop.ts';
import type { EstimatorFacts, Reason, Verdict } from './check-in.ts';
import { isEisvInBounds, judgeEisv } from './eisv/judge-eisv.ts';
import { calibrationOf } from './evidence/calibration.ts';
import { evidenceInBounds, judgeEvidence } from './evidence/judge-evidence.ts';
import { type EffectivePolicy, policyFor } from './policy.ts';

/** What an estimator says of one check-in. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Those of the verdict first. */
  readonly reasons: readonly Reason[];
  readonly facts: EstimatorFacts;
}

export function checkIn(ledger: Ledger, command: CheckInCommand, session: SessionRow): Answer {
  const invalid = checkTexts(command) ?? checkNumbers(command);
  if (invalid !== null) return invalid;
  const { agentId, sessionId } = session;
  const policy = policyOf(ledger.state, agentId);
  const judged = judge(ledger, command, agentId, policy);
  const paused = pauseOf(ledger.state, agentId);
  const verdict = paused === null ? judged.verdict : 'pause';
  const reasons = paused === null ? judged.reasons : [stillPaused(paused), ...judged.reasons];
  const next = nextStep(reasons);
  const checkInId = `c${ledger.seq + 1}`;
  const { summary, digest, complexity, confidence, outcomes, plan } = command;
  ledger.group(() => {
    ledger.emit({
      type: 'checkin.recorded',
      agentId,
      sessionId,
      checkInId,
      summary,
      digest,
      complexity,
      confidence,
      outcomes,
      plan,
      verdict,
      reasons,
      next,
      estimator: judged.facts,
    });
    if (verdict === 'pause' && paused === null) pauseByPolicy(ledger, agentId, judged.reasons, policy.onPause);
  });
  const updates = ledger.state.conduct.get(agentId)?.updates ?? 1;
  return {
    op: 'check_in',
    checkInId: command.dryRun === true ? null : checkInId,
    verdict,
    reasons,
    next,
    updates,
    estimator: judged.facts,
  };
}

/** Anybody who works here may say what became of a piece of work; the log keeps who said it. */
export function recordOutcome(
  ledger: Ledger,
  command: RecordOutcomeCommand,
  by: Pick<SessionRow, 'agentId' | 'sessionId'> | null,
): Answer {
  const { checkInId, kind, ok, evidence } = command;
  const invalid = checkOutcomes([{ kind, ok, evidence }]);
  if (invalid !== null) return invalid;
  const about = ledger.state.checkIns.get(checkInId)?.agentId;
  const row =
    about === undefined ? undefined : checkInsOf(ledger.state, about).find((each) => each.checkInId === checkInId);
  if (about === undefined || row === undefined) return unknownCheckIn(checkInId);
  const isKnownKind = row.outcomes.some((known) => known.kind === kind);
  if (!isKnownKind && row.outcomes.length >= LIMITS.outcomesPerCheckIn) {
    return reject('QUEUE_FULL', {
      message: `${checkInId} has outcomes of ${LIMITS.outcomesPerCheckIn} kinds already.`,
      next: 'Record one of those kinds again to replace it.',
    });
  }
  const who = by === null ? {} : { agentId: by.agentId, sessionId: by.sessionId };
  ledger.emit({ type: 'outcome.recorded', ...who, checkInId, about, kind, ok, evidence });
  return outcomeReply(ledger.state, checkInId, about);
}

/** The repeat of a recorded outcome: calibration as it stands now. */
export function repeatOutcome(state: FleetState, { checkInId }: RecordOutcomeCommand): Answer {
  const about = state.checkIns.get(checkInId)?.agentId;
  return about === undefined ? unknownCheckIn(checkInId) : outcomeReply(state, checkInId, about);
}

/** Ends the agent's own pause when its state is back in bounds; an operator's pause only an operator ends. */
export function recover(ledger: Ledger, command: RecoverCommand, session: SessionRow): Answer {
  if (command.reflection.trim() === '' || utf8Bytes(command.reflection) > LIMITS.textBytes) {
    return reject('INVALID_ARGUMENT', {
      message: `recover needs a reflection, of at most ${LIMITS.textBytes} bytes.`,
      next: 'Write what went wrong and what you will do differently; people read it.',
    });
  }
  const { agentId, sessionId } = session;
  const agent = ledger.state.agents.get(agentId);
  const pause = pauseOf(ledger.state, agentId);
  if (agent === undefined || pause === null) return { op: 'recover', resumed: false, reasons: [notPaused()] };
  const reasons = standingAgainst(ledger.state, agent, ledger.at);
  if (reasons.length > 0) return { op: 'recover', resumed: false, reasons };
  ledger.emit({ type: 'agent.resumed', agentId, sessionId, by: 'recover', reason: command.reflection });
  return { op: 'recover', resumed: true, reasons: [] };
}

/** Why `recover` would not resume this paused agent now; empty when it would. */
export function standingAgainst(state: FleetState, agent: AgentRow, at: Instant): readonly Reason[] {
  if (agent.pause?.by === 'operator') return [pausedByOperator(agent.pause.actor, agent.pause.reason)];
  const { agentId } = agent;
  const policy = policyOf(state, agentId);
  const conduct = state.conduct.get(agentId) ?? newConduct(agentId);
  if (policy.estimator === 'eisv-v1') return isEisvInBounds(conduct.eisv);
  return evidenceInBounds({ checkIns: checkInsOf(state, agentId), conduct, policy: policy.evidence, at });
}

/** What is known of the check-ins of an agent, oldest first. */
export function checkInsOf(state: FleetState, agentId: string): readonly KnownCheckIn[] {
  return state.conduct.get(agentId)?.recent ?? [];
}

export function newConduct(agentId: string): ConductRow {
  return {
    agentId,
    updates: 0,
    verdicts: { proceed: 0, guide: 0, pause: 0 },
    last: null,
    plan: null,
    recent: [],
    lost: [],
    counts: { expired: 0, revoked: 0, deadlocks: 0 },
    eisv: null,
  };
}

function judge(ledger: Ledger, command: CheckInCommand, agentId: string, policy: EffectivePolicy): Judgement {
  const conduct = ledger.state.conduct.get(agentId) ?? newConduct(agentId);
  if (policy.estimator === 'eisv-v1') return judgeEisv(conduct.eisv, command);
  const { digest, confidence, outcomes } = command;
  const current = { digest, confidence, outcomes };
  const checkIns = [...checkInsOf(ledger.state, agentId), current];
  const resumed = lastResumed(ledger.state, agentId);
  return judgeEvidence({ checkIns, conduct, policy: policy.evidence, at: ledger.at, resumed });
}

/** When `recover` or an operator let it go on; coming back from the archive by itself is no such word. */
function lastResumed(state: FleetState, agentId: string): AgentRow['change'] {
  const agent = state.agents.get(agentId);
  return agent?.lifecycle === 'active' && agent.change?.by !== 'return' ? agent.change : null;
}

function pauseByPolicy(ledger: Ledger, agentId: string, reasons: readonly Reason[], leases: 'keep' | 'release'): void {
  const reason = reasons.map(({ message }) => message).join(' ');
  ledger.as('brigade', () =>
    ledger.emit({ type: 'agent.paused', agentId, by: 'policy', was: 'active', reason, reasons, leases }),
  );
}

function policyOf(state: FleetState, agentId: string): EffectivePolicy {
  return policyFor(state.fleet?.policy?.content ?? null, agentId);
}

function outcomeReply(state: FleetState, checkInId: string, agentId: string): Answer {
  return { op: 'record_outcome', checkInId, agentId, calibration: calibrationOf(checkInsOf(state, agentId)) };
}

/** Every other verdict than to proceed has a reason. */
function nextStep([first]: readonly Reason[]): string {
  return first?.next ?? 'Go on, and check in again after the next piece of work.';
}

function stillPaused({ actor, reason, wallAt }: NonNullable<AgentRow['pause']>): Reason {
  return {
    code: 'PAUSED',
    message: `You are paused since ${wallAt} by ${actor}: ${fullStop(reason)}`,
    numbers: {},
    next: 'Change what led to it, check in as you do, then call recover with what you learned; or ask an operator.',
  };
}

function pausedByOperator(actor: string, reason: string): Reason {
  return {
    code: 'PAUSED_BY_OPERATOR',
    message: `${actor} paused you: ${fullStop(reason)}`,
    numbers: {},
    next: 'Ask the person you work for; only an operator resumes you.',
  };
}

function notPaused(): Reason {
  return { code: 'NOT_PAUSED', message: 'You are not paused.', numbers: {}, next: 'Go on with your work.' };
}

function unknownCheckIn(checkInId: string): Rejection {
  return reject('UNKNOWN_CHECKIN', {
    message: `There is no check-in ${JSON.stringify(checkInId.slice(0, 40))} that could be told its outcome.`,
    next: `Use the checkInId that check_in answered; the last ${LIMITS.checkInsPerAgent} of an agent are known.`,
    details: { checkInId: checkInId.slice(0, 40) },
  });
}

function checkTexts({ summary, outcomes, plan }: CheckInCommand): Rejection | null {
  for (const [name, text] of [
    ['summary', summary],
    ['plan.goal', plan?.goal ?? ''],
    ['plan.task', plan?.task ?? ''],
  ] as const) {
    if (utf8Bytes(text) > LIMITS.textBytes) return tooLarge(name);
  }
  return checkOutcomes(outcomes);
}

function checkOutcomes(outcomes: CheckInCommand['outcomes']): Rejection | null {
  const kinds = new Set(outcomes.map(({ kind }) => kind));
  if (kinds.size < outcomes.length)
    return invalidArgument('outcomes', 'names a kind twice', 'Give one outcome for each kind.');
  if (outcomes.length > LIMITS.outcomesPerCheckIn)
    return invalidArgument('outcomes', `has ${outcomes.length} entries`, `Give at most ${LIMITS.outcomesPerCheckIn}.`);
  for (const { kind, evidence } of outcomes) {
    if (kind.trim() === '' || utf8Bytes(kind) > LIMITS.outcomeKindBytes)
      return invalidArgument(
        'kind',
        `is empty or longer than ${LIMITS.outcomeKindBytes} bytes`,
        'Name it tests, build, review ...',
      );
    if (utf8Bytes(evidence) > LIMITS.textBytes) return tooLarge('evidence');
  }
  return null;
}

function checkNumbers({ complexity, confidence, parameters }: CheckInCommand): Rejection | null {
  for (const [name, value] of [
    ['complexity', complexity],
    ['confidence', confidence],
  ] as const) {
    if (value !== null && !(value >= 0 && value <= 1))
      return invalidArgument(name, `is ${value}`, `Give ${name} as a number from 0 to 1.`);
  }
  if (parameters !== null && parameters.length > LIMITS.parametersGiven)
    return invalidArgument('parameters', `has ${parameters.length} numbers`, `Give at most ${LIMITS.parametersGiven}.`);
  return null;
}

function tooLarge(name: string): Rejection {
  return reject('TOO_LARGE', { message: `${name} is longer than ${LIMITS.textBytes} bytes.`, next: 'Shorten it.' });
}

function invalidArgument(name: string, problem: string, next: string): Rejection {
  return reject('INVALID_ARGUMENT', { message: `${name} ${problem}.`, next, details: { path: name } });
}

/** The answer as a repeat finds it: everything but what a repeat knows itself. */
export type RememberedCheckIn = Omit<CheckInReply, 'op'>;
