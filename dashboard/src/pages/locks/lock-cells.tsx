// What both the table and the tree show of a lock.

import { BellOff, ShieldCheck, Unlock, Users } from 'lucide-react';
import { durationText } from '../../../../src/core/view/duration-text.ts';
import type { Answered } from '../../data/api.ts';
import type { SpokenLock } from '../../data/types.ts';
import { Badge } from '../../parts/badge.tsx';
import { Bar } from '../../parts/bar.tsx';
import { AgentLink } from '../../parts/go-to.tsx';
import { PresenceBadge } from '../../parts/presence.tsx';
import { Lasting, useSince } from '../../parts/time.tsx';
import type { ShownLock } from './shown-lock.ts';

type Of = Pick<Answered<unknown>, 'receivedMs'>;

export function Holder({ lock }: { readonly lock: SpokenLock }) {
  if (lock.holder !== null) return <AgentLink id={lock.holder.agentId} />;
  const [first] = lock.waiters;
  return (
    <span className="text-mute" title="Nobody holds it. It is kept for whoever is first in line.">
      kept for {first === undefined ? 'the first in line' : <AgentLink id={first.agentId} />}
    </span>
  );
}

/** Alive or silent: silent where the diagnosis says so. */
export function HolderState({ shown: { lock, silence } }: { readonly shown: ShownLock }) {
  if (lock.holder === null) return <Badge icon={Unlock}>Free</Badge>;
  if (silence === null || lock.alive === 'stopped' || lock.alive === 'gone')
    return <PresenceBadge presence={lock.alive} />;
  return (
    <Badge tone="bad" icon={BellOff} title={silence}>
      Silent
    </Badge>
  );
}

export function ModeAndGuard({ lock: { mode, guarded } }: { readonly lock: SpokenLock }) {
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      {mode === 'shared' && (
        <Badge tone="info" icon={Users} title="Others may share it; nobody may hold it alone meanwhile.">
          Shared
        </Badge>
      )}
      {guarded ? (
        <span
          className="flex items-center gap-1"
          title="Where the hooks are installed, nobody else can write it while it is held."
        >
          <ShieldCheck aria-hidden className="size-3.5 text-good" /> Guarded
        </span>
      ) : (
        <span className="text-mute" title="Agents keep to it by asking; nothing hinders one that does not ask.">
          Advisory
        </span>
      )}
    </span>
  );
}

/** How long until it ends by itself, should its holder do nothing more. */
export function TimeLeft({
  lock: { expiresInMs },
  of,
  wholeMs,
}: {
  readonly lock: SpokenLock;
  readonly of: Of;
  readonly wholeMs: number;
}) {
  const since = useSince(of);
  if (expiresInMs === null) return <span className="text-mute">–</span>;
  const leftMs = Math.max(0, expiresInMs - since);
  const tone = leftMs < SOON_MS ? 'bg-bad' : leftMs < NEAR_MS ? 'bg-waits' : 'bg-held';
  return (
    <span
      className="grid grid-cols-[4.2rem_minmax(1.5rem,7rem)] items-center gap-2 whitespace-nowrap"
      title={`The bar is full at ${durationText(wholeMs)} or more.`}
    >
      <span>{leftMs === 0 ? 'ends now' : <Lasting ms={expiresInMs} of={of} isLeft />}</span>
      <Bar share={wholeMs === 0 ? 0 : leftMs / wholeMs} tone={tone} />
    </span>
  );
}

const SOON_MS = 15_000;
const NEAR_MS = 60_000;

/** How many wait, and the one that does so longest: the first in line. */
export function Line({ lock: { waiting, waiters }, of }: { readonly lock: SpokenLock; readonly of: Of }) {
  const [first] = waiters;
  if (waiting === 0 || first === undefined) return <span className="text-mute">–</span>;
  return (
    <span className="flex min-w-0 items-center gap-2">
      <Badge tone="warn">{waiting === 1 ? '1 waits' : `${waiting.toLocaleString('en')} wait`}</Badge>
      <span className="min-w-0 truncate text-sm" title={waiters.map(({ agentId }) => agentId).join(', ')}>
        <Lasting ms={first.waitedMs} of={of} />, {first.agentId}
      </span>
    </span>
  );
}
