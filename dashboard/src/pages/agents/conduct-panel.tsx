import { lazy, Suspense } from 'react';
import type { Answered } from '../../data/api.ts';
import type { AgentView, SpokenCheckIns } from '../../data/types.ts';
import { useView } from '../../data/view.ts';
import { Facts } from '../../parts/facts.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loading, Trouble } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { counted } from '../../parts/words.ts';
import { VerdictBadge } from './agent-badges.tsx';
import { CalibrationPlot } from './calibration-plot.tsx';
import { CheckInList } from './check-in-list.tsx';

const CheckInPlots = lazy(async () => ({ default: (await import('./check-in-plots.tsx')).CheckInPlots }));

/** How an agent does: what it said, the verdicts, and whether it was right. */
export function ConductPanel({
  agent: { agentId, conduct },
  of,
}: {
  readonly agent: AgentView;
  readonly of: Answered<unknown>;
}) {
  const checkIns = useView<SpokenCheckIns>(`/v1/agents/${encodeURIComponent(agentId)}/checkins`, {
    params: { limit: 200 },
    topics: ['checkin.', 'outcome.'],
    isOff: conduct === null || conduct.updates === 0,
  });
  if (conduct === null || conduct.updates === 0)
    return (
      <Panel title="Check-ins" className="xl:col-span-2">
        <Empty title="It has not checked in">
          An agent checks in after a piece of work with <code>check_in</code>, says how sure it is, and hears whether to
          go on. What became of the work is recorded with <code>record_outcome</code>; then it shows here how well it
          knows itself.
        </Empty>
        {conduct !== null && <Lost conduct={conduct} />}
      </Panel>
    );
  const shown = checkIns.data?.body;
  return (
    <Panel
      title="Check-ins"
      className="xl:col-span-2"
      aside={<span className="text-sm text-mute">{counted(conduct.updates, 'check-in')}</span>}
    >
      <div className="grid gap-6 xl:grid-cols-2">
        <div className="grid content-start gap-5">
          <Standing conduct={conduct} of={of} />
          <CalibrationPlot calibration={conduct.calibration} />
        </div>
        <div className="grid min-w-0 content-start gap-5">
          {checkIns.error !== null && <Trouble problem={checkIns.error} />}
          {shown !== undefined && shown.checkins.length > 0 && (
            <Suspense fallback={<Loading what="Drawing" />}>
              <CheckInPlots checkIns={shown.checkins} />
            </Suspense>
          )}
        </div>
        {shown !== undefined && (
          <div className="min-w-0 xl:col-span-2">
            <CheckInList checkIns={shown.checkins} isAll={shown.isWhole && shown.cursor === null} />
          </div>
        )}
      </div>
    </Panel>
  );
}

type Conduct = NonNullable<AgentView['conduct']>;

function Standing({ conduct, of }: { readonly conduct: Conduct; readonly of: Answered<unknown> }) {
  const { verdicts, lastVerdict, lastCheckInAgoMs, calibration, eisv } = conduct;
  const rows: [string, React.ReactNode][] = [];
  if (lastVerdict !== null)
    rows.push([
      'Last verdict',
      <span key="last" className="flex flex-wrap items-center gap-2">
        <VerdictBadge verdict={lastVerdict} />
        {lastCheckInAgoMs !== null && <Ago ms={lastCheckInAgoMs} of={of} />}
      </span>,
    ]);
  rows.push([
    'Verdicts',
    `${verdicts.proceed.toLocaleString('en')} proceed, ${verdicts.guide.toLocaleString('en')} guide, ${verdicts.pause.toLocaleString('en')} pause`,
  ]);
  rows.push([
    'Calibration',
    calibration.brier === null ? (
      'No outcome is recorded yet.'
    ) : (
      <span key="brier">
        Brier score <strong className="tabular-nums">{calibration.brier.toFixed(3)}</strong> over{' '}
        {counted(calibration.labels, 'outcome')}
        <span className="block text-sm text-mute">0 is perfect, 0.25 is what a coin would score.</span>
      </span>
    ),
  ]);
  rows.push(['Lost', lostText(conduct)]);
  if (eisv !== null)
    rows.push([
      'EISV',
      <span key="eisv" className="tabular-nums">
        E {eisv.E.toFixed(2)}, I {eisv.I.toFixed(2)}, S {eisv.S.toFixed(2)}, V {eisv.V.toFixed(2)}; coherence{' '}
        {eisv.coherence.toFixed(2)}, {eisv.decision}
      </span>,
    ]);
  return <Facts rows={rows} />;
}

function Lost({ conduct }: { readonly conduct: Conduct }) {
  return <p className="mt-3">Lost: {lostText(conduct)}</p>;
}

function lostText({ lost: { expired, revoked, deadlocks } }: Conduct): string {
  const parts = [
    expired > 0 ? `${counted(expired, 'lease')} by expiry` : '',
    revoked > 0 ? `${counted(revoked, 'lease')} taken back` : '',
    deadlocks > 0 ? `${counted(deadlocks, 'wait')} ended to break a deadlock` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}
