// Incidents: the list, or one of them with its report.

import { useParams } from 'wouter';
import { IncidentDetail } from './incident-detail.tsx';
import { IncidentList } from './incident-list.tsx';

export function IncidentsPage() {
  const { id } = useParams<{ id?: string }>();
  return id === undefined || id === '' ? <IncidentList /> : <IncidentDetail key={id} number={id} />;
}
