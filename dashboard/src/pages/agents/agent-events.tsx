import { GoTo } from '../../parts/go-to.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Scrolling } from '../../parts/scrolling.tsx';
import { Empty, Loading, Trouble } from '../../parts/states.tsx';
import { When } from '../../parts/time.tsx';
import { useAgentEvents } from './use-agent-events.ts';

/** What an agent did lately and what was done about it, the newest first. */
export function AgentEvents({ agentId, until }: { readonly agentId: string; readonly until: number | null }) {
  const { events, problem, isReading } = useAgentEvents(agentId, until);
  return (
    <Panel title="What happened">
      {problem !== null && <Trouble problem={problem} />}
      {isReading && events.length === 0 && problem === null && <Loading />}
      {!isReading && events.length === 0 && problem === null && (
        <Empty title="Nothing lately">
          Nothing by it or about it is among the last events of the log. Its timeline reaches further back.
        </Empty>
      )}
      {events.length > 0 && (
        <Scrolling label="Events, the newest first" className="max-h-80">
          <ol className="grid gap-1.5">
            {events.toReversed().map(({ seq, wallAt, sentence }) => (
              <li key={seq} className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-x-3">
                <GoTo
                  to={`/agents/${encodeURIComponent(agentId)}`}
                  at={String(seq)}
                  isPlain
                  className="text-sm text-mute hover:text-ink hover:underline"
                  title={`Event ${seq}: show the fleet as it was then`}
                >
                  <When at={wallAt} />
                </GoTo>
                <span>{sentence}</span>
              </li>
            ))}
          </ol>
        </Scrolling>
      )}
    </Panel>
  );
}
