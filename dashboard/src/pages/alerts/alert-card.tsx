import { useEffect, useRef } from 'react';
import { durationText } from '../../../../src/core/view/duration-text.ts';
import { openAct } from '../../actions/act.ts';
import type { Answered } from '../../data/api.ts';
import type { AlertView } from '../../data/types.ts';
import { Badge } from '../../parts/badge.tsx';
import { AgentLink, GoTo, ResourceLink } from '../../parts/go-to.tsx';
import { SeverityBadge } from '../../parts/severity.tsx';
import { Lasting, When } from '../../parts/time.tsx';
import { wordsOf } from '../../parts/words.ts';

const NAMES = 6;

export function AlertCard({
  alert,
  of,
  isMarked,
}: {
  readonly alert: AlertView;
  readonly of: Pick<Answered<unknown>, 'receivedMs'>;
  readonly isMarked: boolean;
}) {
  const {
    code,
    severity,
    text,
    next,
    agents,
    resources,
    openedAt,
    openForMs,
    incident,
    acknowledged,
    silenced,
    closed,
  } = alert;
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isMarked) ref.current?.scrollIntoView({ block: 'center' });
  }, [isMarked]);
  return (
    <article
      ref={ref}
      aria-label={text}
      className={`rounded-lg border bg-panel px-4 py-3 ${isMarked ? 'border-accent' : 'border-line'}`}
    >
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-80">
          <p className="font-medium wrap-anywhere">{text}</p>
          <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-mute">
            <SeverityBadge severity={severity} />
            <span>{wordsOf(code)}</span>
            <span>
              since <When at={openedAt} />, {closed === null ? 'open for' : 'lasted'}{' '}
              {closed === null ? <Lasting ms={openForMs} of={of} /> : durationText(openForMs)}
            </span>
            {incident !== null && <GoTo to={`/incidents/${incident}`}>incident {incident}</GoTo>}
          </p>
        </div>
        {closed === null ? <Acts alert={alert} /> : <Badge tone="good">Closed</Badge>}
      </div>
      <p className="mt-2 wrap-anywhere">{closed === null ? next : closed.why}</p>
      {acknowledged !== null && (
        <p className="mt-1 text-sm">
          {acknowledged.by} looks after it{acknowledged.note === '' ? '' : `: ${acknowledged.note}`}
        </p>
      )}
      {silenced !== null && (
        <p className="mt-1 text-sm text-mute">
          Silenced by {silenced.by}, for <Lasting ms={silenced.forMs} of={of} isLeft /> more
        </p>
      )}
      <p className="mt-1.5 flex flex-wrap gap-x-3 text-sm">
        {agents.slice(0, NAMES).map((id) => (
          <AgentLink key={id} id={id} />
        ))}
        {resources.slice(0, NAMES).map((name) => (
          <ResourceLink key={name} name={name} />
        ))}
        {agents.length + resources.length > 2 * NAMES && <span className="text-mute">and more</span>}
      </p>
    </article>
  );
}

const HOUR_MS = 3_600_000;

function Acts({ alert: { alert, text, acknowledged, silenced } }: { readonly alert: AlertView }) {
  const note = { reasonMember: 'note', reasonTitle: 'Note' } as const;
  return (
    <div className="flex flex-wrap gap-2">
      {acknowledged === null ? (
        <button
          type="button"
          className="button"
          onClick={() =>
            openAct({
              title: 'Look after this alert',
              means: `${text} It is not told again while it is open, and everybody sees that you have it.`,
              verb: 'I look after it',
              path: `/v1/alerts/${alert}/ack`,
              ...note,
            })
          }
        >
          Look after it
        </button>
      ) : (
        <button
          type="button"
          className="button"
          onClick={() =>
            openAct({
              title: 'Look after this alert no more',
              means: 'It is told again as long as it is open.',
              verb: 'Give it back',
              path: `/v1/alerts/${alert}/unack`,
              ...note,
            })
          }
        >
          Give it back
        </button>
      )}
      <button
        type="button"
        className="button"
        onClick={() =>
          openAct({
            title: silenced === null ? 'Silence this cause for an hour' : 'End the silence',
            means:
              silenced === null
                ? 'Nobody is told of its cause for an hour, not even when it closes and comes back.'
                : 'It is told again.',
            verb: silenced === null ? 'Silence' : 'End it',
            path: `/v1/alerts/${alert}/silence`,
            body: { forMs: silenced === null ? HOUR_MS : 0 },
            ...note,
          })
        }
      >
        {silenced === null ? 'Silence 1 h' : 'End silence'}
      </button>
    </div>
  );
}
