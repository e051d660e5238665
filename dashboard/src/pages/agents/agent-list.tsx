import { useMemo } from 'react';
import { useLocation } from 'wouter';
import type { Answered } from '../../data/api.ts';
import { useMoment, withMoment } from '../../data/moment.ts';
import { useChosen } from '../../data/params.ts';
import type { AgentView } from '../../data/types.ts';
import { useList } from '../../data/view.ts';
import { Cut } from '../../parts/cut.tsx';
import { AgentLink } from '../../parts/go-to.tsx';
import { PageTitle } from '../../parts/panel.tsx';
import { PresenceBadge } from '../../parts/presence.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { Empty, Loading, Trouble } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Ago } from '../../parts/time.tsx';
import { LifecycleBadge, VerdictBadge } from './agent-badges.tsx';
import { filterAgents, presenceOf } from './shown-agent.ts';

export const AGENT_TOPICS = ['agent.', 'session.', 'lease.', 'wait.', 'checkin.', 'outcome.'];

const STATES: readonly (readonly [id: string, label: string])[] = [
  ['', 'Every state'],
  ['active', 'Active'],
  ['paused', 'Paused'],
  ['archived', 'Archived'],
  ['retired', 'Retired'],
];

/** Who is here; with `?gone=1` also who was. */
export function AgentList() {
  const [chosen, choose] = useChosen();
  const text = chosen.get('q') ?? '';
  const state = chosen.get('state') ?? '';
  const withGone = chosen.get('gone') === '1' || state === 'archived' || state === 'retired';
  const list = useList<AgentView>('/v1/agents', 'agents', {
    topics: AGENT_TOPICS,
    ...(withGone ? { params: { all: true } } : {}),
  });
  const agents = list.data?.body.rows;
  const shown = useMemo(() => filterAgents(agents ?? [], { text, state }), [agents, text, state]);
  const { at } = useMoment();
  const [, navigate] = useLocation();
  const columns = useMemo(() => (list.data === undefined ? [] : columnsOf(list.data)), [list.data]);
  return (
    <>
      <PageTitle title="Agents" />
      <search className="mb-3 flex flex-wrap items-center gap-2" aria-label="Which agents">
        <SearchField label="Search names, plans, tags" value={text} onChange={(q) => choose({ q })} />
        <select
          aria-label="State"
          className="field"
          value={state}
          onChange={(event) => choose({ state: event.target.value })}
        >
          {STATES.map(([id, label]) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
        <label className="field flex cursor-pointer items-center gap-2">
          <input
            type="checkbox"
            className="accent-(--accent)"
            checked={withGone}
            disabled={state === 'archived' || state === 'retired'}
            onChange={(event) => choose({ gone: event.target.checked ? '1' : null })}
          />
          Also those that have gone
        </label>
        {agents !== undefined && (
          <output className="text-sm text-mute tabular-nums">
            {shown.length === agents.length ? '' : `${shown.length.toLocaleString('en')} of `}
            {agents.length.toLocaleString('en')} {agents.length === 1 ? 'agent' : 'agents'}
          </output>
        )}
      </search>
      <Cut list={list.data?.body} what="agents" also="brigade agents" />
      {list.error !== null && <Trouble problem={list.error} />}
      {list.isPending && list.error === null && <Loading />}
      {agents !== undefined && shown.length === 0 && <NoAgents isFiltered={agents.length > 0} />}
      {shown.length > 0 && (
        <Table
          label="Agents"
          columns={columns}
          rows={shown}
          keyOf={({ agentId }) => agentId}
          onOpen={({ agentId }) => navigate(withMoment(`/agents/${encodeURIComponent(agentId)}`, at))}
        />
      )}
    </>
  );
}

function NoAgents({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <Empty title="No agent matches">Search for something else, or choose another state.</Empty>;
  return (
    <Empty title="No agent is here">
      Connect a client with <code>brigade install</code>: its agent is listed here from its first call on, until its
      session ends.
    </Empty>
  );
}

function columnsOf(of: Pick<Answered<unknown>, 'receivedMs'>): readonly Column<AgentView>[] {
  return [
    {
      id: 'agent',
      title: 'Agent',
      width: 'minmax(10rem, 1.6fr)',
      sortBy: ({ agentId }) => agentId,
      cell: ({ agentId, purpose }) => (
        <div className="min-w-0">
          <p className="truncate" title={agentId}>
            <AgentLink id={agentId} />
          </p>
          {purpose !== null && (
            <p className="truncate text-xs text-mute" title={purpose}>
              {purpose}
            </p>
          )}
        </div>
      ),
    },
    {
      id: 'state',
      title: 'State',
      width: '6.5rem',
      sortBy: ({ lifecycle }) => lifecycle,
      cell: (agent) => <LifecycleBadge agent={agent} />,
    },
    {
      id: 'presence',
      title: 'Process',
      width: '7rem',
      sortBy: presenceOf,
      cell: (agent) => <PresenceBadge presence={presenceOf(agent)} />,
    },
    {
      id: 'client',
      title: 'Client',
      width: 'minmax(6rem, 0.9fr)',
      sortBy: ({ client }) => client,
      cell: ({ client, liveSessions }) => (
        <span className="block truncate" title={client}>
          {client}
          {liveSessions > 1 && <span className="text-mute">, {liveSessions} sessions</span>}
        </span>
      ),
    },
    {
      id: 'plan',
      title: 'Plan',
      width: 'minmax(9rem, 1.8fr)',
      cell: ({ plan }) =>
        plan === null ? (
          <span className="text-mute">–</span>
        ) : (
          <span className="block truncate" title={`${plan.goal}: ${plan.task}`}>
            {plan.task === '' ? plan.goal : plan.task}
          </span>
        ),
    },
    {
      id: 'active',
      title: 'Last active',
      width: '7rem',
      isNumber: true,
      sortBy: ({ idleForMs }) => idleForMs ?? Number.POSITIVE_INFINITY,
      cell: ({ idleForMs }) => (idleForMs === null ? 'never' : <Ago ms={idleForMs} of={of} />),
    },
    {
      id: 'leases',
      title: 'Holds',
      width: '4.5rem',
      isNumber: true,
      sortBy: ({ leases }) => leases,
      cell: ({ leases }) => countText(leases),
    },
    {
      id: 'waits',
      title: 'Waits',
      width: '4.5rem',
      isNumber: true,
      sortBy: ({ waits }) => waits,
      cell: ({ waits }) => countText(waits),
    },
    {
      id: 'verdict',
      title: 'Last verdict',
      width: '7rem',
      sortBy: ({ conduct }) => conduct?.lastVerdict ?? '',
      cell: ({ conduct }) =>
        conduct?.lastVerdict == null ? (
          <span className="text-mute">–</span>
        ) : (
          <VerdictBadge verdict={conduct.lastVerdict} />
        ),
    },
  ];
}

function countText(count: number): string {
  return count === 0 ? '–' : count.toLocaleString('en');
}
