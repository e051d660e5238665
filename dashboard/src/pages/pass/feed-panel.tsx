import {
  BellRing,
  Flag,
  Gavel,
  Hourglass,
  KeyRound,
  Lock,
  LockOpen,
  MessageSquare,
  Settings,
  User,
} from 'lucide-react';
import { memo, useMemo, useState } from 'react';
import { isNoise } from '../../../../src/core/incident/report/noise.ts';
import type { LiveEvent } from '../../data/live.ts';
import { useMoment } from '../../data/moment.ts';
import type { SpokenFleet } from '../../data/types.ts';
import { useCalm } from '../../data/use-calm.ts';
import { useLive } from '../../data/use-live.ts';
import { useView } from '../../data/view.ts';
import { GoTo } from '../../parts/go-to.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import { shortText } from '../../parts/time.tsx';

const SHOWN = 60;
/** Where much happens, nobody reads what is replaced before. */
const READ_MS = 1_000;
/** Of the past: not all of them are shown. */
const LOOKED_AT = 400;

const CHOICES = [
  { id: 'matters', label: 'What matters', families: null },
  { id: 'all', label: 'Everything', families: null },
  { id: 'locks', label: 'Locks and waits', families: ['lease', 'wait', 'line', 'handoff'] },
  { id: 'agents', label: 'Agents', families: ['agent', 'session', 'checkin', 'outcome'] },
  { id: 'trouble', label: 'Alerts and incidents', families: ['alert', 'incident', 'rescue'] },
] as const;

/** What happens, as sentences, the newest first. */
export function FeedPanel() {
  const { at } = useMoment();
  const recent = useCalm(useLive().recent, READ_MS);
  const [choice, setChoice] = useState<(typeof CHOICES)[number]['id']>('matters');
  const past = usePastEvents(at !== null);
  const families: readonly string[] | null = CHOICES.find(({ id }) => id === choice)?.families ?? null;
  const all = at === null ? recent : past;
  const events = useMemo(
    () =>
      all
        .filter(({ type }) =>
          choice === 'matters' ? isTold(type) : families === null || families.includes(familyOf(type)),
        )
        .slice(-SHOWN)
        .toReversed(),
    [all, choice, families],
  );
  return (
    <Panel
      title="What happens"
      aside={
        <select
          aria-label="What to show of it"
          className="field py-0.5 text-sm"
          value={choice}
          onChange={(event) => setChoice(event.target.value as typeof choice)}
        >
          {CHOICES.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      }
    >
      {events.length === 0 ? (
        <Empty title="Nothing happened yet">Every lock, wait, check-in and alert is told here as it happens.</Empty>
      ) : (
        <ol className="grid gap-1" aria-label="Events, the newest first">
          {events.map((event) => (
            <FeedLine key={event.seq} event={event} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

/** The last events up to the moment that is shown. */
function usePastEvents(isPast: boolean): readonly LiveEvent[] {
  const asOf = useView<SpokenFleet>('/v1/fleet', { topics: ['*'] }).data?.asOf ?? null;
  const after = Math.max(0, (asOf?.seq ?? 0) - LOOKED_AT);
  const page = useView<{ readonly events: readonly LiveEvent[] }>('/v1/events', {
    params: { after, limit: Math.max(1, (asOf?.seq ?? 0) - after) },
    isOfNow: true,
    isOff: !isPast || asOf === null,
  });
  return page.data?.body.events ?? NONE;
}

const NONE: readonly never[] = [];

const ICONS: Readonly<Record<string, typeof Lock>> = {
  lease: Lock,
  'lease.released': LockOpen,
  'lease.queued': Hourglass,
  wait: Hourglass,
  line: Hourglass,
  handoff: KeyRound,
  agent: User,
  session: User,
  checkin: Flag,
  outcome: Flag,
  alert: BellRing,
  incident: BellRing,
  rescue: Gavel,
  message: MessageSquare,
};

/** It never changes, and there are many of them. */
const FeedLine = memo(function FeedLine({ event: { seq, type, wallAt, sentence } }: { readonly event: LiveEvent }) {
  const Icon = ICONS[type] ?? ICONS[familyOf(type)] ?? Settings;
  return (
    <li className="grid grid-cols-[1.1rem_minmax(0,1fr)_auto] items-baseline gap-2 text-sm [contain-intrinsic-size:auto_1.5rem] [content-visibility:auto]">
      <Icon aria-hidden className="relative top-0.5 size-3.5 text-mute" />
      <span>{sentence}</span>
      <GoTo
        to="/"
        at={String(seq)}
        isPlain
        className="text-xs whitespace-nowrap text-mute tabular-nums hover:underline"
        title={`Event ${seq}, ${wallAt}. Show the fleet as it was then.`}
      >
        {timeOf(wallAt)}
      </GoTo>
    </li>
  );
});

/** That somebody goes on is said only where everything is; what was done is work, and always worth a line. */
function isTold(type: string): boolean {
  return WORK.has(type) || !isNoise({ type } as Parameters<typeof isNoise>[0]);
}

const WORK: ReadonlySet<string> = new Set(['checkin.recorded', 'outcome.recorded', 'alert.repeated']);

function familyOf(type: string): string {
  return type.slice(0, type.indexOf('.'));
}

function timeOf(wallAt: string): string {
  const time = new Date(wallAt);
  return Date.now() - time.getTime() < DAY_MS ? CLOCK.format(time) : shortText(time);
}

const DAY_MS = 86_400_000;
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
