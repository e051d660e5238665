import type { ReactNode } from 'react';
import { durationText } from '../../../../src/core/view/duration-text.ts';
import type { MetricsSeries, SpokenFleet } from '../../data/types.ts';
import { useView } from '../../data/view.ts';
import { GoTo } from '../../parts/go-to.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Sparkline } from '../../parts/sparkline.tsx';
import { Loading, Trouble } from '../../parts/states.tsx';
import { Lasting } from '../../parts/time.tsx';

/** The fleet in numbers, each with how it went in the last hour. */
export function GlancePanel() {
  const fleet = useView<SpokenFleet>('/v1/fleet', { topics: ['*'] });
  const told = useView<MetricsSeries>('/v1/metrics/series', { params: { minutes: 60 } }).data?.body;
  const series = told === undefined ? undefined : sinceItBegan(told.series);
  if (fleet.error !== null) return <Trouble problem={fleet.error} />;
  if (fleet.data === undefined) return <Loading />;
  const { counts, longestWaitMs, alerts, leftOut } = fleet.data.body;
  const openAlerts = alerts.length + leftOut.alerts;
  const commitMs = series?.commitMs.findLast((ms) => ms !== null);
  return (
    <Panel
      title="The fleet at a glance"
      aside={
        series !== undefined && (
          <span className="text-sm text-mute">lines: the last {durationText(lastedMs(series, told))}</span>
        )
      }
    >
      <dl className="grid grid-cols-2 gap-3 md:grid-cols-3">
        <Tile to="/agents" title="Agents" values={series?.agents} note={agentsNote(counts)}>
          {counts.agents}
        </Tile>
        <Tile
          to="/locks"
          title="Locks held"
          values={series?.leases}
          note={`${perMinute(series?.grants)} granted a minute`}
        >
          {counts.leases}
        </Tile>
        <Tile
          to="/waits"
          title="Waiting"
          values={series?.waits}
          tone="text-waits"
          note={counts.offers === 0 ? 'no offer open' : `${counts.offers} offered, not taken yet`}
        >
          {counts.waits}
        </Tile>
        <Tile
          to="/waits"
          title="Longest wait"
          values={series?.longestWaitMs}
          tone="text-waits"
          note="of those who wait now"
        >
          {counts.waits === 0 ? '–' : <Lasting ms={longestWaitMs} of={fleet.data} />}
        </Tile>
        <Tile
          to="/alerts"
          title="Open alerts"
          values={series?.alerts}
          tone={openAlerts > 0 ? 'text-bad' : 'text-accent'}
          note={openAlerts === 0 ? 'all is well' : 'see what needs attention'}
        >
          {openAlerts}
        </Tile>
        <Tile to="/system" title="Commit" values={series?.commitMs} note="time until an answer is safe on disk">
          {commitMs == null ? '–' : commitMs < 10 ? `${commitMs.toFixed(1)}ms` : durationText(commitMs)}
        </Tile>
      </dl>
    </Panel>
  );
}

function Tile({
  to,
  title,
  values = [],
  tone = 'text-accent',
  note,
  children,
}: {
  readonly to: string;
  readonly title: string;
  readonly values: readonly (number | null)[] | undefined;
  readonly tone?: string;
  readonly note: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="min-w-0 rounded-md bg-raised/60 px-3 pt-2 pb-1.5">
      <dt>
        <GoTo to={to} isPlain className="text-sm text-mute hover:underline">
          {title}
        </GoTo>
      </dt>
      <dd>
        <span className="text-2xl font-semibold tabular-nums">{children}</span>
        <Sparkline values={values} tone={tone} />
        <span className="block truncate text-xs text-mute" title={note}>
          {note}
        </span>
      </dd>
    </div>
  );
}

/** A fleet that is younger than the hour is drawn from its beginning. */
function sinceItBegan(series: MetricsSeries['series']): MetricsSeries['series'] {
  const first = series.events.findIndex((count) => count > 0);
  const from = Math.max(0, Math.min(first - 1, series.events.length - LEAST_STEPS));
  const cut = Object.entries(series).map(([name, values]) => [name, values.slice(from)]);
  return Object.fromEntries(cut) as typeof series;
}

/** Less is no line. */
const LEAST_STEPS = 10;

function lastedMs(series: MetricsSeries['series'] | undefined, told: MetricsSeries | undefined): number {
  return (series?.events.length ?? 0) * (told?.stepMs ?? STEP_MS);
}

function agentsNote({ paused, sessions }: SpokenFleet['counts']): string {
  const inSessions = sessions === 1 ? '1 session' : `${sessions} sessions`;
  return paused === 0 ? `${inSessions}, none paused` : `${inSessions}, ${paused} paused`;
}

/** Of the last steps together, so that one busy second is no rate. */
function perMinute(grants: readonly number[] | undefined): string {
  const last = grants?.slice(-RATE_STEPS) ?? [];
  if (last.length === 0) return '–';
  const minutes = (last.length * STEP_MS) / 60_000;
  return (last.reduce((sum, each) => sum + each, 0) / minutes).toFixed(0);
}

const RATE_STEPS = 4;
/** Of an hour in 120 points. */
const STEP_MS = 30_000;
