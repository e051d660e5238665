import { CircleHelp, Menu } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { SpokenFleet } from '../data/types.ts';
import { useView } from '../data/view.ts';
import { GoTo } from '../parts/go-to.tsx';
import { PAGES, rootOf } from './pages.ts';

/** Beside the page on a wide screen, below it on a phone. */
export function Nav({ onHelp }: { readonly onHelp: () => void }) {
  const [path] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const fleet = useView<SpokenFleet>('/v1/fleet', { topics: ['*'] }).data?.body;
  const counts: Readonly<Record<string, number | undefined>> = {
    '/alerts': fleet === undefined ? undefined : fleet.alerts.length + fleet.leftOut.alerts,
    '/incidents': fleet === undefined ? undefined : fleet.incidents.length + fleet.leftOut.incidents,
    '/locks': fleet?.counts.leases,
    '/waits': fleet?.counts.waits,
    '/agents': fleet?.counts.agents,
  };
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-panel lg:sticky lg:top-0 lg:h-dvh lg:border-t-0 lg:border-r"
    >
      <p className="hidden items-center gap-2 px-4 pt-4 pb-3 text-base font-semibold lg:flex">
        <img src="/favicon.svg" alt="" className="size-6" /> Brigade
      </p>
      <ul
        className={`grid grid-cols-5 lg:flex lg:flex-col lg:gap-0.5 lg:px-2 ${isOpen ? '' : '[&>li:nth-child(n+5):not(:last-child)]:hidden lg:[&>li:nth-child(n+5):not(:last-child)]:block'}`}
      >
        {PAGES.map((entry) => {
          const to = rootOf(entry);
          const isHere = to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`);
          const count = counts[to];
          const isGrave = (to === '/alerts' || to === '/incidents') && (count ?? 0) > 0;
          const Icon = entry.icon;
          return (
            <li key={to}>
              <GoTo
                to={to}
                isPlain
                {...(isHere ? { 'aria-current': 'page' as const } : {})}
                onClick={() => setOpen(false)}
                className={`relative flex h-16 flex-col items-center justify-center gap-0.5 rounded-md px-2 text-xs lg:h-auto lg:flex-row lg:justify-start lg:gap-2.5 lg:py-1.5 lg:text-sm ${isHere ? 'bg-accent-soft font-semibold text-accent' : 'text-ink hover:bg-raised'}`}
              >
                <Icon aria-hidden className="size-4.5 shrink-0" />
                {entry.title}
                {count !== undefined && count > 0 && (
                  <span
                    className={`rounded-full px-1.5 text-xs tabular-nums max-lg:absolute max-lg:top-1 max-lg:left-1/2 max-lg:ml-1 lg:ml-auto ${isGrave ? 'bg-bad font-semibold text-panel' : 'bg-raised text-mute'}`}
                  >
                    {count.toLocaleString('en')}
                  </span>
                )}
              </GoTo>
            </li>
          );
        })}
        <li className="lg:hidden">
          <button
            type="button"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
            className="flex h-16 w-full flex-col items-center justify-center gap-0.5 px-2 text-xs"
          >
            <Menu aria-hidden className="size-4.5" /> {isOpen ? 'Less' : 'More'}
          </button>
        </li>
      </ul>
      <button
        type="button"
        onClick={onHelp}
        className="absolute bottom-3 left-4 hidden items-center gap-2 text-sm text-mute hover:text-ink lg:flex"
      >
        <CircleHelp aria-hidden className="size-4" /> Keys <kbd className="rounded border border-line px-1">?</kbd>
      </button>
    </nav>
  );
}
