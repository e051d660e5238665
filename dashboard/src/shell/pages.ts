// Every page: where it is, what it is called, and the key that leads there after `g`. Only the first is in the first download.

import { Activity, BellRing, ChefHat, Hourglass, ListTree, type LucideIcon, Server, Siren, Users } from 'lucide-react';
import { type ComponentType, lazy } from 'react';
import { PassPage } from '../pages/pass/pass-page.tsx';

export interface PageEntry {
  readonly path: string;
  readonly title: string;
  readonly key: string;
  readonly icon: LucideIcon;
  readonly page: ComponentType;
}

export const PAGES: readonly PageEntry[] = [
  { path: '/', title: 'Pass', key: 'p', icon: ChefHat, page: PassPage },
  {
    path: '/locks',
    title: 'Locks',
    key: 'l',
    icon: ListTree,
    page: lazy(async () => ({ default: (await import('../pages/locks/locks-page.tsx')).LocksPage })),
  },
  {
    path: '/waits',
    title: 'Waits',
    key: 'w',
    icon: Hourglass,
    page: lazy(async () => ({ default: (await import('../pages/waits/waits-page.tsx')).WaitsPage })),
  },
  {
    path: '/timeline',
    title: 'Timeline',
    key: 't',
    icon: Activity,
    page: lazy(async () => ({ default: (await import('../pages/timeline/timeline-page.tsx')).TimelinePage })),
  },
  {
    path: '/agents/:id?',
    title: 'Agents',
    key: 'a',
    icon: Users,
    page: lazy(async () => ({ default: (await import('../pages/agents/agents-page.tsx')).AgentsPage })),
  },
  {
    path: '/alerts',
    title: 'Alerts',
    key: 'r',
    icon: BellRing,
    page: lazy(async () => ({ default: (await import('../pages/alerts/alerts-page.tsx')).AlertsPage })),
  },
  {
    path: '/incidents/:id?',
    title: 'Incidents',
    key: 'i',
    icon: Siren,
    page: lazy(async () => ({ default: (await import('../pages/incidents/incidents-page.tsx')).IncidentsPage })),
  },
  {
    path: '/system',
    title: 'System',
    key: 's',
    icon: Server,
    page: lazy(async () => ({ default: (await import('../pages/system/system-page.tsx')).SystemPage })),
  },
];

/** Its address, without what it may be given. */
export function rootOf({ path }: PageEntry): string {
  return path.replace(/\/:.*$/, '');
}
