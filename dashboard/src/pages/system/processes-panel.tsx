import type { HostProcess } from '../../data/types.ts';
import { useView } from '../../data/view.ts';
import { Badge } from '../../parts/badge.tsx';
import { AgentLink } from '../../parts/go-to.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loading, Trouble } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Lasting } from '../../parts/time.tsx';

interface Row extends HostProcess {
  readonly of: { readonly receivedMs: number };
}

const AGENTS = 3;

const COLUMNS: readonly Column<Row>[] = [
  { id: 'pid', title: 'Pid', width: '4.5rem', isNumber: true, sortBy: ({ pid }) => pid, cell: ({ pid }) => pid },
  {
    id: 'role',
    title: 'Role',
    width: '4.5rem',
    sortBy: ({ role }) => role,
    cell: ({ role }) => (role === 'desk' ? <Badge tone="accent">desk</Badge> : role),
  },
  {
    id: 'kind',
    title: 'Runs',
    width: 'minmax(4rem, 1fr)',
    cell: ({ kind, client }) => (client === null ? kind : `${kind} for ${client}`),
  },
  {
    id: 'agents',
    title: 'Agents',
    width: 'minmax(5rem, 1.5fr)',
    cell: ({ agents }) => (
      <span className="flex flex-wrap gap-x-2">
        {agents.slice(0, AGENTS).map((id) => (
          <AgentLink key={id} id={id} />
        ))}
        {agents.length > AGENTS && `and ${agents.length - AGENTS} more`}
      </span>
    ),
  },
  {
    id: 'idle',
    title: 'Idle',
    width: '5rem',
    isNumber: true,
    cell: ({ idleForMs, of }) => (idleForMs === null ? '' : <Lasting ms={idleForMs} of={of} />),
  },
  {
    id: 'state',
    title: 'State',
    width: '5.5rem',
    cell: ({ state, orphan, orphanBecause }) =>
      orphan ? (
        <Badge tone="warn" title={orphanBecause ?? ''}>
          orphan
        </Badge>
      ) : (
        <Badge tone={state === 'alive' ? 'good' : 'bad'}>{state}</Badge>
      ),
  },
];

export function ProcessesPanel() {
  const view = useView<{ readonly processes: readonly HostProcess[] }>('/v1/processes', {
    isOfNow: true,
    topics: ['session.', 'attachment.'],
  });
  return (
    <Panel title="Processes on this host" aside={<span className="text-sm text-mute">as they are now</span>}>
      {view.error !== null && <Trouble problem={view.error} />}
      {view.isPending && <Loading />}
      {view.data?.body.processes.length === 0 && <Empty title="No other process of Brigade is known here" />}
      {view.data !== undefined && (
        <Table
          label="Processes of Brigade on this host"
          columns={COLUMNS}
          rows={view.data.body.processes.map((process) => ({ ...process, of: view.data }))}
          keyOf={({ pid }) => String(pid)}
          height="24rem"
        />
      )}
    </Panel>
  );
}
