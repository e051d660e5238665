// What is chosen on the timeline: the span or the mark in a sentence, and the events of the log that belong to it. Each event leads
// to the moment at which it happened.

import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { LiveEvent } from '../../data/live.ts';
import type { SpokenMark, SpokenSpan } from '../../data/types.ts';
import { useView } from '../../data/view.ts';
import { AgentLink, GoTo, ResourceLink } from '../../parts/go-to.tsx';
import { Loading, Trouble } from '../../parts/states.tsx';
import { When } from '../../parts/time.tsx';
import { SignShape, Swatch } from './legend.tsx';
import { SPANS, signOf } from './signs.ts';
import { spanSentence } from './span-words.ts';

const EVENTS = 200;

export function SpanSide({
  span,
  untilMs,
  beginsAfter,
  here,
  onClose,
}: {
  readonly span: SpokenSpan;
  readonly untilMs: number;
  /** Number of the last event before everything that is shown. */
  readonly beginsAfter: number;
  readonly here: string;
  readonly onClose: () => void;
}) {
  const { kind, agentId, resource, fromMs, toMs, fromSeq, toSeq } = span;
  const { fill, tone, label } = SPANS[kind];
  return (
    <Side title={spanSentence(span, untilMs)} sign={<Swatch fill={fill} tone={tone} />} label={label} onClose={onClose}>
      <p className="flex flex-wrap gap-x-3 gap-y-1">
        <AgentLink id={agentId} />
        {resource !== null && <ResourceLink name={resource} />}
      </p>
      <p className="text-sm text-mute">
        From <When at={fromMs} />
        {toMs === null ? ' on, and it goes on' : ' until '}
        {toMs !== null && <When at={toMs} />}
        {fromSeq === null && '. It began before what is shown here'}.
      </p>
      <Events
        after={fromSeq === null ? beginsAfter : fromSeq - 1}
        upTo={toSeq}
        agentId={agentId}
        resource={resource}
        here={here}
      />
    </Side>
  );
}

export function MarkSide({
  mark,
  here,
  onClose,
}: {
  readonly mark: SpokenMark;
  readonly here: string;
  readonly onClose: () => void;
}) {
  const { text, seq, atMs, agentId, resource } = mark;
  const sign = signOf(mark);
  return (
    <Side title={`${text}.`} sign={<SignShape sign={sign} />} label={sign.label} onClose={onClose}>
      <p className="flex flex-wrap gap-x-3 gap-y-1">
        {agentId !== null && <AgentLink id={agentId} />}
        {resource !== null && <ResourceLink name={resource} />}
      </p>
      <p className="text-sm text-mute">
        <When at={atMs} />, event {seq}.{' '}
        <MomentLink here={here} seq={seq}>
          Show the fleet of that moment
        </MomentLink>
      </p>
    </Side>
  );
}

function Side({
  title,
  sign,
  label,
  onClose,
  children,
}: {
  readonly title: string;
  readonly sign: ReactNode;
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  return (
    <section
      aria-label="What is chosen on the timeline"
      className="grid gap-2 rounded-lg border border-line bg-panel p-4"
    >
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <p className="flex items-center gap-2 text-sm text-mute">
            {sign} {label}
          </p>
          <h2 className="font-semibold">{title}</h2>
        </div>
        <button type="button" aria-label="Choose nothing" className="rounded p-1 hover:bg-raised" onClick={onClose}>
          <X aria-hidden className="size-4" />
        </button>
      </div>
      {children}
    </section>
  );
}

interface EventsPage {
  readonly events: readonly LiveEvent[];
  readonly hasMore: boolean;
}

function Events({
  after,
  upTo,
  agentId,
  resource,
  here,
}: {
  readonly after: number;
  /** Null: it goes on. */
  readonly upTo: number | null;
  readonly agentId: string;
  readonly resource: string | null;
  readonly here: string;
}) {
  const view = useView<EventsPage>('/v1/events', {
    params: { after, limit: EVENTS, agentId, resource },
    isOfNow: true,
    topics: upTo === null ? ['lease.', 'wait.', 'agent.', 'session.'] : [],
  });
  if (view.error !== null) return <Trouble problem={view.error} />;
  if (view.data === undefined) return <Loading what="Reading its events" />;
  const { events, hasMore } = view.data.body;
  const own = events.filter(({ seq }) => upTo === null || seq <= upTo);
  const isCut = hasMore && own.length === events.length;
  return (
    <>
      <h3 className="text-sm font-medium">Its events</h3>
      {own.length === 0 && <p className="text-mute">The log has none that names both it and its agent.</p>}
      <ol className="grid max-h-[24rem] gap-1.5 overflow-y-auto" aria-label="Events of what is chosen">
        {own.map(({ seq, sentence, wallAt }) => (
          <li key={seq} className="border-l-2 border-line pl-2">
            <MomentLink here={here} seq={seq}>
              {sentence}
            </MomentLink>
            <span className="block text-xs text-mute">
              <When at={wallAt} /> · event {seq}
            </span>
          </li>
        ))}
      </ol>
      {isCut && <p className="text-sm text-mute">These are the first; there are more.</p>}
    </>
  );
}

/** This page, with the stretch that it shows, at another moment. */
function MomentLink({
  seq,
  here,
  children,
}: {
  readonly seq: number;
  readonly here: string;
  readonly children: ReactNode;
}) {
  return (
    <GoTo to={here} at={String(seq)}>
      {children}
    </GoTo>
  );
}
