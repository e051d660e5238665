import { useLocation } from 'wouter';
import { durationText } from '../../../../src/core/view/duration-text.ts';
import { useMoment, withMoment } from '../../data/moment.ts';
import type { IncidentLine } from '../../data/types.ts';
import { useList } from '../../data/view.ts';
import { Cut } from '../../parts/cut.tsx';
import { GoTo } from '../../parts/go-to.tsx';
import { PageTitle } from '../../parts/panel.tsx';
import { SeverityBadge } from '../../parts/severity.tsx';
import { Empty, Loading, Trouble } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/time.tsx';
import { counted } from '../../parts/words.ts';
import { StateBadge } from './state-badge.tsx';

const COLUMNS: readonly Column<IncidentLine>[] = [
  {
    id: 'incident',
    title: 'No.',
    width: '4rem',
    sortBy: ({ incident }) => incident,
    cell: ({ incident }) => <GoTo to={`/incidents/${incident}`}>{incident}</GoTo>,
  },
  { id: 'title', title: 'What', width: 'minmax(12rem, 3fr)', cell: ({ title }) => title },
  {
    id: 'state',
    title: 'State',
    width: '7rem',
    sortBy: ({ state }) => state,
    cell: ({ state }) => <StateBadge state={state} />,
  },
  { id: 'severity', title: 'Severity', width: '7rem', cell: ({ severity }) => <SeverityBadge severity={severity} /> },
  {
    id: 'opened',
    title: 'Opened',
    width: '10rem',
    sortBy: ({ openedSeq }) => openedSeq,
    cell: ({ openedAt }) => <When at={openedAt} />,
  },
  {
    id: 'lasted',
    title: 'Lasted',
    width: '6rem',
    isNumber: true,
    sortBy: ({ lastedMs }) => lastedMs,
    cell: ({ lastedMs }) => durationText(lastedMs),
  },
  {
    id: 'who',
    title: 'Concerned',
    width: 'minmax(8rem, 1fr)',
    cell: ({ agents, resources, leftOut }) =>
      `${counted(agents.length + leftOut.agents, 'agent')}, ${counted(resources.length + leftOut.resources, 'resource')}`,
  },
];

export function IncidentList() {
  const list = useList<IncidentLine>('/v1/incidents', 'incidents', { topics: ['incident.', 'alert.'] });
  const [, navigate] = useLocation();
  const { at } = useMoment();
  return (
    <>
      <PageTitle title="Incidents" />
      {list.error !== null && <Trouble problem={list.error} />}
      {list.isPending && <Loading />}
      <Cut list={list.data?.body} what="incidents" also="brigade incident list" />
      {list.data?.body.rows.length === 0 && (
        <Empty title="There was no incident">
          When people are needed or work stands still, Brigade gathers the alerts, the agents and everything they did
          into an incident, and writes its report. Rehearse one:{' '}
          <code className="font-mono">brigade drill silent-holder</code>.
        </Empty>
      )}
      {list.data !== undefined && list.data.body.rows.length > 0 && (
        <div className="rounded-lg border border-line bg-panel">
          <Table
            label="Incidents"
            columns={COLUMNS}
            rows={list.data.body.rows}
            keyOf={({ incident }) => String(incident)}
            onOpen={({ incident }) => navigate(withMoment(`/incidents/${incident}`, at))}
          />
        </div>
      )}
    </>
  );
}
