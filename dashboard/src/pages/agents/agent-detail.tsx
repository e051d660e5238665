import { Activity, ArrowLeft } from 'lucide-react';
import { openAct } from '../../actions/act.ts';
import { actsOn } from '../../actions/agent-acts.ts';
import type { Answered } from '../../data/api.ts';
import type { AgentView } from '../../data/types.ts';
import { useView } from '../../data/view.ts';
import { Facts } from '../../parts/facts.tsx';
import { GoTo } from '../../parts/go-to.tsx';
import { PageTitle, Panel } from '../../parts/panel.tsx';
import { PresenceBadge } from '../../parts/presence.tsx';
import { Loading, Trouble } from '../../parts/states.tsx';
import { Ago, Lasting, When } from '../../parts/time.tsx';
import { LifecycleBadge } from './agent-badges.tsx';
import { AgentEvents } from './agent-events.tsx';
import { AGENT_TOPICS } from './agent-list.tsx';
import { AgentLocks } from './agent-locks.tsx';
import { AgentMessages } from './agent-messages.tsx';
import { AgentSessions } from './agent-sessions.tsx';
import { ConductPanel } from './conduct-panel.tsx';
import { presenceOf } from './shown-agent.ts';

/** All of one agent: what it is and why, what it holds, how it does, and what may be made of it. */
export function AgentDetail({ agentId }: { readonly agentId: string }) {
  const path = `/v1/agents/${encodeURIComponent(agentId)}`;
  const view = useView<{ readonly agent: AgentView }>(path, { topics: AGENT_TOPICS });
  const agent = view.data?.body.agent;
  return (
    <>
      <p className="mb-1 text-sm">
        <GoTo to="/agents" className="inline-flex items-center gap-1">
          <ArrowLeft aria-hidden className="size-3.5" /> All agents
        </GoTo>
      </p>
      <PageTitle title={agentId}>{agent !== undefined && <Acts agent={agent} />}</PageTitle>
      {view.error !== null && <Trouble problem={view.error} />}
      {view.isPending && view.error === null && <Loading />}
      {agent !== undefined && view.data !== undefined && view.error === null && (
        <div className="grid items-start gap-4 xl:grid-cols-2">
          <div className="grid min-w-0 gap-4">
            <About agent={agent} of={view.data} />
            <AgentSessions agent={agent} of={view.data} />
            <AgentLocks agentId={agentId} />
          </div>
          <div className="grid min-w-0 gap-4">
            <AgentEvents agentId={agentId} until={view.data.asOf?.seq ?? null} />
            <AgentMessages agentId={agentId} />
          </div>
          <ConductPanel agent={agent} of={view.data} />
        </div>
      )}
    </>
  );
}

function Acts({ agent }: { readonly agent: AgentView }) {
  return (
    <div className="flex flex-wrap gap-2">
      <GoTo to={`/timeline?by=agent&agent=${encodeURIComponent(agent.agentId)}`} isPlain className="button">
        <Activity aria-hidden className="size-3.5" /> Timeline
      </GoTo>
      {actsOn(agent).map((act) => (
        <button key={act.path} type="button" className="button" title={act.means} onClick={() => openAct(act)}>
          {act.verb}
        </button>
      ))}
    </div>
  );
}

function About({ agent, of }: { readonly agent: AgentView; readonly of: Answered<unknown> }) {
  const { client, purpose, tags, notes, change, plan, registeredAt, idleForMs } = agent;
  const rows: [string, React.ReactNode][] = [
    [
      'State',
      <span key="state" className="flex flex-wrap items-center gap-2">
        <LifecycleBadge agent={agent} /> <PresenceBadge presence={presenceOf(agent)} />
      </span>,
    ],
  ];
  if (change !== null) rows.push(['Why', <Why key="why" change={change} of={of} />]);
  rows.push(['Client', client]);
  if (purpose !== null) rows.push(['Purpose', purpose]);
  rows.push([
    'Plan',
    plan === null ? (
      <span key="plan" className="text-mute">
        It has told none. An agent tells what it is at when it checks in.
      </span>
    ) : (
      <span key="plan">
        {plan.goal}
        {plan.task !== '' && <span className="block">{plan.task}</span>}
        <span className="block text-sm text-mute">
          told <When at={plan.at} />
        </span>
      </span>
    ),
  ]);
  rows.push(['Last active', idleForMs === null ? 'never' : <Ago key="active" ms={idleForMs} of={of} />]);
  rows.push(['First joined', <When key="joined" at={registeredAt} />]);
  if (tags.length > 0) rows.push(['Tags', tags.join(', ')]);
  if (notes !== '') rows.push(['Notes', notes]);
  return (
    <Panel title="What it is">
      <Facts rows={rows} />
    </Panel>
  );
}

function Why({
  change: { by, reason, forMs, standingAgainst },
  of,
}: {
  readonly change: NonNullable<AgentView['change']>;
  readonly of: Answered<unknown>;
}) {
  return (
    <span>
      {reason}
      <span className="block text-sm text-mute">
        by {by}, for <Lasting ms={forMs} of={of} />
      </span>
      {standingAgainst
        .filter(({ code }) => code !== 'PAUSED_BY_OPERATOR')
        .map(({ code, message }) => (
          <span key={code} className="block text-sm text-warn">
            {message}
          </span>
        ))}
    </span>
  );
}
