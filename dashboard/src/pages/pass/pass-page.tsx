import { PageTitle } from '../../parts/panel.tsx';

export function PassPage() {
  return <PageTitle title="Pass" />;
}
