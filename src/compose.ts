// The one file that sees both sides: it gives the inside its adapters. Everything that only some processes need is loaded
// when it is needed, because a hook or `brigade locks` should be over in a moment.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import { parseEtcdUrl } from './adapters/etcd/etcd-url.ts';
import { parseRedisUrl } from './adapters/redis/redis-url.ts';
import type { PageCap } from './adapters/sqlite/page-cap.ts';
import { readConfigText } from './adapters/system/config-text.ts';
import { openConversationFiles } from './adapters/system/conversation-files.ts';
import { ensureFleetFolder } from './adapters/system/fleet-folder.ts';
import type { GitStanding } from './adapters/system/git-standing.ts';
import { type LocatedMemory, openHostMemory } from './adapters/system/host-memory.ts';
import type { LogOnDisk } from './adapters/system/log-on-disk.ts';
import { nodeHasher } from './adapters/system/node-hasher.ts';
import { nodePathProber } from './adapters/system/node-path-prober.ts';
import { packageVersion } from './adapters/system/package-version.ts';
import { findPlace } from './adapters/system/place.ts';
import { createPlainLogger } from './adapters/system/plain-logger.ts';
import { readPolicyFile } from './adapters/system/policy-file.ts';
import { openProcessTable } from './adapters/system/process-table.ts';
import { randomIds } from './adapters/system/random-ids.ts';
import { stateBase } from './adapters/system/state-base.ts';
import { openStateFolder } from './adapters/system/state-folder.ts';
import { processAgeMs, systemClock } from './adapters/system/system-clock.ts';
import { openTargetKeys } from './adapters/system/target-keys.ts';
import { userNameForIds } from './adapters/system/user-name.ts';
import { offsetWallClock } from './adapters/system/wall-offset.ts';
import { findWorkspace } from './adapters/system/workspace.ts';
import { ensureWorktreeId, readWorktreeId } from './adapters/system/worktree-id.ts';
import type { Health, OwnCoordinator } from './app/coordinator.ts';
import { HostCoordinator } from './app/desk/host-coordinator.ts';
import type { AnswerHook } from './app/hook/hook-call.ts';
import type { HookPorts } from './app/hook/hook-ports.ts';
import { NO_MEMORY } from './app/host-memory.ts';
import { type AppendSeen, instrument } from './app/instrument.ts';
import { fraction } from './app/jitter.ts';
import type { FoundingPolicy } from './app/preludes.ts';
import { realDirectory } from './app/resource/canonical-resource.ts';
import type { Worktree } from './app/seat/occupant.ts';
import type { SeatPorts } from './app/seat/seat-ports.ts';
import {
  durabilityOf,
  type Environment,
  resolveSettings,
  type SettingFlags,
  type SettingRemark,
  type Settings,
  settingRemarks,
  workspaceStart,
} from './app/settings.ts';
import { Signal } from './app/signal.ts';
import { starterOf } from './app/starter.ts';
import { type ParsedStore, parseStoreUrl, storeUrlOf } from './app/store-url.ts';
import { type Rejection, reject } from './core/rejection.ts';
import type { Alone } from './ports/alone.ts';
import type { ArchiveFolder } from './ports/archive-folder.ts';
import type { BackgroundFold } from './ports/background-fold.ts';
import type { Conversations } from './ports/conversations.ts';
import type { DeskDoor } from './ports/desk-door.ts';
import { EMPTY_HEAD, type EventStore, StoreFault } from './ports/event-store.ts';
import type { FileStamps } from './ports/file-stamps.ts';
import type { Git } from './ports/git.ts';
import type { FileChange, GitHookFacts } from './ports/git-hooks.ts';
import type { GuardPlace } from './ports/guard-notes.ts';
import type { InitRecords } from './ports/init-records.ts';
import type { LogExaminer } from './ports/log-examiner.ts';
import type { LogFile, Replacement } from './ports/log-file.ts';
import type { LogKeeper } from './ports/log-keeper.ts';
import type { Logger } from './ports/logger.ts';
import type { Notifier } from './ports/notifier.ts';
import type { PastViews } from './ports/past-views.ts';
import type { Place } from './ports/place.ts';
import type { ProcessTable } from './ports/process-table.ts';
import type { ServerLog } from './ports/server-log.ts';
import { SetupFault } from './ports/setup-fault.ts';
import type { KeptLocation, KeptLog, SharedLocation, StoreLocation } from './ports/store-location.ts';
import type { TargetKeys } from './ports/target-keys.ts';
import type { Workspace } from './ports/workspace.ts';

export type { ArchiveOrder } from './adapters/system/archive-thread.ts';
export type { ExamineOrder, ExamineTold } from './adapters/system/examine-thread.ts';
export type { FoldOrder } from './adapters/system/fold-thread.ts';
export type { KeptLog, SharedLocation };
export { offsetWallClock, packageVersion, processAgeMs, readPolicyFile };
export const clock = systemClock;
export const ids = randomIds;
export const hasher = nodeHasher;

export interface HostStart {
  readonly flags: SettingFlags;
  readonly env: Environment;
  /** The current folder. */
  readonly folder: string;
  /** A process that stays writes its log as JSON; one that is over in a moment, as plain lines. */
  readonly stays: boolean;
}

/** What is settled before any log is opened. Looking at it writes nothing. */
export interface Host {
  readonly env: Environment;
  readonly folder: string;
  readonly settings: Settings;
  readonly workspace: Workspace;
  readonly logger: Logger;
  /** Name of the user, as it goes into ids of agents. */
  readonly user: string;
  /** Parent folder of all state folders of this user. */
  readonly stateBase: string;
  readonly stays: boolean;
}

/** Throws `SetupFault` for a workspace that cannot be used and for settings that cannot be. */
export async function prepareHost({ flags, env, folder, stays }: HostStart): Promise<Host> {
  const workspace = findWorkspace(workspaceStart(flags, env, folder));
  const file = readConfigText(workspace.fleetFolder);
  const settings = resolveSettings({ flags, env, file, workspace, flawInStoreUrl });
  const level = settings.logLevel.value;
  const logger = stays ? await pinoLogger(level) : createPlainLogger(level);
  const base = { env, folder, settings, workspace, logger, stays };
  const host = { ...base, user: userNameForIds(), stateBase: stateBase(env) };
  // Who is over in a moment says only what the very command line is to blame for.
  for (const { code, where, message, next } of await remarksOn(host))
    if (stays || where.startsWith('--')) logger.warn({ code }, `${message} ${next}`);
  return host;
}

/** What whoever gave the settings should know of them. */
export async function remarksOn({ settings, env }: Host): Promise<readonly SettingRemark[]> {
  const { store } = settings;
  const [, file] = /^(.*):\d+$/s.exec(store.source === 'file' ? store.where : '') ?? [];
  const mayBeShared = file !== undefined && isShared(store.value);
  return settingRemarks(settings, mayBeShared && (await isForGit(file, env)));
}

async function isForGit(file: string, env: Environment): Promise<boolean> {
  return (await import('./adapters/system/git-ignored.ts')).couldCommit(file, env);
}

async function pinoLogger(level: Settings['logLevel']['value']): Promise<Logger> {
  return (await import('./adapters/system/pino-logger.ts')).createPinoLogger(level);
}

export interface OpenFleetOptions {
  /** Only looks: where there is no log yet, none is made. */
  readonly lookOnly?: boolean;
  /** Stays, and may serve the other processes of this host; see `HostCoordinator`. */
  readonly mayOpenDesk?: boolean;
  /** What kind of process this is, for people; `mcp` or `cli` where it does not say. */
  readonly kind?: 'serve' | 'library';
}

/** An open fleet. */
export interface Fleet {
  readonly host: Host;
  readonly place: Place;
  /** The processes of this place. */
  readonly processes: ProcessTable;
  /** Where the desk of this host is found; null where none is wanted. */
  readonly door: DeskDoor | null;
  readonly coordinator: HostCoordinator;
  /** Appends of this process itself; of what a desk appends for it nothing is heard. */
  readonly appends: Signal<AppendSeen>;
  /** What a seat in it needs. */
  readonly seatPorts: SeatPorts;
  /** The worktree of this process, its id made where there is none. Throws `SetupFault`. */
  worktree(): Promise<Worktree>;
  /** The id of the worktree, if it has one: enough for a process that only looks. */
  knownWorktree(): Promise<string | null>;
  close(): Promise<void>;
}

/** Opens the fleet of `host`: by its desk, or else its log. Trouble with it is in the coordinator's health, and told by whatever is asked of it. */
export async function openFleet(host: Host, options: OpenFleetOptions = {}): Promise<Fleet> {
  const place = await findPlace(host.env, host.stateBase);
  const processes = openProcessTable();
  const { settings, logger } = host;
  const store = storeUrlOf(settings.store.value);
  const { pid } = process;
  const door = await doorOf(host, { place, processes, mayOpen: options.mayOpenDesk === true });
  const appends = new Signal<AppendSeen>();
  const answerHook: AnswerHook = async (call, caller) => {
    const { answerHook: answer } = await import('./app/hook/answer-hook.ts');
    return answer(hookPortsOf({ host, place, processes, seatPorts }), call, caller);
  };
  const coordinator = new HostCoordinator({
    openLocal: () => openLocal(host, { place, processes, appends, lookOnly: options.lookOnly === true }),
    door,
    mayOpen: options.mayOpenDesk === true,
    placeId: place.placeId,
    store,
    durability: durabilityOf(settings),
    person: {
      pid,
      startTime: processes.evidenceOf(pid)?.startTime ?? '',
      kind: options.kind ?? (host.stays ? 'mcp' : 'cli'),
      version: packageVersion(),
      client: settings.client.value,
      // Only of a process that stays can it be lost; and a server stays whoever started it.
      startedBy: host.stays && options.kind !== 'serve' ? starterOf(processes.ancestorsOf(pid)) : null,
    },
    unopened: unopenedHealth(settings.store.value, place),
    clock,
    hasher,
    ids,
    processes,
    answerHook,
    logger,
  });
  const seatPorts = seatPortsOf(host, coordinator);
  await coordinator.open();
  const cancelLoading = host.stays
    ? clock.after(LOAD_AHEAD_MS, () => void loadAhead(host), { background: true })
    : () => undefined;
  return {
    host,
    place,
    processes,
    door,
    coordinator,
    appends,
    seatPorts,
    worktree: () => worktreeOf(host.workspace),
    knownWorktree: () => readWorktreeId(host.workspace.worktreeIdFile),
    close: () => {
      cancelLoading();
      return coordinator.close();
    },
  };
}

/** Long enough for whoever has just started to answer first. */
const LOAD_AHEAD_MS = 1_000;

/**
 * Loads what a process that stays may need only after hours, when the desk has ended or a hook asks: an update of the package
 * takes the files away that it would load then, or puts those of another version in their place.
 */
async function loadAhead({ settings, logger }: Host): Promise<void> {
  const { kind } = settings.store.value;
  try {
    await Promise.all([
      import('./app/local-coordinator.ts'),
      import('./app/hook/answer-hook.ts'),
      import('./app/policy/founding-policy.ts'),
      import('./adapters/desk/desk-door.ts'),
      import('./adapters/notify/system-notifier.ts'),
      import('./adapters/system/archive-thread.ts'),
      import('./adapters/system/fold-thread.ts'),
      import('./adapters/system/past-thread.ts'),
      kind === 'sqlite'
        ? sqliteDriver().then((driver) => driver.connect(':memory:', { busyTimeoutMs: 0 }).close())
        : null,
      kind === 'sqlite' ? import('./adapters/sqlite/sqlite-store.ts') : null,
      kind === 'redis' ? import('./adapters/redis/redis-store.ts') : null,
      kind === 'redis' ? import('./adapters/redis/redis-connection.ts').then((redis) => redis.loadRedisClient()) : null,
      kind === 'etcd' ? import('./adapters/etcd/etcd-store.ts') : null,
    ]);
    logger.debug({}, 'loaded ahead');
  } catch (error) {
    logger.debug({ err: error }, 'could not load ahead');
  }
}

interface Local {
  readonly place: Place;
  readonly processes: ProcessTable;
  readonly appends: Signal<AppendSeen>;
  readonly lookOnly: boolean;
}

/** The coordinator that folds the log itself; a guest of a desk never loads it. */
async function openLocal(host: Host, { place, processes, appends, lookOnly }: Local) {
  const { LocalCoordinator } = await import('./app/local-coordinator.ts');
  let founding: FoundingPolicy = () => null;
  const local = new LocalCoordinator({
    makeStore: await storeMaker(host, lookOnly, (seen) => appends.tell(seen)),
    memory: memoryOf(host),
    place,
    processes,
    clock,
    hasher,
    ids,
    logger: host.logger,
    nextTurn: () => nextTurn(),
    fold: await foldOf(host),
    ...(await pastOf(host)),
    keeper: await keeperOf(host),
    foundingPolicy: () => founding(),
    logsAlerts: host.stays,
    stays: host.stays,
    // Whoever is over in a moment leaves what alerts have to tell to those that stay.
    ...(host.stays ? { delivering: { notifier: notifierOf(host, () => local.fleetId()), pid: process.pid } } : {}),
  });
  await local.open();
  // Only who may found a fleet pays for what reads a policy.
  if (!lookOnly && local.fleetId() === null) founding = await foundingPolicyOf(host);
  return local;
}

/** How this host reaches the targets of alerts. What reaches them is loaded when there is something to send. */
export function notifierOf(host: Host, fleetId: () => string | null): Notifier {
  let opened: Promise<Notifier> | null = null;
  const open = (): Promise<Notifier> => {
    opened ??= import('./adapters/notify/system-notifier.ts').then(({ createNotifier }) =>
      createNotifier({
        keys: () => targetKeysOf(host, fleetId()),
        clock,
        env: host.env,
        platform: process.platform,
        version: packageVersion(),
      }),
    );
    return opened;
  };
  return {
    standingAgainst: async (target) => (await open()).standingAgainst(target),
    send: async (target, message, signal) => (await open()).send(target, message, signal),
  };
}

/** What the user of this host has enabled for targets of the fleet; null where no fleet is known. */
export function targetKeysOf(host: Host, fleetId: string | null): TargetKeys | null {
  if (fleetId === null) return null;
  return openTargetKeys({ base: host.stateBase, fleetId, fleetFolder: host.workspace.fleetFolder });
}

/** What is noted of conversations of MCP; null where there is no fleet yet, or none that outlives its process. */
export function conversationsOf({ host, coordinator }: Pick<Fleet, 'host' | 'coordinator'>): Conversations | null {
  const fleetId = coordinator.fleetId();
  if (fleetId === null || host.settings.store.value.kind === 'memory') return null;
  return openConversationFiles({ base: host.stateBase, fleetId, fleetFolder: host.workspace.fleetFolder });
}

/** A fresh signing secret. */
export async function newSigningSecret(): Promise<string> {
  const { writeSecret } = await import('./adapters/notify/sign.ts');
  return writeSecret(Buffer.from(ids.newSecret(), 'base64url'));
}

/** Where the source of this workspace's policy is. */
export function policyPath({ workspace }: Host): string {
  return join(workspace.fleetFolder, 'policy.json');
}

async function foundingPolicyOf(host: Host): Promise<FoundingPolicy> {
  const { foundingPolicy } = await import('./app/policy/founding-policy.ts');
  return () => foundingPolicy(() => readPolicyFile(policyPath(host)), host.logger);
}

/** Null where no desk is wanted, or the log is of this process alone. */
async function doorOf(
  host: Host,
  { place, processes, mayOpen }: Pick<Local, 'place' | 'processes'> & { readonly mayOpen: boolean },
): Promise<DeskDoor | null> {
  const { settings, workspace, stateBase: base } = host;
  if (settings.desk.value === 'off' || settings.store.value.kind === 'memory') return null;
  if (mayOpen && existsSync(workspace.fleetRoot)) await ensureFleetFolder(workspace.fleetFolder);
  const { openDeskDoor } = await import('./adapters/desk/desk-door.ts');
  const { fleetFolder } = workspace;
  return openDeskDoor({ fleetFolder, stateBase: base, env: host.env, placeId: place.placeId, processes, clock, ids });
}

function unopenedHealth(location: StoreLocation, place: Place): Health {
  const { kind } = location;
  const traits = {
    kind,
    sharedAcrossHosts: isShared(location),
    pushesHints: false,
    survives: 'nothing',
    maxBatchEvents: 0,
    maxBatchBytes: 0,
    location: storeUrlOf(location),
  } as const;
  const counts = { queued: 0, parked: 0, appends: 0, conflicts: 0 };
  return { head: EMPTY_HEAD, traits, placeId: place.placeId, trouble: null, ...counts };
}

/** What answering hooks in this fleet needs. */
export function hookPortsOf({
  host,
  place,
  processes,
  seatPorts: seat,
}: Pick<Fleet, 'host' | 'place' | 'processes' | 'seatPorts'>): HookPorts {
  const { root, fleetFolder } = host.workspace;
  return { seat, place, processes, user: host.user, root, fleetFolder };
}

function seatPortsOf(host: Host, coordinator: OwnCoordinator): SeatPorts {
  const { logger, stateBase: base, workspace } = host;
  return {
    coordinator,
    fleetId: () => coordinator.fleetId(),
    found: () => coordinator.found(),
    clock,
    ids,
    hasher,
    stateFolderOf: (fleetId) => openStateFolder({ base, fleetId, fleetFolder: workspace.fleetFolder }),
    logger,
    prober: nodePathProber,
    worktreeAt: (folder) => worktreeAround(host, folder),
  };
}

/** The worktree around `folder`, where its agents belong to this fleet. */
async function worktreeAround(host: Host, folder: string): Promise<Worktree | Rejection> {
  try {
    const workspace = findWorkspace({ folder, where: 'root', explicit: true });
    if (workspace.fleetFolder !== host.workspace.fleetFolder) return anotherFleet(folder, workspace, host.workspace);
    return await worktreeOf(workspace);
  } catch (error) {
    if (error instanceof SetupFault) return error.rejection;
    throw error;
  }
}

function anotherFleet(folder: string, found: Workspace, own: Workspace): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `${folder} belongs to another workspace (${found.root}), and this process serves that of ${own.root}.`,
    next: 'Name a worktree of the same repository, or start brigade in that folder.',
    details: { root: folder },
  });
}

async function worktreeOf(workspace: Workspace): Promise<Worktree> {
  if (workspace.repository === null) await ensureFleetFolder(workspace.fleetFolder);
  const id = await ensureWorktreeId(workspace.worktreeIdFile);
  const root = (await realDirectory(workspace.root, nodePathProber)) ?? workspace.root;
  const path = nodePathProber.splitAbsolute(root);
  return { id, root, foldsCase: path !== null && (await nodePathProber.foldsCase(path)) };
}

function memoryOf(host: Host) {
  const { value: location } = host.settings.store;
  return location.kind === 'memory' ? NO_MEMORY : memoryAt(host, location);
}

/** What this host remembers of the fleet that lives there. */
export function memoryAt({ workspace, logger, stateBase: base }: Host, location: KeptLocation): LocatedMemory {
  const { fleetFolder } = workspace;
  return openHostMemory({ base, fleetFolder, location: storeUrlOf(location), clock, logger });
}

/** Reads a store URL as the setting is read: relative to the workspace, in the fleet that is named beside the store. */
export function parseStore({ settings, workspace }: Host, text: string): ParsedStore {
  const { value: fleet, source, where } = settings.fleet;
  const isNamed = source !== 'default' && where !== settings.store.where && !text.includes('#');
  return parseStoreIn(workspace.fleetRoot, isNamed ? fleet : null, text);
}

/** The same without a workspace: relative to `folder`, in this fleet. */
export function parseStoreIn(folder: string, fleet: string | null, text: string): ParsedStore {
  return parseStoreUrl(text, { fleetRoot: folder, fleet, flawIn: flawInStoreUrl });
}

/** `host` as it would be with that store. */
export function atStore(host: Host, value: StoreLocation): Host {
  const store = { value, source: 'flag', where: 'the command' } as const;
  return { ...host, settings: { ...host.settings, store } };
}

type MakeStore = () => Promise<EventStore>;
type OnAppend = (seen: AppendSeen) => void;

async function storeMaker(host: Host, lookOnly: boolean, onAppend: OnAppend): Promise<MakeStore> {
  const { settings, logger } = host;
  const { value: location } = settings.store;
  if (location.kind === 'memory') return memoryStores(onAppend);
  return async () => {
    if (location.kind === 'sqlite') {
      if (lookOnly && !existsSync(location.path)) return (await memoryStores(onAppend, storeUrlOf(location)))();
      await ensureParent(host, location.path);
    }
    return instrument(await createStore(keptLog(host, location)), logger, clock, onAppend);
  };
}

/** A log of this process alone. `location` is where a log would be, when none is to be made by looking. */
async function memoryStores(onAppend: OnAppend, location?: string): Promise<MakeStore> {
  const { createMemoryLog } = await import('./adapters/memory/memory-log.ts');
  const { createMemoryStore } = await import('./adapters/memory/memory-store.ts');
  const log = createMemoryLog();
  return async () => {
    const store = instrument(createMemoryStore(log, hasher), createPlainLogger('silent'), clock, onAppend);
    return location === undefined ? store : { ...store, traits: { ...store.traits, kind: 'sqlite', location } };
  };
}

/** The store of a log, not open yet. Also for threads with a connection of their own, and for whoever keeps the log. */
export async function createStore(
  { location, durability }: KeptLog,
  options: { readonly opensDamaged?: boolean } = {},
): Promise<EventStore> {
  return location.kind === 'sqlite' ? createSqlite(location.path, durability, options) : createShared(location);
}

async function createShared({ kind, url, fleet }: SharedLocation): Promise<ServerLog> {
  const options = { url, fleet, clock, hasher, random: () => fraction(ids) };
  if (kind === 'redis') return (await import('./adapters/redis/redis-store.ts')).createRedisStore(options);
  return (await import('./adapters/etcd/etcd-store.ts')).createEtcdStore(options);
}

/** What `brigade init` asks of this machine: what it remembers of files, and what git does with one. */
export async function initParts(env: Environment): Promise<{
  readonly records: InitRecords;
  readonly standingOf: (root: string, path: string) => Promise<GitStanding>;
}> {
  const { openInitRecords } = await import('./adapters/system/init-records.ts');
  const { gitStanding } = await import('./adapters/system/git-standing.ts');
  const standingOf = (root: string, path: string) => gitStanding(root, path, env);
  return { records: openInitRecords(stateBase(env)), standingOf };
}

/** Makes the folder of the fleet: where it is not there, hooks are silent. */
export async function makeFleetFolder({ workspace }: Host): Promise<void> {
  await ensureFleetFolder(workspace.fleetFolder);
}

/** Removes the folder of a fleet in which nothing ever was. */
export async function leaveFleetFolder({ workspace }: Host): Promise<void> {
  await (await import('./adapters/system/fleet-folder.ts')).removeUnusedFleetFolder(workspace.fleetFolder);
}

/** Git in a folder, whatever hook this process runs in. */
export async function gitIn(folder: string, env: Environment): Promise<Git> {
  return (await import('./adapters/system/run-git.ts')).gitIn(folder, env);
}

/** Git as the hook that this process runs in was started; and the worktree that it means, null where it means none. */
export async function gitOfHook(
  folder: string,
  env: Environment,
): Promise<{ readonly git: Git; readonly place: GuardPlace | null }> {
  const git = (await import('./adapters/system/run-git.ts')).gitOfHook(folder, env);
  return { git, place: await (await import('./adapters/system/guard-folder.ts')).openGuardPlace(git, folder) };
}

/** How files below `root` stand. */
export function fileStampsIn(root: string): FileStamps {
  return {
    of: async (paths) => (await import('./adapters/system/file-stamps.ts')).fileStampsIn(root).of(paths),
  };
}

/** The id of the worktree at `folder`; null where nobody of a fleet ever worked in it. */
export function worktreeIdAt(folder: string): Promise<string | null> {
  return readWorktreeId(findWorkspace({ folder, where: folder, explicit: true }).worktreeIdFile);
}

/** How long ago git made the worktree at `folder`; null where that is not known. */
export async function worktreeAgeMs(folder: string): Promise<number | null> {
  const { repository } = findWorkspace({ folder, where: folder, explicit: true });
  if (repository === null) return null;
  return (await import('./adapters/system/file-changes.ts')).fileAgeMs(join(repository.gitDir, 'commondir'), clock);
}

/** The hooks of the repository around `folder`; null where nothing is committed there. */
export async function gitHookFacts(folder: string, env: Environment): Promise<GitHookFacts | null> {
  return (await import('./adapters/system/git-hook-files.ts')).readGitHookFacts(folder, env);
}

/** Makes planned changes of files, each only while the file is what the plan saw. Throws `SetupFault`. */
export async function applyFileChanges(changes: readonly FileChange[]): Promise<void> {
  await (await import('./adapters/system/file-changes.ts')).applyFileChanges(changes);
}

/** How the fleets of drills are called in a store that they share with others. */
export const DRILL_FLEETS = 'drill-';

/** Removes the fleet of a drill from a store, with everything that it logged there. */
export async function removeDrillFleet(location: SharedLocation): Promise<void> {
  if (!location.fleet.startsWith(DRILL_FLEETS)) throw new TypeError(`${location.fleet} is no fleet of a drill`);
  const log = await createShared(location);
  try {
    await log.open();
    await log.removeFleet();
  } finally {
    await log.close();
  }
}

function flawInStoreUrl(kind: SharedLocation['kind'], url: string): string | null {
  const parsed = kind === 'redis' ? parseRedisUrl(url) : parseEtcdUrl(url);
  return parsed.ok ? null : parsed.problem;
}

/** The SQLite store at `path`, not open yet. */
export async function createSqlite(
  path: string,
  durability: 'host' | 'process',
  { opensDamaged = false }: { readonly opensDamaged?: boolean } = {},
): Promise<LogFile> {
  const { createSqliteStore } = await import('./adapters/sqlite/sqlite-store.ts');
  const seams = pageCap === null ? {} : { seams: { onConnect: pageCap.onConnect } };
  return createSqliteStore({ path, durability, clock, hasher, random: () => fraction(ids), opensDamaged, ...seams });
}

let pageCap: PageCap | null = null;

/** Logs that this process opens from now on can be made as full as a disk is. For a drill: no setting reaches it. */
export async function capLogs(): Promise<{ readonly set: (isFull: boolean) => void }> {
  const { PageCap } = await import('./adapters/sqlite/page-cap.ts');
  pageCap ??= new PageCap();
  return pageCap;
}

/** Copies the log file `from`, which must be there, to `to`, which must not. */
export async function copyLogFile(from: string, to: string): Promise<void> {
  const { copyDatabase } = await import('./adapters/sqlite/copy-database.ts');
  const { asStoreFault } = await import('./adapters/sqlite/sqlite-faults.ts');
  const driver = await sqliteDriver();
  try {
    await copyDatabase(driver, from, to);
  } catch (error) {
    throw asStoreFault(driver, from, error);
  }
}

/** Puts another file in the place of a log that nobody else has open; see `replaceDatabase`. */
export async function replaceLogFile(replacement: Replacement): Promise<void> {
  const { replaceDatabase } = await import('./adapters/sqlite/replace-database.ts');
  await replaceDatabase(await sqliteDriver(), replacement);
}

async function sqliteDriver() {
  const { loadSqliteDriver } = await import('./adapters/sqlite/sqlite-driver.ts');
  return loadSqliteDriver('better-sqlite3');
}

/** The fleet folder is made anew where it was removed, but never a workspace that is gone. */
async function ensureParent(host: Host, path: string): Promise<void> {
  const { fleetFolder, fleetRoot } = host.workspace;
  if (!existsSync(fleetRoot)) {
    throw new StoreFault('STORE_UNAVAILABLE', `The workspace ${fleetRoot} is gone, and the log of its fleet with it.`, {
      details: { path: fleetRoot },
    });
  }
  if (dirname(path) !== fleetFolder) return;
  try {
    await ensureFleetFolder(fleetFolder);
  } catch (error) {
    if (!(error instanceof SetupFault)) throw error;
    const { message, details } = error.rejection;
    throw new StoreFault('STORE_UNAVAILABLE', message, { cause: error, details });
  }
}

/** Only a process that stays makes snapshots. */
async function foldOf(host: Host): Promise<BackgroundFold | null> {
  const { settings, stays } = host;
  const { value: location } = settings.store;
  if (!stays || location.kind === 'memory') return null;
  const { createFoldThread } = await import('./adapters/system/fold-thread.ts');
  return createFoldThread(programOf('fold-worker'), keptLog(host, location));
}

/** A process that is over in a moment holds nobody up, and folds the past itself. */
async function pastOf(host: Host): Promise<{ readonly past?: PastViews }> {
  const { settings, stays } = host;
  const { value: location } = settings.store;
  if (!stays || location.kind === 'memory') return {};
  const { createPastThread } = await import('./adapters/system/past-thread.ts');
  return { past: createPastThread(programOf('past-worker'), keptLog(host, location), clock) };
}

/** Only a process that stays archives. */
async function keeperOf(host: Host): Promise<LogKeeper | null> {
  const { settings, stays } = host;
  const { value: location } = settings.store;
  if (!stays || location.kind === 'memory') return null;
  const { createArchiveThread } = await import('./adapters/system/archive-thread.ts');
  const where = { log: keptLog(host, location), folder: archivesPath(host) };
  return createArchiveThread(programOf('archive-worker'), where);
}

/** What looks at the whole log of `host` beside all else; null where it is in memory. */
export async function examinerOf(host: Host): Promise<LogExaminer | null> {
  const { value: location } = host.settings.store;
  if (location.kind === 'memory') return null;
  const { createExamineThread } = await import('./adapters/system/examine-thread.ts');
  const where = { log: keptLog(host, location), folder: archivesPath(host) };
  return createExamineThread(programOf('examine-worker'), where, clock);
}

/** A store at `location`, open; a file is made where there is none, with the folder that it lies in. Throws `StoreFault`. */
export async function openStoreAt(host: Host, location: KeptLocation): Promise<EventStore> {
  if (location.kind === 'sqlite') await ensureParent(host, location.path);
  const store = await createStore(keptLog(host, location));
  try {
    await store.open();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

export function keptLog({ settings }: Pick<Host, 'settings'>, location: KeptLocation): KeptLog {
  return { location, durability: durabilityOf(settings) };
}

function isShared(location: StoreLocation): location is SharedLocation {
  return location.kind === 'redis' || location.kind === 'etcd';
}

/** What the log takes on the disk of this host; null where it is in memory. */
export async function logOnDisk(host: Host): Promise<LogOnDisk | null> {
  const { value: location } = host.settings.store;
  if (location.kind === 'memory') return null;
  const disk = await import('./adapters/system/log-on-disk.ts');
  return disk.logOnDisk(location.kind === 'sqlite' ? location.path : null, archivesPath(host));
}

/** Where stretches of the log go that it no longer keeps. */
export function archivesPath({ workspace }: Host): string {
  return join(workspace.fleetFolder, 'archive');
}

export async function openArchives(path: string): Promise<ArchiveFolder> {
  return (await import('./adapters/system/archive-folder.ts')).openArchiveFolder(path);
}

/** Whoever writes or cuts archives there does it alone. */
export async function archivesAlone(path: string): Promise<Alone> {
  return (await import('./adapters/sqlite/alone.ts')).aloneBy(join(path, 'archiving.lock'));
}

/** Answers what a thread that looks back is asked at `port`, for as long as it lives. */
export async function servePast(views: PastViews, port: MessagePort): Promise<void> {
  const thread = await import('./adapters/system/past-thread.ts');
  thread.servePast(views, port);
}

/** Run from its sources this file is TypeScript, and so is the program of a thread. */
function programOf(name: 'fold-worker' | 'past-worker' | 'archive-worker' | 'examine-worker'): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new URL(`./${name}.${extension}`, import.meta.url);
}
