// The state folder of one fleet on this host:
//
//   <state base>/<fleet id>/sessions/<digest of client and client session>.json
//                          /operator-token  /join-token
//                          /conversations/                 (see conversation-files.ts)
//                          /witness/                       (see host-memory.ts)
//
// and the same below `.brigade/state/` where the first cannot be written.

import { join } from 'node:path';
import { SetupFault } from '../../ports/setup-fault.ts';
import type { ClientSessionKey, KeptSession, StateFolder, TokenKind } from '../../ports/state-folder.ts';
import { nodeHasher } from './node-hasher.ts';
import { createPrivateFile, readPrivateFile, removePrivateFile, writePrivateFile } from './private-files.ts';
import { openTwoFolders, type TwoFolders, whereWritable } from './two-folders.ts';

const FLEET_ID = /^[a-z0-9][a-z0-9_-]{3,63}$/;
/** What else lives in the state base. */
const BASE_NAMES: ReadonlySet<string> = new Set(['locations', 'machine-id', 'compile-cache', 'desk-key']);

export interface StateFolderOptions {
  /** See `stateBase`. */
  readonly base: string;
  readonly fleetId: string;
  /** `.brigade/` of the fleet. */
  readonly fleetFolder: string;
}

/** Opens without touching the disk: nothing is made before something is written. */
export function openStateFolder(options: StateFolderOptions): StateFolder {
  const folders = stateFoldersOf(options);
  const sessions = folders.below('sessions');
  return {
    path: folders.primary,
    warning: folders.warning,
    keptSession: (key) => newestSession(sessions, key),
    keepSession: (key, session, instead) => keepSession(sessions, key, session, instead),
    dropSession: (key, sessionId) => dropSession(sessions, key, sessionId),
    token: (kind) => readToken(folders, kind),
    ensureToken: (kind, secret) => ensureToken(folders, kind, secret),
    replaceToken: (kind, secret) => folders.write((folder) => writePrivateFile(tokenFile(folder, kind), secret)),
  };
}

/** Both folders of a fleet. The id comes from a log, so it is checked before it becomes part of a path. */
export function stateFoldersOf(options: StateFolderOptions): TwoFolders {
  if (!FLEET_ID.test(options.fleetId) || BASE_NAMES.has(options.fleetId)) {
    throw new SetupFault('STORE_DAMAGED', {
      message: 'The fleet id in the log is not one that Brigade makes.',
      next: 'Run brigade doctor; the log was written by something else.',
      details: { fleetId: options.fleetId.slice(0, 80) },
    });
  }
  return openTwoFolders(join(options.base, options.fleetId), join(options.fleetFolder, 'state', options.fleetId));
}

async function newestSession(folders: TwoFolders, key: ClientSessionKey): Promise<KeptSession | null> {
  const kept = await Promise.all(folders.paths().map((folder) => readSession(folder, key)));
  const [first = null, second = null] = kept;
  if (first === null || second === null) return first ?? second;
  return second.createdAt > first.createdAt ? second : first;
}

async function keepSession(
  folders: TwoFolders,
  key: ClientSessionKey,
  session: KeptSession,
  instead: string | undefined,
): Promise<KeptSession> {
  const kept = await newestSession(folders, key);
  if (kept !== null && kept.sessionId !== instead) return kept;
  return folders.write(async (folder) => {
    const file = sessionFile(folder, key);
    await removePrivateFile(file, (text) => isReplaceable(text, instead));
    const created = await createPrivateFile(file, `${JSON.stringify(session, null, 2)}\n`);
    // Lost the race. If the winner has dropped its own again since, nobody keeps anything and this session stands alone.
    return created ? session : ((await readSession(folder, key)) ?? session);
  });
}

function isReplaceable(text: string, instead: string | undefined): boolean {
  const kept = parseSession(text);
  return kept === null || kept.sessionId === instead;
}

async function dropSession(folders: TwoFolders, key: ClientSessionKey, sessionId: string): Promise<void> {
  for (const folder of folders.paths()) {
    await whereWritable(() =>
      removePrivateFile(sessionFile(folder, key), (text) => parseSession(text)?.sessionId === sessionId),
    );
  }
}

async function readSession(folder: string, key: ClientSessionKey): Promise<KeptSession | null> {
  const text = await readPrivateFile(sessionFile(folder, key));
  return text === null ? null : parseSession(text);
}

/** The key is digested, because a client may put anything into its session id. */
function sessionFile(folder: string, key: ClientSessionKey): string {
  return join(folder, `${nodeHasher.sha256Hex(JSON.stringify([key.client, key.id])).slice(0, 40)}.json`);
}

/** Null for a file cut short by a lost disk: a handle that cannot be read is a handle that is gone. */
function parseSession(text: string): KeptSession | null {
  const value = parseObject(text);
  if (value === null) return null;
  const { fleetId, agentId, sessionId, handle, createdAt } = value;
  const fields = [fleetId, agentId, sessionId, handle, createdAt];
  if (!fields.every((field) => typeof field === 'string')) return null;
  return { fleetId, agentId, sessionId, handle, createdAt } as KeptSession;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

async function readToken(folders: TwoFolders, kind: TokenKind): Promise<string | null> {
  for (const folder of folders.paths()) {
    const text = await readPrivateFile(tokenFile(folder, kind));
    if (text !== null && text !== '') return text;
  }
  return null;
}

async function ensureToken(folders: TwoFolders, kind: TokenKind, secret: string): Promise<string> {
  const kept = await readToken(folders, kind);
  if (kept !== null) return kept;
  await folders.write((folder) => createPrivateFile(tokenFile(folder, kind), secret));
  return (await readToken(folders, kind)) ?? secret;
}

function tokenFile(folder: string, kind: TokenKind): string {
  return join(folder, `${kind}-token`);
}
