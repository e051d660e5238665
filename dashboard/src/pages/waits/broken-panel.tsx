import { Scissors } from 'lucide-react';
import { Fragment } from 'react';
import type { Answered } from '../../data/api.ts';
import type { SpokenWaits } from '../../data/types.ts';
import { Badge } from '../../parts/badge.tsx';
import { AgentLink, ResourceLink } from '../../parts/go-to.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Lasting } from '../../parts/time.tsx';

type Broken = SpokenWaits['broken'][number];

/** Deadlocks that were broken lately: who gave way, and the circle as it stood. Nothing is drawn where there were none. */
export function BrokenPanel({ of }: { readonly of: Answered<SpokenWaits> }) {
  const { broken, suspected } = of.body;
  if (broken.length + suspected.length === 0) return null;
  return (
    <Panel title="Deadlocks" aside={<span className="text-sm text-mute">of the last minutes</span>}>
      <ul className="grid gap-4">
        {suspected.map(({ agents }) => (
          <li key={agents.join(' ')}>
            <Badge tone="warn">Suspected</Badge>{' '}
            {agents.map((agent, i) => (
              <Fragment key={agent}>
                {i > 0 && ', '}
                <AgentLink id={agent} />
              </Fragment>
            ))}{' '}
            keep asking for what another of them holds, without standing in line. If nobody lets go, they ask for ever.
          </li>
        ))}
        {broken.map((each) => (
          <BrokenDeadlock key={each.victim.ticket} broken={each} of={of} />
        ))}
      </ul>
    </Panel>
  );
}

function BrokenDeadlock({
  broken: { victim, agoMs, cycle },
  of,
}: {
  readonly broken: Broken;
  readonly of: Answered<unknown>;
}) {
  return (
    <li>
      <p>
        A deadlock was broken <Lasting ms={agoMs} of={of} /> ago: <AgentLink id={victim.agentId} /> gave way, and its
        wait ended.
      </p>
      <ol aria-label="The circle as it stood" className="mt-1.5 grid gap-1 border-l-2 border-bad/60 pl-3 text-sm">
        {cycle.map(({ sessionId, agentId, resource, leftOut }, i) => {
          const next = cycle[(i + 1) % cycle.length];
          return (
            <li key={sessionId}>
              <AgentLink id={agentId} />
              {sessionId === victim.sessionId && (
                <>
                  {' '}
                  <Badge tone="bad" icon={Scissors}>
                    gave way
                  </Badge>
                </>
              )}{' '}
              waited for <ResourceLink name={resource} />
              {leftOut === undefined ? ', held by ' : `, and ${leftOut} more waited for one another up to `}
              {next !== undefined && <AgentLink id={next.agentId} />}
            </li>
          );
        })}
      </ol>
    </li>
  );
}
