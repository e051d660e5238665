import { PageTitle } from '../../parts/panel.tsx';

export function AgentsPage() {
  return <PageTitle title="Agents" />;
}
