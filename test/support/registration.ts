// A call that registers an agent, for tests and benches that decide on the core themselves.

import type { RegisterCommand } from '../../src/core/command.ts';

export type Registration = Omit<RegisterCommand, 'by' | 'requestId' | 'bodyHash'>;

/** Over HTTP, so that no process is needed; whatever matters to the caller is in `change`. */
export function registration(agentId: string | null, change: Partial<Registration> = {}): Registration {
  return {
    op: 'register',
    agentId,
    purpose: null,
    client: 'test',
    user: 'root',
    stamp: '20251119_2325',
    onTaken: 'refuse',
    tags: [],
    notes: '',
    resumeHandleHash: null,
    clientSession: null,
    transport: 'http',
    worktree: 'w1',
    root: '/',
    foldsCase: false,
    attachment: null,
    freshSessionId: `s-${agentId}`,
    freshHandleHash: `h-${agentId}`,
    joinTokenHash: null,
    ...change,
  };
}
