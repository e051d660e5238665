import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { durationText } from '../../../../src/core/view/duration-text.ts';
import { openAct } from '../../actions/act.ts';
import { addressOf } from '../../data/api.ts';
import { useMoment } from '../../data/moment.ts';
import type { IncidentReport } from '../../data/types.ts';
import { useView } from '../../data/view.ts';
import { GoTo } from '../../parts/go-to.tsx';
import { PageTitle, Panel } from '../../parts/panel.tsx';
import { SeverityBadge } from '../../parts/severity.tsx';
import { Empty, Loading, Trouble } from '../../parts/states.tsx';
import { When } from '../../parts/time.tsx';
import { Causes } from './causes.tsx';
import { Impact } from './impact.tsx';
import { Involved } from './involved.tsx';
import { Recovery } from './recovery.tsx';
import { ReportTimeline } from './report-timeline.tsx';
import { StateBadge } from './state-badge.tsx';
import { WorstMoment } from './worst-moment.tsx';

/** One incident: its report, as far as it can be written by now. */
export function IncidentDetail({ number }: { readonly number: string }) {
  const path = `/v1/incidents/${encodeURIComponent(number)}/report`;
  const view = useView<{ readonly report: IncidentReport }>(path, {
    params: { format: 'json' },
    topics: ['incident.', 'alert.', 'rescue.', 'lease.revoked', 'lease.dropped', 'lease.expired'],
  });
  const { at } = useMoment();
  if (at !== null && view.error?.code === 'UNKNOWN_INCIDENT')
    return (
      <Empty title={`Incident ${number} had not opened by then`}>
        The page shows the past.{' '}
        <GoTo to={`/incidents/${number}`} at={null}>
          See it as it is now
        </GoTo>
      </Empty>
    );
  if (view.error !== null && view.data === undefined) return <Trouble problem={view.error} />;
  if (view.data === undefined) return <Loading what="Writing the report" />;
  const { report } = view.data.body;
  const { title, severity, state, span, summary, notes, prevention, earlier, beside } = report;
  return (
    <>
      <PageTitle title={`Incident ${report.incident}: ${title}`}>
        <Acts report={report} path={path} />
      </PageTitle>
      <p className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-1 text-mute">
        <StateBadge state={state} /> <SeverityBadge severity={severity} />
        <span>
          opened <When at={span.openedAt} />, {span.isOver ? 'lasted' : 'lasts'} {durationText(span.lastedMs)}
        </span>
        {earlier !== null && <GoTo to={`/incidents/${earlier}`}>follows incident {earlier}</GoTo>}
        {beside.map((each) => (
          <GoTo key={each} to={`/incidents/${each}`}>
            beside incident {each}
          </GoTo>
        ))}
        <GoTo to={`/timeline?from=${startOf(span)}&to=${endOf(span)}`}>on the timeline</GoTo>
      </p>
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <div className="grid min-w-0 gap-4">
          <Panel title="Summary">
            <p className="max-w-prose text-base">{summary}</p>
          </Panel>
          <Causes causes={report.causes} />
          <WorstMoment graphs={report.graphs} />
          <Recovery recovery={report.recovery} losses={report.losses} />
          {prevention.length > 0 && (
            <Panel title="What would have prevented it">
              <Sentences>{prevention}</Sentences>
            </Panel>
          )}
        </div>
        <div className="grid min-w-0 gap-4">
          <Impact impact={report.impact} />
          <ReportTimeline timeline={report.timeline} />
          <Involved agents={report.agents} locks={report.locks} />
          <Panel title="Notes">
            {notes.length === 0 ? (
              <p className="text-mute">
                Nobody wrote anything down yet. A note stands in the report for ever, with its author.
              </p>
            ) : (
              <ul className="grid gap-2">
                {notes.map(({ seq, at: notedAt, by, text }) => (
                  <li key={seq}>
                    {text}{' '}
                    <span className="text-sm text-mute">
                      {by}, <When at={notedAt} />
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </Panel>
        </div>
      </div>
    </>
  );
}

function Acts({ report: { incident, state }, path }: { readonly report: IncidentReport; readonly path: string }) {
  const { at } = useMoment();
  return (
    <div className="flex flex-wrap gap-2">
      <button
        type="button"
        className="button"
        onClick={() =>
          openAct({
            title: `Note on incident ${incident}`,
            means: 'What you know or did. It stands in the report, with your name and the time.',
            verb: 'Write it down',
            path: `/v1/incidents/${incident}/notes`,
            reasonMember: 'text',
            reasonTitle: 'Note',
            hasNoPreview: true,
          })
        }
      >
        Add a note
      </button>
      {state !== 'closed' && (
        <button
          type="button"
          className="button"
          onClick={() =>
            openAct({
              title: `Close incident ${incident}`,
              means:
                'It closes by itself when its alerts have been closed for five minutes. Alerts that are open stay open.',
              verb: 'Close it',
              path: `/v1/incidents/${incident}/close`,
            })
          }
        >
          Close
        </button>
      )}
      <a className="button" href={addressOf(path, { format: 'md', at })} download={`incident-${incident}.md`}>
        <Download aria-hidden className="size-3.5" /> Markdown
      </a>
      <a className="button" href={addressOf(path, { format: 'json', at })} download={`incident-${incident}.json`}>
        <Download aria-hidden className="size-3.5" /> JSON
      </a>
    </div>
  );
}

function Sentences({ children }: { readonly children: readonly ReactNode[] }) {
  return (
    <ul className="grid list-disc gap-1 pl-5">
      {children.map((each, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a report is written as a whole
        <li key={index}>{each}</li>
      ))}
    </ul>
  );
}

const AROUND_MS = 60_000;

function startOf({ openedAt }: IncidentReport['span']): number {
  return Date.parse(openedAt) - AROUND_MS;
}

function endOf({ untilAt }: IncidentReport['span']): number {
  return Date.parse(untilAt) + AROUND_MS;
}
