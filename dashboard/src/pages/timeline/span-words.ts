// A span as a sentence, and by which name it stands in an address.

import { durationText } from '../../../../src/core/view/duration-text.ts';
import type { SpokenSpan } from '../../data/types.ts';

/** Names it as long as the page shows it; the same after more was read. */
export function spanKey({ kind, token, ticket, agentId, resource, fromMs }: SpokenSpan): string {
  const name = kind === 'held' || kind === 'waited' ? (token ?? ticket ?? agentId) : `${agentId}@${fromMs}`;
  return [kind, name, resource ?? ''].join(' ');
}

/** `until`: where it goes on, up to when it is counted. */
export function spanSentence(span: SpokenSpan, until: number): string {
  const { kind, agentId, resource, mode, fromMs, toMs } = span;
  const isOver = toMs !== null;
  const ms = (toMs ?? until) - fromMs;
  const [now, then] = VERBS[kind];
  const what = resource === null ? '' : ` ${resource}${kind === 'held' && mode === 'shared' ? ' with others' : ''}`;
  const lasted = isOver ? ` for ${durationText(ms)}` : `, ${durationText(Math.floor(ms / 1_000) * 1_000)} so far`;
  return `${agentId} ${isOver ? then : now}${what}${lasted}${isOver ? endWords(span) : ''}.`;
}

const VERBS: Readonly<Record<SpokenSpan['kind'], readonly [now: string, then: string]>> = {
  held: ['holds', 'held'],
  waited: ['waits for', 'waited for'],
  offered: ['is offered', 'was offered'],
  paused: ['is paused', 'was paused'],
  live: ['has a session', 'had a session'],
};

function endWords({ end }: SpokenSpan): string {
  return end === null ? '' : `, ${END_WORDS[end] ?? `until: ${end.replaceAll('_', ' ')}`}`;
}

const END_WORDS: Readonly<Record<string, string>> = {
  released: 'and gave it back',
  undelivered: 'without having heard of it',
  expired: 'until its time ran out',
  revoked: 'until it was taken back',
  dropped: 'until its session ended',
  handoff: 'and handed it over',
  passed: 'and passed it on',
  upgrade: 'and then alone',
  granted: 'and got it',
  withdrawn: 'and gave up its place',
  timed_out: 'until its patience was over',
  deadlock: 'and gave way to break a deadlock',
  session_ended: 'until its session ended',
  lapsed: 'and did not take it in time',
  accepted: 'and took it',
  declined: 'and declined',
  lease_ended: 'until there was nothing to hand over',
  closed: 'and left',
  lost: 'until it was lost',
  resumed: 'and goes on',
  archived: 'until it was archived',
  retired: 'until it was retired',
  log_lost: 'as far as the log knows',
};
