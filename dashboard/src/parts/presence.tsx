import { CircleDot, CircleHelp, CircleOff, CirclePause } from 'lucide-react';
import type { Presence } from '../data/types.ts';
import { Badge, type Tone } from './badge.tsx';

const SIGNS: Readonly<
  Record<
    Presence,
    { readonly tone: Tone; readonly icon: typeof CircleDot; readonly word: string; readonly means: string }
  >
> = {
  alive: { tone: 'good', icon: CircleDot, word: 'Alive', means: 'Its process runs.' },
  stopped: { tone: 'bad', icon: CirclePause, word: 'Stopped', means: 'Its process is there and does not run.' },
  gone: { tone: 'bad', icon: CircleOff, word: 'Gone', means: 'Its process has ended.' },
  unknown: {
    tone: 'plain',
    icon: CircleHelp,
    word: 'Not known',
    means: 'It has no process that this host can see: it is on another host, or talks over HTTP.',
  },
};

/** Is the process of a session there? */
export function PresenceBadge({ presence }: { readonly presence: Presence }) {
  const { tone, icon, word, means } = SIGNS[presence];
  return (
    <Badge tone={tone} icon={icon} title={means}>
      {word}
    </Badge>
  );
}
