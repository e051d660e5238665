// What is written about policy for people and editors, made of the schema and the table that the parser checks with: the JSON
// Schema that ships, the commented example, and the table of settings in docs/policy.md.

import * as z from 'zod';
import { POLICY_SCHEMA } from '../../src/app/policy/policy-schema.ts';
import { DEFAULT_POLICY } from '../../src/core/governance/policy.ts';
import {
  POLICY_SETTINGS,
  SETTING_NAMES,
  type SettingName,
  settingOf,
} from '../../src/core/governance/policy-settings.ts';
import { durationText } from '../../src/core/view/duration-text.ts';

/** The JSON Schema of a policy file, draft 2020-12. It cannot tell whether thresholds agree with each other. */
export function policyJsonSchema(): string {
  const schema = z.toJSONSchema(POLICY_SCHEMA, { target: 'draft-2020-12', io: 'input' });
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** A policy file that says every setting with its default, and why that is so. */
export function policyExample(): string {
  const general = SETTING_NAMES.filter((name) => !name.includes('.')).flatMap((name) => entry(name, name, 1));
  const branches = ['evidence', 'archive', 'alerts', 'silentHolder', 'retention', 'hooks'].flatMap((of) => branch(of));
  return [...HEAD, ...general, ...branches, ...AGENTS, '}', ''].join('\n');
}

/** `document` with the table of settings in the place of the one that it has. */
export function withPolicyTable(document: string): string {
  const rows = SETTING_NAMES.map((name) => {
    const { means, why } = POLICY_SETTINGS[name];
    const value = isTime(name) ? timeText(settingOf(DEFAULT_POLICY, name)) : `\`${fallback(name)}\``;
    return `| \`${name}\` | ${value} | ${boundsOf(name)} | ${means} | ${why} |`;
  });
  return document.replace(/^\| setting \|(?:.*\n)+?(?=\n)/m, () => `${[...TITLES, ...rows].join('\n')}\n`);
}

const TITLES = ['| setting | default | may be | what it means | why this default |', '| --- | --- | --- | --- | --- |'];

const HEAD = [
  '// What a fleet may decide about its agents, with every setting at its default. Copy what you want to change to',
  '// .brigade/policy.json, look at it with `brigade policy check`, and put it in force with `brigade policy apply`.',
  '// What is left out is the default. Behind each value stands what it may be.',
  '{',
];

const AGENTS = [
  '  // The same settings, but for alerts, silentHolder, retention and hooks, for some agents, by id or by pattern,',
  '  // where * stands for any characters. Of the patterns that match an agent later ones win, setting by setting.',
  '  "agents": {',
  '    // "ci_*": { "onPause": "release", "evidence": { "guideFailures": 2, "pauseFailures": 3 } },',
  '    // "release_manager": { "archive": null }',
  '  }',
];

function branch(of: string, depth = 1): readonly string[] {
  const names = SETTING_NAMES.filter((name) => name.startsWith(`${of}.`));
  const own = names.filter((name) => !name.includes('.', of.length + 1));
  const [group] = names.filter((name) => !own.includes(name)).map((name) => name.split('.').slice(0, -1).join('.'));
  const below = group === undefined ? [] : branch(group, depth + 1);
  const lines = own.map((name, i) =>
    entry(name, name.slice(of.length + 1), depth + 1, i === own.length - 1 && below.length === 0),
  );
  const indent = '  '.repeat(depth);
  return [`${indent}"${of.split('.').at(-1)}": {`, ...lines.flat(), ...below, `${indent}}${depth === 1 ? ',' : ''}`];
}

function entry(name: SettingName, key: string, depth: number, isLast = false): readonly string[] {
  const { means, why } = POLICY_SETTINGS[name];
  const indent = '  '.repeat(depth);
  const comment = [means, `Why ${fallback(name)}: ${why}`].flatMap((text) => wrapped(text, WIDTH - indent.length));
  const value = `${JSON.stringify(key)}: ${fallback(name)}${isLast ? '' : ','}`;
  return [
    ...comment.map((line) => `${indent}// ${line}`),
    `${indent}${value} // ${boundsOf(name).replaceAll('`', '')}`,
  ];
}

const WIDTH = 110;

function fallback(name: SettingName): string {
  return JSON.stringify(settingOf(DEFAULT_POLICY, name));
}

function boundsOf(name: SettingName): string {
  const { range } = POLICY_SETTINGS[name];
  const orNever = settingOf(DEFAULT_POLICY, name) === null ? ', or `null`' : '';
  if (range !== undefined) return `${range.map(name.endsWith('Ms') ? timeText : String).join(' to ')}${orNever}`;
  if (typeof settingOf(DEFAULT_POLICY, name) === 'boolean') return '`true` or `false`';
  return wordsOf(name)
    .map((word) => `\`${JSON.stringify(word)}\``)
    .join(' or ');
}

/** From the schema that ships. */
function wordsOf(name: SettingName): readonly unknown[] {
  const schema = z.toJSONSchema(POLICY_SCHEMA, { target: 'draft-2020-12', io: 'input' });
  const found = name
    .split('.')
    .reduce<JSONSchemaPart>((part, key) => part.properties?.[key] ?? {}, schema as JSONSchemaPart);
  return found.enum ?? [];
}

interface JSONSchemaPart {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly enum?: readonly unknown[];
}

/** Its default is one. */
function isTime(name: SettingName): boolean {
  return name.endsWith('Ms') && settingOf(DEFAULT_POLICY, name) !== null;
}

function timeText(ms: unknown): string {
  return `${Number(ms)} (${durationText(Number(ms))})`;
}

function wrapped(text: string, width: number): readonly string[] {
  return text.match(new RegExp(`.{1,${width}}(?= |$)`, 'g'))?.map((line) => line.trim()) ?? [];
}
