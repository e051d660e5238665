// Every setting that a policy has: what it means, why its default is what it is, and between which numbers it may lie.
// Whatever checks, explains or documents a setting has it from here.

import { LIMITS } from '../limits.ts';
import type {
  AlertsPolicy,
  EvidencePolicy,
  GitHooksPolicy,
  HooksPolicy,
  LayerSays,
  RetentionPolicy,
  SilentHolderPolicy,
} from './policy.ts';

export type SettingName =
  | 'estimator'
  | 'onPause'
  | 'silentSessionMs'
  | `evidence.${keyof EvidencePolicy}`
  | 'archive.silentMs'
  | `alerts.${keyof AlertsPolicy}`
  | `silentHolder.${keyof SilentHolderPolicy}`
  | `retention.${keyof RetentionPolicy}`
  | `hooks.${Exclude<keyof HooksPolicy, 'git'>}`
  | `hooks.git.${keyof GitHooksPolicy}`;

/** Null: never. */
export type SettingValue = string | number | boolean | null;

export interface SettingFacts {
  readonly means: string;
  /** Why the default is what it is. */
  readonly why: string;
  /** Smallest and largest number; absent where there is a choice of words. */
  readonly range?: readonly [number, number];
}

const CHECK_INS = LIMITS.checkInsPerAgent;
const SECOND_MS = 1_000;
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
  'alerts.waitMs': {
    means: 'Contention: somebody waits longer than this for a resource, in milliseconds.',
    why: 'Most leases are held for less than a minute; who waits longer waits for something that people may want to know.',
    range: [SECOND_MS, DAY_MS],
  },
  'alerts.queueLength': {
    means: 'Contention: more than this many stand in line for a resource.',
    why: 'The last of nine waits for eight pieces of work; it would do better to begin with something else.',
    range: [1, LIMITS.waitersPerResource],
  },
  'alerts.starvationMs': {
    means: 'Starvation: somebody waits longer than this, in milliseconds.',
    why: 'Ten minutes are two leases of the usual length that ran out unused; the line alone does not explain that.',
    range: [SECOND_MS, DAY_MS],
  },
  'alerts.lapses': {
    means: 'Offers to one waiter that it did not take, before people are told.',
    why: 'One may be missed and the second too; whoever misses three no longer listens.',
    range: [1, 1_000],
  },
  'alerts.closeAfterMs': {
    means:
      'An alert whose cause may come back any moment is not closed sooner than this after it was told, in milliseconds.',
    why: 'Whatever comes back within half a minute never went away.',
    range: [SECOND_MS, 3_600_000],
  },
  'alerts.repeatMs': {
    means: 'An open alert that nobody looks after is told again after this long, in milliseconds.',
    why: 'Often enough that it is not forgotten, rarely enough that it is still read.',
    range: [MINUTE_MS, 7 * DAY_MS],
  },
  'silentHolder.afterMs': {
    means:
      'Somebody waits for a lease, and its holder has neither used it nor done anything else for this long, in milliseconds: people are told.',
    why: 'Agents think for a minute between two calls; after two minutes of nothing somebody should look.',
    range: [SECOND_MS, DAY_MS],
  },
  'silentHolder.revoke': {
    means: 'Take the lease of such a holder back, so that whoever waits goes on.',
    why: 'A holder that only thinks for long would lose what it works on; that is for the fleet to decide.',
  },
  'retention.keepMs': {
    means:
      'Events that were logged longer ago than this, in milliseconds, are moved from the log into archives. Never, where it is null.',
    why: 'History is what explains an incident; it goes only where somebody has decided so.',
    range: [3_600_000, 3_650 * DAY_MS],
  },
  'retention.keepEvents': {
    means:
      'Events before the last so many are moved from the log into archives. Never, where it is null. With keepMs, what either of them keeps is kept.',
    why: 'History is what explains an incident; it goes only where somebody has decided so.',
    range: [10_000, 1_000_000_000],
  },
  'hooks.onHeld': {
    means:
      'An agent is about to edit what another one holds: deny the edit, or ask the person at the client (where the client can; else deny).',
    why: 'A warning is read by nobody in time; whoever is denied hears who holds it and goes on with something else.',
  },
  'hooks.onFault': {
    means:
      'Brigade cannot say whether an edit is free (no log, a fault, too late): open lets it go ahead and says so, closed refuses it.',
    why: 'A tool that should help must not be why nobody can work. Where an edit that nobody guards is worse than none, close it.',
  },
  'hooks.subagents': {
    means:
      'Sub-agents of a client session share the session of the agent that started them, or are each registered as an agent of their own.',
    why: 'An agent that waits for its sub-agent must not be what keeps that one from its work.',
  },
  'hooks.scope': {
    means:
      'A hook takes the path in the worktree of the edit (file), or in every worktree and clone of the repository that shares the log (repo).',
    why: 'Worktrees are made so that agents need not wait for each other.',
  },
  'hooks.quietMs': {
    means:
      'A lease that a hook took ends after this long without an edit, in milliseconds; a quarter of it after the last edit once somebody waits. The end of the turn ends it at once.',
    why: 'Between two edits of one file an agent thinks and runs tests, rarely for longer than two minutes.',
    range: [SECOND_MS, 3_600_000],
  },
  'hooks.git.onHeld': {
    means: 'A commit of an agent has changes of what another agent holds: refuse it, or only warn.',
    why: 'What is committed is what others build on.',
  },
  'hooks.git.onPerson': {
    means: 'The same of a commit that comes from no session of the fleet, which is a person: warn, or refuse it.',
    why: 'A person may know what no lock knows.',
  },
  'hooks.git.trailers': {
    means: 'Write the agent and the tokens that it held into the message of each commit of an agent.',
    why: 'The log knows it anyway; what stands in a message stays in the history of the repository.',
  },
  'hooks.git.push': {
    means: 'Look at what is pushed as at what is committed.',
    why: 'It was looked at when it was committed.',
  },
  'hooks.git.watch': {
    means:
      'What brigade guard watch does about an edit of what another agent holds: report it in the log, or open an alert too.',
    why: 'Programs that format or build files touch many of them, and mean no harm.',
  },
};

export const SETTING_NAMES = Object.keys(POLICY_SETTINGS) as readonly SettingName[];

/** What this layer says of the setting; undefined when nothing. */
export function settingOf(layer: LayerSays, name: SettingName): SettingValue | undefined {
  switch (name) {
    case 'estimator':
      return layer.estimator;
    case 'onPause':
      return layer.onPause;
    case 'silentSessionMs':
      return layer.silentSessionMs;
    case 'archive.silentMs':
      return layer.archive === null ? null : layer.archive?.silentMs;
    default: {
      const [group, setting, below] = name.split('.') as [Group, string, string?];
      const found = (layer[group] as Readonly<Record<string, unknown>> | undefined)?.[setting];
      return (below === undefined ? found : (found as Readonly<Record<string, unknown>> | undefined)?.[below]) as
        | SettingValue
        | undefined;
    }
  }
}

type Group = 'evidence' | 'alerts' | 'silentHolder' | 'retention' | 'hooks';
