// Sessions whose process is this one, on a real log, as a program that embeds Brigade has them: no MCP between.

import { randomUUID } from 'node:crypto';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { openProcessTable } from '../../src/adapters/system/process-table.ts';
import { secretHash } from '../../src/app/credentials.ts';
import type { Durability } from '../../src/app/settings.ts';
import { type Fleet, openFleet, prepareHost } from '../../src/compose.ts';
import { isRejection } from '../../src/core/rejection.ts';
import { Cook } from './fleet-rig.ts';

/** Opens the fleet of the workspace `root` in this process. */
export async function openLibrary(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
  durability: Durability = 'host',
  mayOpenDesk = false,
): Promise<Fleet> {
  const flags = { root, durability, logLevel: 'error' };
  return openFleet(await prepareHost({ flags, env, folder: root, stays: true }), { mayOpenDesk });
}

/** Registers an agent whose process is this one. */
export async function cookHere({ coordinator, place }: Fleet, agentId: string): Promise<Cook> {
  const evidence = openProcessTable().evidenceOf(process.pid);
  if (evidence === null) throw new Error('no evidence of this process');
  const requestId = randomUUID();
  const handleHash = secretHash(nodeHasher, requestId);
  const { answer } = await coordinator.submit({
    op: 'register',
    by: { kind: 'system', name: 'test' },
    requestId,
    bodyHash: requestId,
    agentId,
    purpose: null,
    client: 'library',
    user: 'cook',
    stamp: '20251119_2325',
    onTaken: 'sibling',
    tags: [],
    notes: '',
    resumeHandleHash: null,
    clientSession: null,
    transport: 'process',
    worktree: 'w1',
    root: '/w',
    foldsCase: false,
    attachment: { attachmentId: requestId, placeId: place.placeId, ...evidence, kind: 'library' },
    freshSessionId: `ses_${requestId}`,
    freshHandleHash: handleHash,
    joinTokenHash: null,
  });
  if (isRejection(answer) || answer.op !== 'register') throw new Error(JSON.stringify(answer));
  return new Cook(coordinator, { agentId: answer.agentId, sessionId: answer.sessionId, handleHash, pid: process.pid });
}
