// The shape of a policy file, in one schema: the parser checks with it, and the JSON Schema that ships is made of it. Bounds
// and words come from the core's table of settings.

import * as z from 'zod';
import { DEFAULT_POLICY } from '../../core/governance/policy.ts';
import { POLICY_SETTINGS, type SettingName, settingOf } from '../../core/governance/policy-settings.ts';
import { LIMITS } from '../../core/limits.ts';
import { DELIVER } from './delivery-schema.ts';

const FRACTIONS: ReadonlySet<SettingName> = new Set(['evidence.guideBrier']);
const PATTERN = /^[a-z0-9*][a-z0-9._*-]{0,62}$/;
const PATTERN_FLAW =
  'is no pattern: 1 to 63 characters of agent ids (a-z, 0-9, . _ -) and * for any others, beginning with a letter, a digit or *';

function numberOf(name: SettingName) {
  const [min, max] = POLICY_SETTINGS[name].range ?? [0, 0];
  const isWhole = !FRACTIONS.has(name);
  const flaw = `must be a ${isWhole ? 'whole number' : 'number'} from ${min} to ${max}`;
  const kind = isWhole ? z.int(flaw) : z.number(flaw);
  return kind.min(min, flaw).max(max, flaw).meta(facts(name)).exactOptional();
}

function wordOf<const W extends readonly [string, ...string[]]>(name: SettingName, words: W) {
  const shown = words.map((word) => JSON.stringify(word)).join(' or ');
  return z.enum(words, `must be ${shown}`).meta(facts(name)).exactOptional();
}

function facts(name: SettingName) {
  const { means, why } = POLICY_SETTINGS[name];
  const fallback = settingOf(DEFAULT_POLICY, name);
  return { description: `${means} Why ${JSON.stringify(fallback)}: ${why}`, default: fallback };
}

function isOf(name: SettingName) {
  return z.boolean('must be true or false').meta(facts(name)).exactOptional();
}

function orNever(name: SettingName) {
  const [min, max] = POLICY_SETTINGS[name].range ?? [0, 0];
  const flaw = `must be a whole number from ${min} to ${max}, or null`;
  return z.int(flaw).min(min, flaw).max(max, flaw).nullable().meta(facts(name)).exactOptional();
}

const OBJECT_FLAW = 'must be an object';

const EVIDENCE = z.strictObject(
  {
    minCheckIns: numberOf('evidence.minCheckIns'),
    minLabels: numberOf('evidence.minLabels'),
    guideBrier: numberOf('evidence.guideBrier'),
    guideFailures: numberOf('evidence.guideFailures'),
    pauseFailures: numberOf('evidence.pauseFailures'),
    guideEqual: numberOf('evidence.guideEqual'),
    guideEqualOf: numberOf('evidence.guideEqualOf'),
    pauseEqual: numberOf('evidence.pauseEqual'),
    pauseEqualOf: numberOf('evidence.pauseEqualOf'),
    pauseLostLeases: numberOf('evidence.pauseLostLeases'),
    lostLeasesMs: numberOf('evidence.lostLeasesMs'),
    boundsOf: numberOf('evidence.boundsOf'),
  },
  OBJECT_FLAW,
);

const ARCHIVE = z.strictObject({ silentMs: numberOf('archive.silentMs').unwrap() }, 'must be an object, or null');

const SETTINGS = {
  estimator: wordOf('estimator', ['evidence', 'eisv-v1']),
  onPause: wordOf('onPause', ['keep', 'release']),
  silentSessionMs: numberOf('silentSessionMs'),
  evidence: EVIDENCE.meta({ description: 'When the estimator evidence guides and when it pauses.' }).exactOptional(),
  archive: ARCHIVE.nullable()
    .meta({ description: 'Archives agents that nobody named and that were silent for long. null: never.' })
    .exactOptional(),
};

const ALERTS = z.strictObject(
  {
    waitMs: numberOf('alerts.waitMs'),
    queueLength: numberOf('alerts.queueLength'),
    starvationMs: numberOf('alerts.starvationMs'),
    lapses: numberOf('alerts.lapses'),
    closeAfterMs: numberOf('alerts.closeAfterMs'),
    repeatMs: numberOf('alerts.repeatMs'),
    deliver: DELIVER,
  },
  OBJECT_FLAW,
);

const SILENT_HOLDER = z.strictObject(
  { afterMs: numberOf('silentHolder.afterMs'), revoke: isOf('silentHolder.revoke') },
  OBJECT_FLAW,
);

const RETENTION = z.strictObject(
  { keepMs: orNever('retention.keepMs'), keepEvents: orNever('retention.keepEvents') },
  OBJECT_FLAW,
);

const GIT_HOOKS = z.strictObject(
  {
    onHeld: wordOf('hooks.git.onHeld', ['refuse', 'warn']),
    onPerson: wordOf('hooks.git.onPerson', ['warn', 'refuse']),
    trailers: isOf('hooks.git.trailers'),
    push: isOf('hooks.git.push'),
    watch: wordOf('hooks.git.watch', ['report', 'alert']),
  },
  OBJECT_FLAW,
);

const HOOKS = z.strictObject(
  {
    onHeld: wordOf('hooks.onHeld', ['deny', 'ask']),
    onFault: wordOf('hooks.onFault', ['open', 'closed']),
    subagents: wordOf('hooks.subagents', ['share', 'separate']),
    scope: wordOf('hooks.scope', ['file', 'repo']),
    quietMs: numberOf('hooks.quietMs'),
    git: GIT_HOOKS.meta({ description: 'What the guards in git do.' }).exactOptional(),
  },
  OBJECT_FLAW,
);

/** Of the fleet as a whole: they stand at the top only. */
const FLEET_SETTINGS = {
  alerts: ALERTS.meta({ description: 'When people are told that something is wrong.' }).exactOptional(),
  silentHolder: SILENT_HOLDER.meta({
    description: 'What is done about a holder that somebody waits for and that does nothing.',
  }).exactOptional(),
  retention: RETENTION.meta({
    description: 'How much of the log is kept as it is. What is older goes into archives; by default nothing does.',
  }).exactOptional(),
  hooks: HOOKS.meta({
    description: 'What hooks of clients and of git do for agents that never heard of Brigade.',
  }).exactOptional(),
};

const AGENT = z.strictObject(SETTINGS, OBJECT_FLAW);

const AGENTS = z.record(z.string().regex(PATTERN, PATTERN_FLAW), AGENT, OBJECT_FLAW).meta({
  description:
    'Settings of some agents, by id or by pattern, where * stands for any characters. Of the patterns that match an agent later ones win.',
  maxProperties: LIMITS.policyPatterns,
});

/** What may stand in the file. `$schema` is for editors and no part of the policy. */
export const POLICY_SCHEMA = z
  .strictObject(
    {
      $schema: z.string('must be a text').meta({ description: 'Where an editor finds this schema.' }).exactOptional(),
      ...SETTINGS,
      ...FLEET_SETTINGS,
      agents: AGENTS.exactOptional(),
    },
    OBJECT_FLAW,
  )
  .meta({
    title: 'Brigade policy',
    description:
      'What a fleet has decided about its agents (.brigade/policy.json). It comes into force by `brigade policy apply`. What is left out is the default.',
  });

/** The keys that may stand at a place of the file, for whoever wrote another one; none where no object belongs. */
export function keysAt(path: readonly string[]): readonly string[] {
  const [first, pattern, ...rest] = path;
  if (first === undefined) return Object.keys(POLICY_SCHEMA.shape);
  if (first === 'agents')
    return pattern === undefined ? [] : rest[0] === undefined ? Object.keys(SETTINGS) : keysIn(rest);
  return keysIn(path);
}

/** True for settings that stand at the top of the file and nowhere else. */
export function isOfFleet(key: string): boolean {
  return Object.hasOwn(FLEET_SETTINGS, key);
}

const GROUPS = {
  evidence: EVIDENCE,
  archive: ARCHIVE,
  alerts: ALERTS,
  silentHolder: SILENT_HOLDER,
  retention: RETENTION,
  hooks: HOOKS,
};

/** Settings that have others in them. */
export const GROUP_NAMES = Object.keys(GROUPS);

function keysIn([name = '', ...below]: readonly string[]): readonly string[] {
  if (name === 'hooks' && below[0] === 'git') return below.length === 1 ? Object.keys(GIT_HOOKS.shape) : [];
  if (below.length > 0 || !Object.hasOwn(GROUPS, name)) return [];
  return Object.keys(GROUPS[name as keyof typeof GROUPS].shape);
}
