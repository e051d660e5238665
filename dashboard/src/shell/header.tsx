import { KeyRound, LogOut, Moon, Radio, Sun, SunMoon, WifiOff } from 'lucide-react';
import { useState } from 'react';
import { SignInDialog } from '../actions/sign-in.tsx';
import { useMoment } from '../data/moment.ts';
import { signOut, useOperator } from '../data/operator.ts';
import type { SpokenFleet } from '../data/types.ts';
import { useLive } from '../data/use-live.ts';
import { useView } from '../data/view.ts';
import { Badge } from '../parts/badge.tsx';
import { When } from '../parts/time.tsx';
import { applyTheme, type Theme, themeKept } from './theme.ts';

/** Which fleet this is, whether what is shown is so now, and who looks. */
export function Header() {
  const fleet = useView<SpokenFleet>('/v1/fleet', { topics: ['*'] }).data?.body;
  return (
    <header className="sticky top-0 z-20 flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-panel px-3 py-1.5 sm:px-5">
      <p className="min-w-0 flex-1 truncate font-mono text-xs text-mute" title={fleet?.root}>
        {fleet?.root ?? ''}
      </p>
      <LiveBadge />
      <ThemeButton />
      <OperatorButton />
    </header>
  );
}

function LiveBadge() {
  const { status, sinceMs } = useLive();
  const { at } = useMoment();
  if (at !== null)
    return (
      <Badge tone="info" title="Everything on this page is as it was then.">
        The past
      </Badge>
    );
  if (status === 'live')
    return (
      <Badge tone="good" icon={Radio} title="What happens is shown as it happens.">
        Live
      </Badge>
    );
  if (status === 'offline')
    return (
      <output>
        <Badge
          tone="bad"
          icon={WifiOff}
          title="The server does not answer. It is asked again and again; nothing is missed."
        >
          Offline, last heard <When at={sinceMs} />
        </Badge>
      </output>
    );
  return <Badge>Connecting</Badge>;
}

const THEMES: readonly { readonly theme: Theme; readonly icon: typeof Sun; readonly label: string }[] = [
  { theme: 'auto', icon: SunMoon, label: 'Colours as the system says' },
  { theme: 'light', icon: Sun, label: 'Light colours' },
  { theme: 'dark', icon: Moon, label: 'Dark colours' },
];

function ThemeButton() {
  const [theme, setTheme] = useState(themeKept);
  const index = THEMES.findIndex((each) => each.theme === theme);
  const shown = THEMES[index] ?? THEMES[0];
  const next = THEMES[(index + 1) % THEMES.length];
  if (shown === undefined || next === undefined) return null;
  const Icon = shown.icon;
  return (
    <button
      type="button"
      className="rounded-md p-1.5 hover:bg-raised"
      aria-label={`${shown.label}. Change to: ${next.label.toLowerCase()}`}
      title={shown.label}
      onClick={() => {
        applyTheme(next.theme);
        setTheme(next.theme);
      }}
    >
      <Icon aria-hidden className="size-4" />
    </button>
  );
}

function OperatorButton() {
  const operator = useOperator();
  const [isOpen, setOpen] = useState(false);
  if (operator === undefined) return null;
  if (operator !== null)
    return (
      <span className="flex items-center gap-1">
        <Badge tone="accent" icon={KeyRound} title="This browser may act as an operator.">
          {operator}
        </Badge>
        <button
          type="button"
          className="rounded-md p-1.5 hover:bg-raised"
          aria-label="Stop acting as an operator"
          title="Stop acting as an operator"
          onClick={() => void signOut().catch(/* It cannot be reached, and the page says so. */ () => undefined)}
        >
          <LogOut aria-hidden className="size-4" />
        </button>
      </span>
    );
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        <KeyRound aria-hidden className="size-3.5" /> Act as operator
      </button>
      <SignInDialog isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  );
}
