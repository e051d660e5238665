import { PageTitle } from '../../parts/panel.tsx';

export function SystemPage() {
  return <PageTitle title="System" />;
}
