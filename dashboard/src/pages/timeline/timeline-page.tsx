import { PageTitle } from '../../parts/panel.tsx';

export function TimelinePage() {
  return <PageTitle title="Timeline" />;
}
