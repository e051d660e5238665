import { Archive, CircleCheck, CirclePause, Compass, OctagonPause, Skull } from 'lucide-react';
import type { AgentView } from '../../data/types.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';

type Sign = readonly [tone: Tone, icon: typeof Archive, word: string];

const LIFECYCLES: Readonly<Record<AgentView['lifecycle'], Sign>> = {
  active: ['good', CircleCheck, 'Active'],
  paused: ['warn', CirclePause, 'Paused'],
  archived: ['plain', Archive, 'Archived'],
  retired: ['plain', Skull, 'Retired'],
};

export function LifecycleBadge({ agent: { lifecycle, change } }: { readonly agent: AgentView }) {
  const [tone, icon, word] = LIFECYCLES[lifecycle];
  return (
    <Badge tone={tone} icon={icon} {...(change === null ? {} : { title: `By ${change.by}: ${change.reason}` })}>
      {word}
    </Badge>
  );
}

type Verdict = 'proceed' | 'guide' | 'pause';

const VERDICTS: Readonly<Record<Verdict, Sign>> = {
  proceed: ['good', CircleCheck, 'Proceed'],
  guide: ['info', Compass, 'Guide'],
  pause: ['warn', OctagonPause, 'Pause'],
};

export function VerdictBadge({ verdict }: { readonly verdict: Verdict }) {
  const [tone, icon, word] = VERDICTS[verdict];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
