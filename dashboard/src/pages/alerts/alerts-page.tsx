import { PageTitle } from '../../parts/panel.tsx';

export function AlertsPage() {
  return <PageTitle title="Alerts" />;
}
