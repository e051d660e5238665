// Every setting that a policy has: what it means, why its default is what it is, and between which numbers it may lie.
// Whatever checks, explains or documents a setting has it from here.

import { LIMITS } from '../limits.ts';
import type { AgentPolicy, EvidencePolicy } from './policy.ts';

export type SettingName =
  | 'estimator'
  | 'onPause'
  | 'silentSessionMs'
  | `evidence.${keyof EvidencePolicy}`
  | 'archive.silentMs';

/** Null: never. */
export type SettingValue = string | number | null;

export interface SettingFacts {
  readonly means: string;
  /** Why the default is what it is. */
  readonly why: string;
  /** Smallest and largest number; absent where there is a choice of words. */
  readonly range?: readonly [number, number];
}

const CHECK_INS = LIMITS.checkInsPerAgent;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export const POLICY_SETTINGS: Readonly<Record<SettingName, SettingFacts>> = {
  estimator: {
    means: 'Who judges check-ins: evidence (what was reported, and what came of it) or eisv-v1 (as in November 2025).',
    why: 'It judges only what was reported and what came of it; the other one is a heuristic kept for comparison.',
  },
  onPause: {
    means: 'What becomes of the leases of an agent that is paused: keep them until their TTL, or release them at once.',
    why: 'A pause is often short; work that is half done under a lock should not be overtaken because of it.',
  },
  silentSessionMs: {
    means:
      'A session over HTTP, which has no process to be seen, ends after this silence, in milliseconds; not while it holds something.',
    why: 'Long enough for a person who fetches coffee, short enough that whoever never comes back leaves nothing behind.',
    range: [LIMITS.silentSessionMinMs, DAY_MS],
  },
  'evidence.minCheckIns': {
    means: 'Check-ins before an agent is judged at all.',
    why: 'One or two reports show nothing of how an agent works.',
    range: [1, CHECK_INS],
  },
  'evidence.minLabels': {
    means: 'Check-ins with a stated confidence and a recorded outcome before calibration is judged.',
    why: 'Below ten labels a Brier score is mostly luck.',
    range: [1, CHECK_INS],
  },
  'evidence.guideBrier': {
    means: 'Guide above this Brier score: the mean squared distance of stated confidence from what came of it.',
    why: 'It is what somebody scores who always says fifty-fifty; worse than that misleads whoever relies on it.',
    range: [0, 1],
  },
  'evidence.guideFailures': {
    means: 'Guide at this many failed check-ins in a row.',
    why: 'Twice is an accident, three times a pattern.',
    range: [1, CHECK_INS],
  },
  'evidence.pauseFailures': {
    means: 'Pause at this many failed check-ins in a row.',
    why: 'It heard of it at three; at five somebody should look.',
    range: [1, CHECK_INS],
  },
  'evidence.guideEqual': {
    means: 'Guide at this many equal summaries among the last guideEqualOf.',
    why: 'Progress reads differently each time; three times the same in ten is worth a word.',
    range: [2, CHECK_INS],
  },
  'evidence.guideEqualOf': {
    means: 'Check-ins that guideEqual looks back over.',
    why: 'Work that has moved on for ten reports is no loop.',
    range: [2, CHECK_INS],
  },
  'evidence.pauseEqual': {
    means: 'Pause at this many equal summaries among the last pauseEqualOf.',
    why: 'Six in twenty is a loop that the word at three did not end.',
    range: [2, CHECK_INS],
  },
  'evidence.pauseEqualOf': {
    means: 'Check-ins that pauseEqual looks back over.',
    why: 'Twice as far as the word before it, so that a slow loop is seen too.',
    range: [2, CHECK_INS],
  },
  'evidence.pauseLostLeases': {
    means: 'Pause at this many leases that ran out or were revoked within lostLeasesMs.',
    why: 'Who loses leases again and again endangers what they protect.',
    range: [1, LIMITS.lostLeases],
  },
  'evidence.lostLeasesMs': {
    means: 'The time over which pauseLostLeases counts, in milliseconds.',
    why: 'Within an hour it is one piece of work; over a day it is three accidents.',
    range: [MINUTE_MS, 30 * DAY_MS],
  },
  'evidence.boundsOf': {
    means: 'A paused agent may recover when no rule that pauses matches its last check-ins, this many.',
    why: 'Ten are enough to show a change, and few enough to be reached.',
    range: [1, CHECK_INS],
  },
  'archive.silentMs': {
    means:
      'Archive an agent that nobody named, that never checked in and holds nothing, after this silence, in milliseconds. Never, where archive is null.',
    why: 'Whoever comes back after a week is a new piece of work, and the list of agents stays readable.',
    range: [LIMITS.silentMinMs, 3_650 * DAY_MS],
  },
};

export const SETTING_NAMES = Object.keys(POLICY_SETTINGS) as readonly SettingName[];

/** What this layer says of the setting; undefined when nothing. */
export function settingOf(layer: AgentPolicy, name: SettingName): SettingValue | undefined {
  switch (name) {
    case 'estimator':
      return layer.estimator;
    case 'onPause':
      return layer.onPause;
    case 'silentSessionMs':
      return layer.silentSessionMs;
    case 'archive.silentMs':
      return layer.archive === null ? null : layer.archive?.silentMs;
    default:
      return layer.evidence?.[name.slice('evidence.'.length) as keyof EvidencePolicy];
  }
}
