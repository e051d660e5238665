import { PageTitle } from '../../parts/panel.tsx';

export function IncidentsPage() {
  return <PageTitle title="Incidents" />;
}
