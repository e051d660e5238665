import type { AgentView } from '../../data/types.ts';

type Calibration = NonNullable<AgentView['conduct']>['calibration'];

const SIZE = 200;
const LEFT = 34;
const BOTTOM = 24;
const TOP = 12;
/** Dots grow with what they stand for, within this. */
const LEAST_RADIUS = 3;
const MOST_RADIUS = 9;

/** How sure it said to be, against how often it was right: on the line it knows itself; below it, it was too sure. */
export function CalibrationPlot({ calibration: { labels, bins } }: { readonly calibration: Calibration }) {
  if (bins.length === 0) return null;
  const most = Math.max(...bins.map(({ count }) => count));
  return (
    <figure aria-label="Stated confidence against outcomes" className="flex flex-wrap items-start gap-x-6 gap-y-3">
      <svg aria-hidden viewBox={`0 0 ${LEFT + SIZE + 16} ${TOP + SIZE + BOTTOM + 4}`} className="w-64 text-xs">
        {TICKS.map((tick) => (
          <g key={tick} className="text-mute">
            <path d={`M${LEFT} ${y(tick)}H${LEFT + SIZE}`} stroke="var(--line)" />
            <text x={LEFT - 5} y={y(tick) + 3} textAnchor="end" fill="currentColor" fontSize="9">
              {percent(tick)}
            </text>
            <text x={x(tick)} y={y(0) + 12} textAnchor="middle" fill="currentColor" fontSize="9">
              {percent(tick)}
            </text>
          </g>
        ))}
        <text x={x(0.5)} y={y(0) + 25} textAnchor="middle" fill="var(--mute)" fontSize="9">
          said to be so sure
        </text>
        <path d={`M${x(0)} ${y(0)}L${x(1)} ${y(1)}`} stroke="var(--mute)" strokeDasharray="4 4" />
        {bins.map(({ from, count, meanConfidence, succeeded }) => (
          <circle
            key={from}
            cx={x(meanConfidence)}
            cy={y(succeeded)}
            r={LEAST_RADIUS + (MOST_RADIUS - LEAST_RADIUS) * Math.sqrt(count / most)}
            fill="var(--accent)"
            fillOpacity="0.75"
            stroke="var(--panel)"
          />
        ))}
      </svg>
      <figcaption className="min-w-0 flex-1 basis-56">
        <table className="w-full text-sm tabular-nums">
          <caption className="mb-1 text-left text-mute">
            Of {labels.toLocaleString('en')} with an outcome. On the dashed line it knows itself; below, it was too
            sure.
          </caption>
          <thead className="text-left text-xs text-mute">
            <tr>
              <th scope="col" className="py-1 font-medium">
                Said
              </th>
              <th scope="col" className="py-1 text-right font-medium">
                How often
              </th>
              <th scope="col" className="py-1 text-right font-medium">
                Was right
              </th>
            </tr>
          </thead>
          <tbody>
            {bins.map(({ from, count, meanConfidence, succeeded }) => (
              <tr key={from} className="border-t border-line/60">
                <td className="py-0.5">{percent(meanConfidence)}</td>
                <td className="py-0.5 text-right">{count.toLocaleString('en')}</td>
                <td className="py-0.5 text-right">{percent(succeeded)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </figcaption>
    </figure>
  );
}

const TICKS = [0, 0.25, 0.5, 0.75, 1];

function x(share: number): number {
  return LEFT + share * SIZE;
}

function y(share: number): number {
  return TOP + (1 - share) * SIZE;
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
