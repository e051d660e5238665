// The command that opens a session, from what the caller asks and what the process was started with.

import type { RegisterCommand } from '../../core/command.ts';
import type { Attachment } from '../../core/event.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { bodyHash } from '../body-hash.ts';
import { secretHash } from '../credentials.ts';
import type { ActingProcess, Occupant, Worktree } from './occupant.ts';
import type { SeatPorts } from './seat-ports.ts';

export interface RegisterAsk {
  readonly id?: string | null | undefined;
  readonly purpose?: string | null | undefined;
  readonly client?: string | undefined;
  readonly onTaken?: 'sibling' | 'refuse' | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly notes?: string | undefined;
  readonly joinToken?: string | undefined;
}

export interface Registration {
  readonly command: RegisterCommand;
  /** The fresh secret; only its hash is in the command. */
  readonly handle: string;
  readonly attachment: Attachment | null;
}

export interface RegistrationParts {
  readonly ask: RegisterAsk;
  /** What the caller said; what a repeat must repeat. */
  readonly said: RegisterAsk;
  readonly worktree: Worktree;
  /** Handle of an earlier session of the agent, live or ended. */
  readonly resume: string | null;
  readonly requestId: string | null;
  /** Goes on as a paused agent, to check in and to recover. */
  readonly asPaused: boolean;
}

/** Everything fresh that a registration needs, made at once. */
export function registrationOf(ports: SeatPorts, occupant: Occupant, parts: RegistrationParts): Registration {
  const { ids, hasher, clock } = ports;
  const { ask, worktree } = parts;
  const handle = ids.newSecret();
  const attachment = occupant.process === null ? null : attachmentOf(occupant.process, hasher);
  const client = ask.client ?? occupant.client;
  const command: RegisterCommand = {
    op: 'register',
    by: { kind: 'system', name: 'seat' },
    requestId: parts.requestId ?? ids.newId('req'),
    bodyHash: bodyHash(hasher, bodyOf(parts.said, client, worktree)),
    agentId: ask.id ?? null,
    purpose: ask.purpose ?? null,
    client,
    user: occupant.user,
    stamp: stampOf(clock.wallAt()),
    onTaken: ask.onTaken ?? 'sibling',
    tags: ask.tags ?? [],
    notes: ask.notes ?? '',
    resumeHandleHash: parts.resume === null ? null : secretHash(hasher, parts.resume),
    clientSession: occupant.clientSession,
    transport: attachment === null ? 'http' : 'process',
    worktree: worktree.id,
    root: worktree.root,
    foldsCase: worktree.foldsCase,
    attachment,
    freshSessionId: ids.newId('ses'),
    freshHandleHash: secretHash(hasher, handle),
    joinTokenHash: ask.joinToken === undefined ? null : secretHash(hasher, ask.joinToken),
    ...(parts.asPaused ? { asPaused: true } : {}),
  };
  return { command, handle, attachment };
}

/** The attachment of `process`: always the same for the same process, so that attaching it again changes nothing. */
export function attachmentOf(process: ActingProcess, hasher: Hasher): Attachment {
  const { placeId, pid, startTime, kind } = process;
  const digest = hasher.sha256Hex(JSON.stringify([placeId, pid, startTime, kind])).slice(0, 20);
  return { attachmentId: `att_${digest}`, placeId, pid, startTime, kind };
}

/** What counts as the same request when it is repeated. Where the process runs does not: a repeat may come from another one. */
function bodyOf(ask: RegisterAsk, client: string, worktree: Worktree): Readonly<Record<string, unknown>> {
  const { id, purpose, onTaken, tags, notes } = ask;
  return { op: 'register', id, purpose, onTaken, tags, notes, client, worktree: worktree.id };
}

/** `yyyymmdd_hhmm` in local time. */
function stampOf(wallAt: string): string {
  const time = new Date(wallAt);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`;
  return `${day}_${two(time.getHours())}${two(time.getMinutes())}`;
}
