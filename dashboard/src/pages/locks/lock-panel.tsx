import { Activity, Hand, MessageSquare, Stethoscope } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { durationText } from '../../../../src/core/view/duration-text.ts';
import { openAct } from '../../actions/act.ts';
import { askOf, revokeOf } from '../../actions/lock-acts.ts';
import type { Answered } from '../../data/api.ts';
import type { SessionView, SpokenDiagnosis, SpokenHeatRow, SpokenLock } from '../../data/types.ts';
import { useList, useView } from '../../data/view.ts';
import { Facts } from '../../parts/facts.tsx';
import { FindingCard } from '../../parts/finding-card.tsx';
import { AgentLink, GoTo, ResourceLink } from '../../parts/go-to.tsx';
import { PresenceBadge } from '../../parts/presence.tsx';
import { SidePanel } from '../../parts/side-panel.tsx';
import { Empty, Loading, Trouble } from '../../parts/states.tsx';
import { Ago, Lasting } from '../../parts/time.tsx';
import { Holder, ModeAndGuard, TimeLeft } from './lock-cells.tsx';
import { LockLine } from './lock-line.tsx';
import { LOCK_TOPICS, shownLocks, wholeTimeLeftMs } from './shown-lock.ts';

/** All that is known of one resource: who holds it, who waits, what stands in its way, and what can be done. */
export function LockPanel({
  resource,
  heat,
  onClose,
}: {
  readonly resource: string;
  readonly heat: readonly SpokenHeatRow[];
  readonly onClose: () => void;
}) {
  const view = useList<SpokenLock>('/v1/locks', 'locks', { params: { resource }, topics: LOCK_TOPICS });
  const [isDiagnosing, setDiagnosing] = useState(false);
  const rows = view.data?.body.rows ?? [];
  const own = rows.filter((lock) => lock.resource === resource);
  const others = rows.filter((lock) => lock.resource !== resource);
  const [first] = own;
  const warmth = heat.find((row) => row.resource === resource);
  return (
    <SidePanel title={resource} onClose={onClose}>
      {view.error !== null && <Trouble problem={view.error} />}
      {view.isPending && view.error === null && <Loading />}
      {view.data !== undefined && own.length === 0 && (
        <Empty title={others.length === 0 ? 'It is free' : 'Nobody holds it by this name'}>
          {others.length === 0
            ? 'Nobody holds it, and nobody waits for it.'
            : 'Locks that conflict with it stand below.'}
        </Empty>
      )}
      {view.data !== undefined && own.map((lock) => <Held key={lock.token ?? 'kept'} lock={lock} of={view.data} />)}
      {first !== undefined && view.data !== undefined && <LockLine lock={first} of={view.data} />}
      {others.length > 0 && <Conflicts locks={others} />}
      {warmth !== undefined && <Warmth row={warmth} />}
      <div className="flex flex-wrap gap-2">
        <button
          type="button"
          className="button"
          aria-expanded={isDiagnosing}
          onClick={() => setDiagnosing(!isDiagnosing)}
        >
          <Stethoscope aria-hidden className="size-3.5" /> Diagnose
        </button>
        <GoTo to={`/timeline?resource=${encodeURIComponent(resource)}`} isPlain className="button">
          <Activity aria-hidden className="size-3.5" /> Its past
        </GoTo>
      </div>
      {isDiagnosing && <Diagnosis resource={resource} />}
    </SidePanel>
  );
}

function Held({ lock, of }: { readonly lock: SpokenLock; readonly of: Answered<unknown> }) {
  const { holder, asks } = lock;
  const ask = askOf(lock);
  const revoke = revokeOf(lock);
  return (
    <section aria-label={holder === null ? 'Kept' : `Held by ${holder.agentId}`} className="grid gap-3">
      <HeldFacts lock={lock} of={of} />
      {asks.length > 0 && (
        <ul className="grid gap-1 rounded-md bg-raised px-3 py-2 text-sm">
          {asks.map(({ messageId, from, agoMs, answered }) => (
            <li key={messageId}>
              {from} asked to let go <Lasting ms={agoMs} of={of} /> ago ({messageId}), {ANSWERS[answered ?? 'none']}.
            </li>
          ))}
        </ul>
      )}
      {(ask !== null || revoke !== null) && (
        <div className="flex flex-wrap gap-2">
          {ask !== null && (
            <button type="button" className="button" onClick={() => openAct(ask)}>
              <MessageSquare aria-hidden className="size-3.5" /> Ask the holder to let go
            </button>
          )}
          {revoke !== null && (
            <button type="button" className="button button-bad" onClick={() => openAct(revoke)}>
              <Hand aria-hidden className="size-3.5" /> Revoke
            </button>
          )}
        </div>
      )}
    </section>
  );
}

function HeldFacts({ lock, of }: { readonly lock: SpokenLock; readonly of: Answered<unknown> }) {
  const { holder, token, heldForMs, idleForMs, reason, alive, handoffTo, expiresInMs } = lock;
  const wholeMs = wholeTimeLeftMs(shownLocks([lock], {}, []));
  const rows: [string, ReactNode][] = [['Holder', <Holder key="holder" lock={lock} />]];
  if (holder !== null) rows.push(['Process', <PresenceBadge key="process" presence={alive} />]);
  rows.push(['Reason', reason === '' ? 'None was given.' : reason], ['Mode', <ModeAndGuard key="mode" lock={lock} />]);
  if (heldForMs !== null) rows.push(['Held for', <Lasting key="held" ms={heldForMs} of={of} />]);
  if (expiresInMs !== null) rows.push(['Time left', <TimeLeft key="left" lock={lock} of={of} wholeMs={wholeMs} />]);
  if (idleForMs !== null) rows.push(['Last heard of', <Ago key="idle" ms={idleForMs} of={of} />]);
  if (handoffTo !== null) rows.push(['Offered to', <AgentLink key="handoff" id={handoffTo} />]);
  if (token !== null) rows.push(['Token', <code key="token">{token}</code>]);
  if (holder !== null) rows.push(['Session', <HolderSession key="session" holder={holder} />]);
  return <Facts rows={rows} />;
}

const ANSWERS = {
  none: 'not answered yet',
  confirm: 'which its holder confirmed',
  dismiss: 'which its holder dismissed',
};

function HolderSession({
  holder: { agentId, sessionId },
}: {
  readonly holder: { agentId: string; sessionId: string };
}) {
  const sessions = useView<{ readonly sessions: readonly SessionView[] }>('/v1/sessions', {
    params: { agentId },
    topics: ['session.'],
  });
  const session = sessions.data?.body.sessions.find((each) => each.sessionId === sessionId);
  return (
    <span className="grid gap-0.5">
      <code className="text-sm">{sessionId}</code>
      {session !== undefined && (
        <>
          <span className="text-sm text-mute">
            {session.client}
            {session.processes.map(({ pid, kind }) => `, process ${pid} (${kind})`).join('')}
          </span>
          <span className="text-sm text-mute" title="The worktree in which it reads names of files">
            {session.root}
          </span>
        </>
      )}
    </span>
  );
}

function Conflicts({ locks }: { readonly locks: readonly SpokenLock[] }) {
  return (
    <section>
      <h3 className="mb-1 font-semibold">In conflict with it</h3>
      <ul className="grid gap-1">
        {locks.slice(0, CONFLICTS).map(({ resource, holder, token }) => (
          <li key={`${resource} ${token}`}>
            <ResourceLink name={resource} />
            {holder === null ? ', kept for the first in line' : ', held by '}
            {holder !== null && <AgentLink id={holder.agentId} />}
          </li>
        ))}
        {locks.length > CONFLICTS && <li className="text-mute">and {locks.length - CONFLICTS} more</li>}
      </ul>
    </section>
  );
}

const CONFLICTS = 10;

function Warmth({ row: { grants, waits, waitedMs, heldMs, refusals } }: { readonly row: SpokenHeatRow }) {
  return (
    <section>
      <h3 className="mb-1 font-semibold">In the last hour</h3>
      <p>
        Granted {oftenText(grants)}, held for {durationText(toSeconds(heldMs))} in all. Waited for {oftenText(waits)}
        {waits > 0 && `, for ${durationText(toSeconds(waitedMs))} in all`}. Refused {oftenText(refusals)}.
      </p>
    </section>
  );
}

function oftenText(count: number): string {
  return count === 0 ? 'never' : count === 1 ? 'once' : `${count.toLocaleString('en')} times`;
}

function toSeconds(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}

function Diagnosis({ resource }: { readonly resource: string }) {
  const view = useView<SpokenDiagnosis>('/v1/diagnose', { params: { resource }, topics: ['*'] });
  if (view.error !== null) return <Trouble problem={view.error} />;
  if (view.data === undefined) return <Loading what="Looking" />;
  const { summary, findings, looked } = view.data.body;
  return (
    <section aria-label="Diagnosis" className="grid gap-2">
      <p className="font-medium">{summary}</p>
      {findings.map((finding) => (
        <FindingCard key={finding.id} finding={finding} of={view.data} />
      ))}
      {findings.length === 0 && (
        <ul className="list-disc pl-5 text-sm text-mute">
          {looked.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
