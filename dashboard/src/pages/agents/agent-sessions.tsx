import type { Answered } from '../../data/api.ts';
import type { AgentView, SessionView } from '../../data/types.ts';
import { Panel } from '../../parts/panel.tsx';
import { PresenceBadge } from '../../parts/presence.tsx';
import { Empty } from '../../parts/states.tsx';
import { Ago, Lasting } from '../../parts/time.tsx';

type Of = Pick<Answered<unknown>, 'receivedMs'>;

/** The sessions that stand for an agent, and the processes that act for them. */
export function AgentSessions({
  agent: { sessions, liveSessions },
  of,
}: {
  readonly agent: AgentView;
  readonly of: Of;
}) {
  return (
    <Panel
      title="Sessions and processes"
      aside={liveSessions > sessions.length && <span className="text-mute">{liveSessions} in all</span>}
    >
      {sessions.length === 0 ? (
        <Empty title="It never had a session">One opens with its first call.</Empty>
      ) : (
        <ul className="grid gap-3">
          {sessions.map((session) => (
            <Session key={session.sessionId} session={session} of={of} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Session({ session, of }: { readonly session: SessionView; readonly of: Of }) {
  const { sessionId, state, client, root, presence, openForMs, idleForMs, processes } = session;
  return (
    <li className="grid gap-0.5 border-l-4 border-line pl-3">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <code className="text-sm">{sessionId}</code>
        <PresenceBadge presence={presence} />
        {state !== 'live' && <span className="text-mute">{state}</span>}
      </p>
      <p className="text-sm text-mute">
        {client}, open for <Lasting ms={openForMs} of={of} />, last active <Ago ms={idleForMs} of={of} />
      </p>
      <p className="font-mono text-sm" title="The worktree in which it reads names of files">
        {root}
      </p>
      {processes.length === 0 ? (
        <p className="text-sm text-mute">It named no process: it may talk over HTTP, or have ended.</p>
      ) : (
        <p className="text-sm">{processes.map(({ pid, kind }) => `process ${pid} (${kind})`).join(', ')}</p>
      )}
    </li>
  );
}
