// Who makes a commit: the agent whose client runs git, or a person. Found in this order:
//
//   BRIGADE_SESSION                    the session that it shows
//   the variable of a client           the live session of that client session
//   a process above this one           that acts for a live session, or that started the process which does
//
// Variables are inherited. Where a process above this one is nearer than any of the session that a variable names, the
// variable came from farther away, as that of a client does in which another client was started.
//
// Two clients that share one process (two windows of one editor) cannot be told apart from below it: then it is one of them.

import type { SessionView } from '../../core/view/views.ts';
import type { ProcessRow, ProcessTable } from '../../ports/process-table.ts';
import { clientSessionsIn, normalClientName } from '../client-session.ts';
import { starterOf } from '../starter.ts';

export type Committer =
  | { readonly kind: 'agent'; readonly sessions: readonly CommittingSession[]; readonly how: HowFound }
  | { readonly kind: 'person' };

/** `session`: it was shown; `client`: a variable of the client; `process`: a process above this one. */
export type HowFound = 'session' | 'client' | 'process';

export type CommittingSession = Pick<SessionView, 'sessionId' | 'agentId' | 'client' | 'clientSession'>;

export interface CommitterFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly placeId: string;
  readonly processes: Pick<ProcessTable, 'ancestorsOf'>;
  /** This process. */
  readonly pid: number;
  /** The session that BRIGADE_SESSION shows; null where it is set and shows none, absent where it is not set. */
  readonly shown?: SessionView | null;
  /** Every live session. */
  readonly live: readonly SessionView[];
}

export function findCommitter(facts: CommitterFacts): Committer {
  const { shown, live } = facts;
  if (shown?.state === 'live') return { kind: 'agent', sessions: [shown], how: 'session' };
  const named = sessionsOfVariables(facts);
  const near = nearest(facts, live);
  if (named.length > 0) {
    const ownDepth = nearest(facts, named)?.depth ?? 0;
    if (near === null || near.depth >= ownDepth) return { kind: 'agent', sessions: named, how: 'client' };
  }
  return near === null ? { kind: 'person' } : { kind: 'agent', sessions: near.sessions, how: 'process' };
}

function sessionsOfVariables({ env, live }: CommitterFacts): readonly SessionView[] {
  const keys = clientSessionsIn(env);
  return live.filter(({ client, clientSession }) =>
    keys.some((key) => key.id === clientSession && key.client === normalClientName(client)),
  );
}

/** A process that its client starts and runs no commands in; of every other kind git would be below it. */
const STARTED = 'mcp';

interface Near {
  /** Of the process above this one; 0 is its parent. */
  readonly depth: number;
  readonly sessions: readonly SessionView[];
}

/** The sessions of the nearest process above this one that has any. */
function nearest({ placeId, processes, pid }: CommitterFacts, sessions: readonly SessionView[]): Near | null {
  const above = processes.ancestorsOf(pid);
  const depthOf = new Map(above.map((row, depth) => [nameOf(row), depth]));
  let best: { depth: number; sessions: SessionView[] } | null = null;
  for (const session of sessions) {
    for (const attached of session.processes) {
      if (attached.placeId !== placeId) continue;
      const started = attached.kind === STARTED ? depthOfStarter(attached.pid, processes, depthOf) : undefined;
      const depth = depthOf.get(nameOf(attached)) ?? started;
      if (depth === undefined || (best !== null && depth > best.depth)) continue;
      if (best === null || depth < best.depth) best = { depth, sessions: [] };
      if (!best.sessions.includes(session)) best.sessions.push(session);
    }
  }
  return best;
}

/** The client that started the process of a session, where it started this one too. */
function depthOfStarter(
  pid: number,
  processes: Pick<ProcessTable, 'ancestorsOf'>,
  depthOf: ReadonlyMap<string, number>,
): number | undefined {
  const starter = starterOf(processes.ancestorsOf(pid));
  return starter === null ? undefined : depthOf.get(nameOf(starter));
}

function nameOf({ pid, startTime }: Pick<ProcessRow, 'pid' | 'startTime'>): string {
  return `${pid} ${startTime}`;
}
