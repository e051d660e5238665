import type { SpokenFleet } from '../../data/types.ts';
import { useView } from '../../data/view.ts';
import { AgentLink, GoTo, ResourceLink } from '../../parts/go-to.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Lasting } from '../../parts/time.tsx';

const SHOWN = 8;
const NAMES = 2;

/** Those who wait longest; nothing while nobody waits. */
export function LongestWaitsPanel() {
  const fleet = useView<SpokenFleet>('/v1/fleet', { topics: ['*'] }).data;
  const waits = fleet?.body.waits ?? [];
  if (fleet === undefined || waits.length === 0) return null;
  return (
    <Panel
      title="Who waits longest"
      aside={
        <GoTo to="/waits" className="text-sm">
          Who waits for whom
        </GoTo>
      }
    >
      <ol className="grid gap-1.5">
        {waits.slice(0, SHOWN).map(({ ticket, agentId, resources, position, waitedMs, state }) => (
          <li key={ticket} className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-3">
            <span>
              <AgentLink id={agentId} /> waits for{' '}
              {resources.slice(0, NAMES).map((name, index) => (
                <span key={name}>
                  {index > 0 && ' and '}
                  <ResourceLink name={name} />
                </span>
              ))}
              {resources.length > NAMES && ` and ${resources.length - NAMES} more`}
              <span className="text-mute">
                ,{' '}
                {state === 'offered'
                  ? 'and has an offer'
                  : position === 1
                    ? 'next in line'
                    : `number ${position} in line`}
              </span>
            </span>
            <span className="text-mute">
              <Lasting ms={waitedMs} of={fleet} />
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
