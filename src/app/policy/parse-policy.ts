// `.brigade/policy.json`: from its text to a policy that may be adopted, or to everything that is wrong with it, each flaw with
// its path, its place and its reason. Nothing unknown is let pass, because a misspelt key would silently mean the default.

import type { core } from 'zod';
import type { Policy } from '../../core/governance/policy.ts';
import { settingName } from '../../core/governance/policy-diff.ts';
import { LIMITS } from '../../core/limits.ts';
import { type Rejection, reject } from '../../core/rejection.ts';
import { contradictionsIn } from './contradictions.ts';
import { deliveryFlawsIn } from './delivery-flaws.ts';
import { nearestKey } from './nearest-key.ts';
import { GROUP_NAMES, isOfFleet, keysAt, POLICY_SCHEMA } from './policy-schema.ts';
import { type PolicyTree, parsePolicyTree, placeIn, type TreeFlaw, type TreePath } from './policy-tree.ts';

/** A policy file as it was read. */
export interface PolicyFile {
  /** For people. */
  readonly path: string;
  readonly text: string;
}

export interface PolicyFlaw {
  /** The setting, as `evidence.pauseFailures`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** Flaws that are told at all, and in the sentence. */
const TOLD = 50;
const SAID = 3;
const NAME_LENGTH = 80;

/** The policy in the file; POLICY_INVALID with its flaws in `details`, in the order of the text. */
export function parsePolicy({ path, text }: PolicyFile): Policy | Rejection {
  if (Buffer.byteLength(text) > LIMITS.policyFileBytes)
    return policyInvalid(path, [tooLong('the file', LIMITS.policyFileBytes)]);
  const plain = text.replace(/^\uFEFF/, '');
  const tree = parsePolicyTree(plain);
  const checked = check(tree);
  if ('policy' in checked) return checked.policy;
  const flaws = checked.flaws.toSorted((a, b) => a.offset - b.offset).slice(0, TOLD);
  return policyInvalid(
    path,
    flaws.map(({ path: at, message, offset }) => ({ path: nameOf(at), message, ...placeIn(plain, offset) })),
  );
}

/** A policy as a file would have it. */
export function policyText(policy: Policy): string {
  return `${JSON.stringify(policy, null, 2)}\n`;
}

function policyInvalid(path: string, flaws: readonly PolicyFlaw[]): Rejection {
  const sentences = flaws.slice(0, SAID).map((flaw) => {
    const what = flaw.path === '' ? flaw.message : `${flaw.path} ${flaw.message}`;
    return `line ${flaw.line}, column ${flaw.column}: ${what}`;
  });
  const more = flaws.length > SAID ? `; and ${flaws.length - SAID} more` : '';
  const said = `${sentences.join('; ')}${more}`;
  return reject('POLICY_INVALID', {
    message: `${path} is no valid policy: ${said}${said.endsWith('?') ? '' : '.'}`,
    next: 'Correct it, and look at it again with `brigade policy check`. docs/policy.md tells what a policy can say.',
    details: { file: path, flaws },
  });
}

type Checked = { readonly policy: Policy } | { readonly flaws: readonly TreeFlaw[] };

function check(tree: PolicyTree): Checked {
  if (tree.flaws.length > 0) return { flaws: tree.flaws };
  const parsed = POLICY_SCHEMA.safeParse(tree.value);
  if (!parsed.success) return { flaws: firstFlaws(parsed.error.issues, tree) };
  const { $schema: _, ...said } = parsed.data;
  const policy = withoutEmpty(said);
  const patterns = Object.keys(policy.agents ?? {}).length;
  if (patterns > LIMITS.policyPatterns) {
    const message = `has ${patterns} patterns; there may be ${LIMITS.policyPatterns}`;
    return { flaws: [{ path: ['agents'], message, offset: tree.offsetOf(['agents']) }] };
  }
  if (Buffer.byteLength(JSON.stringify(policy)) > LIMITS.policyBytes) {
    return { flaws: [{ path: [], message: tooLong('the policy', LIMITS.policyBytes).message, offset: 0 }] };
  }
  const found = [...contradictionsIn(policy), ...deliveryFlawsIn(policy)];
  const flaws = found.map((each) => ({ ...each, offset: tree.offsetOf(each.path) }));
  return flaws.length > 0 ? { flaws } : { policy };
}

/** What says nothing is left out, so that it makes no difference to one that does not have it. */
function withoutEmpty(policy: Policy): Policy {
  const { agents, ...rest } = policy;
  const layers = Object.entries(agents ?? {})
    .map(([pattern, layer]) => [pattern, withoutEmptyGroups(layer)] as const)
    .filter(([, layer]) => Object.keys(layer).length > 0);
  const said = withoutEmptyGroups(rest);
  return layers.length === 0 ? said : { ...said, agents: Object.fromEntries(layers) };
}

function withoutEmptyGroups<L extends Policy>(layer: L): L {
  return withoutEmptyObjects(layer) as L;
}

function withoutEmptyObjects(group: object): Readonly<Record<string, unknown>> {
  const entries: readonly (readonly [string, unknown])[] = Object.entries(group);
  const said = entries
    .map(
      ([key, value]) => [key, isObject(value) && !Array.isArray(value) ? withoutEmptyObjects(value) : value] as const,
    )
    .filter(([, value]) => !isObject(value) || Object.keys(value).length > 0);
  return Object.fromEntries(said);
}

/** A file may be nothing but flaws, and each one costs a look through it. */
function firstFlaws(issues: readonly core.$ZodIssue[], tree: PolicyTree): readonly TreeFlaw[] {
  const flaws: TreeFlaw[] = [];
  for (const issue of issues.slice(0, TOLD)) if (flaws.length < TOLD) flaws.push(...flawsOf(issue, tree));
  return flaws;
}

function flawsOf(issue: core.$ZodIssue, { offsetOf, value }: PolicyTree): readonly TreeFlaw[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, TOLD).map((key) => {
      const at = [...path, key];
      return { path: at, message: unknownKey(key, path), offset: offsetOf(at) };
    });
  }
  const [inner] = issue.code === 'invalid_key' ? issue.issues : [];
  const given = issue.code === 'invalid_key' ? '' : `; it is ${shown(valueAt(value, path))}`;
  return [{ path, message: `${inner?.message ?? issue.message}${given}`, offset: offsetOf(path) }];
}

function unknownKey(key: string, path: TreePath): string {
  const keys = keysAt(path);
  if (path[0] === 'agents' && isOfFleet(key))
    return 'is a setting of the whole fleet and not of some agents: it belongs to the top of the file';
  const elsewhere = GROUP_NAMES.map((group) => [group]).find((at) => keysAt(at).includes(key)) ?? [];
  if (elsewhere.length > 0) return `is no setting here; it belongs into ${elsewhere.join('.')}`;
  const near = nearestKey(key, keys);
  return near === null ? `is no setting; there are ${keys.join(', ')}` : `is no setting; did you mean ${near}?`;
}

function valueAt(value: unknown, path: TreePath): unknown {
  return path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  const text = isObject(value) ? 'an object' : typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.slice(0, NAME_LENGTH);
}

/** Its parts may be as long as the file. */
function nameOf(path: TreePath): string {
  return settingName(path.map((part) => part.slice(0, NAME_LENGTH)));
}

function tooLong(what: string, bytes: number): PolicyFlaw {
  return { path: '', message: `${what} is longer than ${bytes} bytes`, line: 1, column: 1 };
}
