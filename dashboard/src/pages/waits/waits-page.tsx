import { PageTitle } from '../../parts/panel.tsx';

export function WaitsPage() {
  return <PageTitle title="Waits" />;
}
