import type { SpokenFleet } from '../../data/types.ts';
import { useView } from '../../data/view.ts';
import { AgentLink } from '../../parts/go-to.tsx';
import { Panel } from '../../parts/panel.tsx';
import { When } from '../../parts/time.tsx';

const SHOWN = 8;

/** What agents say that they are at; nothing while nobody says. */
export function PlansPanel() {
  const plans = useView<SpokenFleet>('/v1/fleet', { topics: ['*'] }).data?.body.plans ?? [];
  if (plans.length === 0) return null;
  return (
    <Panel title="What they are at">
      <ul className="grid gap-2">
        {plans.slice(0, SHOWN).map(({ agentId, goal, task, at }) => (
          <li key={agentId}>
            <AgentLink id={agentId} />: {task}{' '}
            <span className="text-sm text-mute">
              for: {goal}, said <When at={at} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
