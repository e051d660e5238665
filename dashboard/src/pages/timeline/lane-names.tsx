import { AgentLink, ResourceLink } from '../../parts/go-to.tsx';
import { type DrawnLane, lanesBetween } from './lanes.ts';
import { RULER } from './paint.ts';

/** Names of the lanes that are in sight, each a link; beside them, or above where `width` is 0. */
export function LaneNames({
  lanes,
  by,
  width,
  from,
  to,
}: {
  readonly lanes: readonly DrawnLane[];
  readonly by: 'resource' | 'agent';
  readonly width: number;
  readonly from: number;
  readonly to: number;
}) {
  const [first, last] = lanesBetween(lanes, from, to);
  return (
    <>
      {width > 0 && (
        <div
          className="sticky top-0 z-10 flex items-center border-r border-b border-line bg-raised px-2 text-xs text-mute"
          style={{ width, height: RULER }}
        >
          {by === 'resource' ? 'Resource' : 'Agent'}
        </div>
      )}
      <ul aria-label="Lanes in sight">
        {lanes.slice(first, last).map(({ key, top, height }) => (
          <li
            key={key ?? '\n'}
            className={
              width > 0
                ? 'pointer-events-auto absolute left-0 flex items-center overflow-hidden border-r border-b border-line bg-panel px-2 text-sm leading-tight'
                : 'absolute left-1 z-10 max-w-[80%] overflow-hidden text-xs leading-4 *:pointer-events-auto'
            }
            style={width > 0 ? { top: top + RULER, height, width } : { top: top + RULER + 1, height: 16 }}
          >
            {key === null ? (
              <span className="font-medium">The fleet</span>
            ) : by === 'agent' ? (
              <AgentLink id={key} />
            ) : (
              <span className="line-clamp-2" title={key}>
                <ResourceLink name={key} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
