// Asks Brigade about one hook call: the desk of this host, or else the log itself. Loaded by `hook.ts` when there is something
// to ask, which is seldom: most tool calls change no file.
//
//   no fleet here              let it happen, say nothing
//   a desk is open             ask it; it does the work
//   none, or none for us       load the coordinator, and do it here, within a second

import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { openDeskDoor } from './adapters/desk/desk-door.ts';
import { readConfigText } from './adapters/system/config-text.ts';
import { nodeHasher } from './adapters/system/node-hasher.ts';
import { findPlace } from './adapters/system/place.ts';
import { randomIds } from './adapters/system/random-ids.ts';
import { stateBase } from './adapters/system/state-base.ts';
import { systemClock } from './adapters/system/system-clock.ts';
import { findWorkspace } from './adapters/system/workspace.ts';
import { DeskLink } from './app/desk/desk-link.ts';
import { DESK_PROTOCOL, type Hello } from './app/desk/protocol.ts';
import { ALLOW, type HookAnswer, type HookCall, type HookCaller } from './app/hook/hook-call.ts';
import { durabilityOf, resolveSettings, type SettingFlags, type Settings, workspaceStart } from './app/settings.ts';
import { storeUrlOf } from './app/store-url.ts';
import { DeskFault } from './ports/desk-door.ts';
import type { ProcessTable } from './ports/process-table.ts';
import { SetupFault } from './ports/setup-fault.ts';
import type { Workspace } from './ports/workspace.ts';
import type { HookOptions } from './surface/hook/hook-options.ts';

type Caller = Omit<HookCaller, 'pid'>;

/** The coordinator is loaded, the log folded and the call decided. More is for machines that are known to be slow. */
const ALONE_MS = Number(process.env.BRIGADE_HOOK_PATIENCE_MS) || 1_000;
/** A desk answers within milliseconds; one that is held up for so long may be so for longer. */
const DESK_MS = Math.max(3_000, ALONE_MS);

/** Rejects with a sentence for people where nobody can answer. */
export async function askBrigade(options: HookOptions, call: HookCall, caller: Caller): Promise<HookAnswer> {
  const { root, agent, purpose } = options;
  const flags: SettingFlags = { root, agent, purpose, client: options.dialect.client };
  const folder = call.folder !== null && existsSync(call.folder) ? call.folder : process.cwd();
  const workspace = workspaceAt(flags, folder);
  // Hooks of a user run wherever one works. Where no fleet is, there is nobody to be kept from anything.
  if (workspace === null || !existsSync(workspace.fleetFolder)) return ALLOW;
  const settings = resolveSettings({
    flags: definedIn(flags),
    env: process.env,
    file: readConfigText(workspace.fleetFolder),
    workspace,
  });
  if (settings.store.value.kind === 'memory') return ALLOW;
  const asked = { ...caller, agentId: settings.agent.value, purpose: settings.purpose.value };
  const told = await within(DESK_MS, 'The desk does not answer.', askDesk({ workspace, settings }, call, asked));
  if (told !== null) return told;
  return within(
    ALONE_MS,
    `No desk is open, and reading the log took longer than ${ALONE_MS} ms.`,
    askAlone({ flags: definedIn(flags), folder }, call, asked),
  );
}

/** Null for a folder that is in no workspace: a home folder, the root. */
function workspaceAt(flags: SettingFlags, folder: string): Workspace | null {
  try {
    return findWorkspace(workspaceStart(flags, process.env, folder));
  } catch (error) {
    if (error instanceof SetupFault && flags.root === undefined) return null;
    throw error;
  }
}

/** Null where no desk is open, or none that serves us. */
async function askDesk(
  { workspace, settings }: { readonly workspace: Workspace; readonly settings: Settings },
  call: HookCall,
  caller: Caller,
): Promise<HookAnswer | null> {
  if (settings.desk.value === 'off') return null;
  const base = stateBase(process.env);
  const { placeId } = await findPlace(process.env, base);
  const door = openDeskDoor({
    fleetFolder: workspace.fleetFolder,
    stateBase: base,
    env: process.env,
    placeId,
    processes: NOBODY,
    clock: systemClock,
    ids: randomIds,
  });
  try {
    const address = door.find();
    if (address === null) return null;
    const hello: Hello = {
      t: 'hello',
      protocol: DESK_PROTOCOL,
      nonce: randomIds.newSecret(),
      placeId,
      store: storeUrlOf(settings.store.value),
      durability: durabilityOf(settings),
      person: { pid: process.pid, startTime: '', kind: 'hook', version: '', client: call.client, startedBy: null },
      mayOpen: false,
    };
    const [key, connection] = await Promise.all([door.key(), door.connect(address)]);
    const link = await DeskLink.greet({ connection, hello, key, clock: systemClock, hasher: nodeHasher });
    if (!(link instanceof DeskLink)) return null;
    const answer = await link.hook(call, caller);
    link.leave();
    return answer;
  } catch (error) {
    if (error instanceof DeskFault) return null;
    throw error;
  }
}

/** A hook makes no claims and judges nobody. */
const NOBODY: ProcessTable = {
  evidenceOf: () => null,
  judge: () => 'alive',
  judgeMany: () => Promise.resolve([]),
  ancestorsOf: () => [],
  groupOf: () => null,
};

async function askAlone(
  start: { readonly flags: SettingFlags; readonly folder: string },
  call: HookCall,
  caller: Caller,
): Promise<HookAnswer> {
  keepCompiled();
  // Not bundled with this program: it is what that does without, mostly.
  const { answerAlone } = await import('./surface/hook/answer-alone.ts');
  return answerAlone({ ...start, env: process.env }, call, { ...caller, pid: process.pid });
}

/** As `bin/compile-cache.js` does for the other programs. Where it cannot be done this one starts slower. */
function keepCompiled(): void {
  if (process.env.NODE_COMPILE_CACHE === undefined) enableCompileCache(join(stateBase(process.env), 'compile-cache'));
}

function definedIn(flags: SettingFlags): SettingFlags {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

function within<T>(ms: number, late: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = systemClock.after(ms, () => reject(new Error(late)));
    work.then(resolve, reject).finally(cancel);
  });
}
