import { durationText } from '../../../../src/core/view/duration-text.ts';
import type { IncidentReport } from '../../data/types.ts';
import { AgentLink, ResourceLink } from '../../parts/go-to.tsx';
import { Panel } from '../../parts/panel.tsx';

/** Who waited for whom when it was worst. */
export function WorstMoment({ graphs }: Pick<IncidentReport, 'graphs'>) {
  const drawn = graphs.filter(({ edges }) => edges.length > 0);
  if (drawn.length === 0) return null;
  return (
    <Panel title="Who waited for whom">
      {drawn.map(({ moment, offsetMs, edges, leftOut }) => (
        <section key={`${moment} ${offsetMs}`} aria-label={moment} className="mb-3 last:mb-0">
          <h3 className="font-medium">
            {moment}{' '}
            <span className="font-normal text-mute">
              ({durationText(Math.abs(offsetMs))} {offsetMs < 0 ? 'before' : 'after'} the opening)
            </span>
          </h3>
          <ul className="mt-1 grid gap-0.5 text-sm">
            {edges.map(({ kind, from, to, resource, waitedMs }) => (
              <li key={`${from} ${to} ${resource} ${kind}`}>
                <AgentLink id={from} /> {kind === 'hold' ? 'waits for' : 'stands behind'} <AgentLink id={to} />:{' '}
                <ResourceLink name={resource} />{' '}
                {waitedMs !== null && <span className="text-mute">{durationText(waitedMs)}</span>}
              </li>
            ))}
          </ul>
          {leftOut > 0 && <p className="text-sm text-mute">and {leftOut} more</p>}
        </section>
      ))}
    </Panel>
  );
}
