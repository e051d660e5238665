// The settings of a process: a flag, else the environment, else `.brigade/config.json`, else the default; each with where it
// came from. Pure: the caller brings the texts. An empty variable counts as not set; an empty flag was meant.
//
// The root is settled first, because the file lies below it, so the file cannot name it. Secrets come from the environment
// only: flags are visible to other users, and the file may be shared. The URL of a store may hold one all the same; where
// others may read it, that is remarked.

import { join } from 'node:path';
import { fullStop } from '../core/view/full-stop.ts';
import type { LogLevel } from '../ports/logger.ts';
import { SetupFault } from '../ports/setup-fault.ts';
import type { Workspace, WorkspaceStart } from '../ports/workspace.ts';
import { clientProjectOf, normalClientName } from './client-session.ts';
import { type ConfigText, type ConfigValue, parseConfigFile } from './config-file.ts';
import { holdsSecret } from './shared-url.ts';
import {
  DEFAULT_FLEET,
  FLEET_NAME_RULE,
  isFleetName,
  parseStoreUrl,
  type StoreContext,
  type StoreLocation,
  storeUrlOf,
} from './store-url.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
export type Durability = 'host' | 'process';
export type SettingSource = 'flag' | 'environment' | 'file' | 'default';

export interface Setting<T> {
  readonly value: T;
  readonly source: SettingSource;
  /** For people: `--store`, `BRIGADE_STORE`, `/w/.brigade/config.json:3`, `default`. */
  readonly where: string;
}

export interface Settings {
  readonly root: Setting<string>;
  readonly store: Setting<StoreLocation>;
  readonly fleet: Setting<string>;
  readonly host: Setting<string>;
  readonly port: Setting<number>;
  readonly agent: Setting<string | null>;
  readonly purpose: Setting<string | null>;
  /** In normal form. */
  readonly client: Setting<string | null>;
  readonly durability: Setting<Durability>;
  /** `off`: the log is read and written directly, whoever else is there. */
  readonly desk: Setting<'auto' | 'off'>;
  readonly logLevel: Setting<LogLevel>;
  /** The secret handle of a session. */
  readonly session: Setting<string | null>;
  readonly operatorToken: Setting<string | null>;
}

/** Flags as typed, by the name of their setting; those not given are absent. */
export type SettingFlags = Readonly<
  Partial<Record<Exclude<keyof Settings, 'session' | 'operatorToken'>, string | undefined>>
>;

export interface SettingTexts {
  readonly flags: SettingFlags;
  readonly env: Environment;
  /** `.brigade/config.json` of the workspace; null when there is none. */
  readonly file: ConfigText | null;
  readonly workspace: Workspace;
  /** See `StoreContext`. */
  readonly flawInStoreUrl?: StoreContext['flawIn'];
}

const LOG_LEVELS: readonly LogLevel[] = ['silent', 'error', 'warn', 'info', 'debug'];
const DURABILITIES: readonly Durability[] = ['host', 'process'];
const DESKS = ['auto', 'off'] as const;
const HOST_LENGTH_MAX = 253;
const DEFAULT_PORT = 7420;

/** Which folder to look for the workspace from. */
export function workspaceStart(flags: SettingFlags, env: Environment, currentFolder: string): WorkspaceStart {
  if (flags.root !== undefined) return { folder: flags.root, where: '--root', explicit: true };
  const root = env.BRIGADE_ROOT;
  if (root !== undefined && root !== '') return { folder: root, where: 'BRIGADE_ROOT', explicit: true };
  const project = clientProjectOf(normalClientName(flags.client ?? env.BRIGADE_CLIENT ?? ''), env);
  if (project !== null) return { folder: project.folder, where: project.variable, explicit: false };
  return { folder: currentFolder, where: 'the current folder', explicit: false };
}

/** Settles every setting. Refuses by INVALID_ARGUMENT with every problem there is, each with its place and reason. */
export function resolveSettings(texts: SettingTexts): Settings {
  const problems: Problem[] = [];
  const parsed =
    texts.file === null ? { values: new Map<string, ConfigValue>(), problems: [] } : parseConfigFile(texts.file);
  problems.push(...parsed.problems);
  const pick = <T>(spec: SettingSpec<T>) => pickSetting(spec, { texts, file: parsed.values, problems });
  const fleet = pick(FLEET);
  const store = pick(storeSpec(texts, fleet));
  const settings: Settings = {
    root: rootSetting(texts.workspace),
    store,
    fleet: fleetIn(store) ?? fleet,
    host: pick(HOST),
    port: pick(PORT),
    agent: pick(AGENT),
    purpose: pick(PURPOSE),
    client: pick(CLIENT),
    durability: pick(DURABILITY),
    desk: pick(DESK),
    logLevel: pick(LOG_LEVEL),
    session: pick(SESSION),
    operatorToken: pick(OPERATOR_TOKEN),
  };
  problems.push(...fleetOfFile(settings));
  if (problems.length > 0) throw refusal(problems);
  return settings;
}

/** How the log is kept. Says nothing of a shared store: whoever set it otherwise is still at the same log as everybody else. */
export function durabilityOf({ store, durability }: Settings): Durability {
  return 'url' in store.value ? 'host' : durability.value;
}

export interface SettingRow {
  readonly name: keyof Settings;
  /** Null when not set. Secrets are shown as set, never as they are. */
  readonly value: string | number | null;
  readonly source: SettingSource;
  readonly where: string;
}

/** The settings as `brigade config` shows them. */
export function describeSettings(settings: Settings): readonly SettingRow[] {
  const names = Object.keys(settings) as (keyof Settings)[];
  return names.map((name) => {
    const { source, where } = settings[name];
    return { name, value: shownValue(settings, name), source, where };
  });
}

function shownValue(settings: Settings, name: keyof Settings): string | number | null {
  if (name === 'store') return storeUrlOf(settings.store.value);
  if (name === 'durability' && 'url' in settings.store.value) return null;
  const { value } = settings[name];
  return value !== null && (name === 'session' || name === 'operatorToken') ? '(set, not shown)' : value;
}

/** What whoever gave the settings should know of them; nothing of it keeps anybody from working. */
export interface SettingRemark {
  readonly code: 'DURABILITY_IDLE' | 'SECRET_ON_COMMAND_LINE' | 'SECRET_IN_FILE';
  readonly where: string;
  readonly message: string;
  readonly next: string;
}

/** `isFileShared`: git could commit the config file. */
export function settingRemarks({ store, durability }: Settings, isFileShared: boolean): readonly SettingRemark[] {
  const { value: location } = store;
  if (!('url' in location)) return [];
  const remarks: SettingRemark[] = [];
  if (durability.source !== 'default') remarks.push(idleDurability(location.kind, durability.where));
  if (!holdsSecret(location.url)) return remarks;
  if (store.source === 'flag') remarks.push(secretOnCommandLine(store.where));
  if (store.source === 'file' && isFileShared) remarks.push(secretInFile(store.where));
  return remarks;
}

function idleDurability(kind: 'redis' | 'etcd', where: string): SettingRemark {
  return {
    code: 'DURABILITY_IDLE',
    where,
    message: `${where} does not apply to ${kind}: it says how a SQLite file is synced.`,
    next:
      kind === 'redis'
        ? 'What an answer survives is set in Redis (appendonly, appendfsync), and by ?replicas=N in the URL.'
        : 'etcd syncs every append on a majority of its members before it is answered.',
  };
}

function secretOnCommandLine(where: string): SettingRemark {
  return {
    code: 'SECRET_ON_COMMAND_LINE',
    where,
    message: `The password in ${where} can be read by every user of this machine (\`ps\`), for as long as the process runs.`,
    next: 'Put the URL into BRIGADE_STORE.',
  };
}

function secretInFile(where: string): SettingRemark {
  return {
    code: 'SECRET_IN_FILE',
    where,
    message: `${where} holds the password of the store, and git would commit the file.`,
    next: 'Put the URL into BRIGADE_STORE; or have git ignore the file (git rm --cached, where it knows it already), and change the password if it was ever pushed.',
  };
}

interface Problem {
  readonly where: string;
  readonly problem: string;
}

/** A value, or what is wrong with it. */
type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

interface SettingSpec<T> {
  readonly name: keyof Settings;
  /** Null where the setting has no flag and no place in the file. */
  readonly flag: string | null;
  readonly variable: string;
  readonly fallback: T;
  check(text: string): Checked<T>;
}

interface PickContext {
  readonly texts: SettingTexts;
  readonly file: ReadonlyMap<string, ConfigValue>;
  readonly problems: Problem[];
}

/** Takes the strongest value given. A value in the file is checked even when a stronger one hides it. */
function pickSetting<T>(spec: SettingSpec<T>, context: PickContext): Setting<T> {
  const fromFile = fileSetting(spec, context);
  const flag = spec.flag === null ? undefined : context.texts.flags[spec.name as keyof SettingFlags];
  if (spec.flag !== null && flag !== undefined) return checked(spec, flag, 'flag', spec.flag, context.problems);
  const variable = context.texts.env[spec.variable];
  if (variable !== undefined && variable !== '') {
    return checked(spec, variable, 'environment', spec.variable, context.problems);
  }
  return fromFile ?? { value: spec.fallback, source: 'default', where: 'default' };
}

function fileSetting<T>(spec: SettingSpec<T>, { texts, file, problems }: PickContext): Setting<T> | null {
  const entry = file.get(spec.name);
  if (entry === undefined || texts.file === null) return null;
  return checked(spec, String(entry.value), 'file', `${texts.file.path}:${entry.line}`, problems);
}

function checked<T>(
  spec: SettingSpec<T>,
  text: string,
  source: SettingSource,
  where: string,
  problems: Problem[],
): Setting<T> {
  const result = spec.check(text);
  if (!result.ok) problems.push({ where, problem: result.problem });
  return { value: result.ok ? result.value : spec.fallback, source, where };
}

function rootSetting(workspace: Workspace): Setting<string> {
  const where = workspace.where;
  const source = where === '--root' ? 'flag' : where === 'the current folder' ? 'default' : 'environment';
  return { value: workspace.root, source, where };
}

/** Where the URL of the store names the fleet. */
function fleetIn({ value, ...from }: Setting<StoreLocation>): Setting<string> | null {
  return 'fleet' in value && value.fleet !== DEFAULT_FLEET ? { value: value.fleet, ...from } : null;
}

function storeSpec(
  { workspace, flawInStoreUrl: flawIn }: SettingTexts,
  { value: fleet, source }: Setting<string>,
): SettingSpec<StoreLocation> {
  const file = fleet === DEFAULT_FLEET ? 'brigade.db' : `brigade-${fleet}.db`;
  const named = { fleetRoot: workspace.fleetRoot, fleet: source === 'default' ? null : fleet };
  const context: StoreContext = flawIn === undefined ? named : { ...named, flawIn };
  return {
    name: 'store',
    flag: '--store',
    variable: 'BRIGADE_STORE',
    fallback: { kind: 'sqlite', path: join(workspace.fleetFolder, file) },
    check: (text) => {
      const parsed = parseStoreUrl(text, context);
      return parsed.ok ? { ok: true, value: parsed.location } : parsed;
    },
  };
}

/** Fleets never see each other, and a SQLite file holds one log: a named fleet in a named file would be two names for one. */
function fleetOfFile({ store, fleet }: Settings): readonly Problem[] {
  if (store.source === 'default' || store.value.kind !== 'sqlite' || fleet.value === DEFAULT_FLEET) return [];
  return [
    {
      where: fleet.where,
      problem: `a SQLite file holds one fleet; leave the fleet out, or the store (${store.where})`,
    },
  ];
}

const FLEET: SettingSpec<string> = {
  name: 'fleet',
  flag: '--fleet',
  variable: 'BRIGADE_FLEET',
  fallback: DEFAULT_FLEET,
  check: (text) => (isFleetName(text) ? { ok: true, value: text } : { ok: false, problem: FLEET_NAME_RULE }),
};

const HOST: SettingSpec<string> = {
  name: 'host',
  flag: '--host',
  variable: 'BRIGADE_HOST',
  fallback: '127.0.0.1',
  check: (text) =>
    /^[A-Za-z0-9.:_%-]+$/.test(text) && text.length <= HOST_LENGTH_MAX
      ? { ok: true, value: text }
      : { ok: false, problem: 'a host is a name or an address' },
};

const PORT: SettingSpec<number> = {
  name: 'port',
  flag: '--port',
  variable: 'BRIGADE_PORT',
  fallback: DEFAULT_PORT,
  check: (text) =>
    /^\d{1,5}$/.test(text) && Number(text) <= 65_535
      ? { ok: true, value: Number(text) }
      : { ok: false, problem: 'a port is a whole number from 0 to 65535' },
};

const CLIENT: SettingSpec<string | null> = {
  name: 'client',
  flag: '--client',
  variable: 'BRIGADE_CLIENT',
  fallback: null,
  check: (text) => {
    const value = normalClientName(text);
    return value === null ? { ok: false, problem: 'a client name has 1 to 40 letters or digits' } : { ok: true, value };
  },
};

const AGENT = textSpec('agent', '--agent', 'BRIGADE_AGENT');
const PURPOSE = textSpec('purpose', '--purpose', 'BRIGADE_PURPOSE');
const SESSION = textSpec('session', null, 'BRIGADE_SESSION');
const OPERATOR_TOKEN = textSpec('operatorToken', null, 'BRIGADE_OPERATOR_TOKEN');
const DURABILITY = choiceSpec('durability', ['--durability', 'BRIGADE_DURABILITY'], DURABILITIES, 'host');
const DESK = choiceSpec('desk', ['--desk', 'BRIGADE_DESK'], DESKS, 'auto');
const LOG_LEVEL = choiceSpec('logLevel', ['--log-level', 'BRIGADE_LOG_LEVEL'], LOG_LEVELS, 'warn');

/** A text whose rules are the core's, which says better what is wrong with an id or a handle. */
function textSpec(name: keyof Settings, flag: string | null, variable: string): SettingSpec<string | null> {
  return { name, flag, variable, fallback: null, check: (value) => ({ ok: true, value }) };
}

function choiceSpec<T extends string>(
  name: keyof Settings,
  [flag, variable]: readonly [string, string],
  choices: readonly T[],
  fallback: T,
): SettingSpec<T> {
  return {
    name,
    flag,
    variable,
    fallback,
    check: (text) => {
      const value = choices.find((choice) => choice === text);
      return value === undefined
        ? { ok: false, problem: `"${text.slice(0, 40)}" is none of ${choices.join(', ')}` }
        : { ok: true, value };
    },
  };
}

function refusal(problems: readonly Problem[]): SetupFault {
  return new SetupFault('INVALID_ARGUMENT', {
    message: fullStop(problems.map(({ where, problem }) => `${where}: ${problem}`).join('; ')),
    next: 'Correct it and start again. A flag goes before the environment, and that before .brigade/config.json.',
    details: { problems },
  });
}
