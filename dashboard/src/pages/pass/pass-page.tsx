// The pass is where a kitchen sees everything go by: what needs somebody now, the fleet in numbers, and what happens.

import { PageTitle } from '../../parts/panel.tsx';
import { AttentionPanel } from './attention-panel.tsx';
import { FeedPanel } from './feed-panel.tsx';
import { GlancePanel } from './glance-panel.tsx';
import { LongestWaitsPanel } from './longest-waits-panel.tsx';
import { PlansPanel } from './plans-panel.tsx';

export function PassPage() {
  return (
    <>
      <PageTitle title="Pass" />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="grid min-w-0 gap-4">
          <AttentionPanel />
          <GlancePanel />
          <LongestWaitsPanel />
          <PlansPanel />
        </div>
        <FeedPanel />
      </div>
    </>
  );
}
