import { PageTitle } from '../../parts/panel.tsx';

export function LocksPage() {
  return <PageTitle title="Locks" />;
}
