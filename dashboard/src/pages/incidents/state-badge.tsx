import type { IncidentLine } from '../../data/types.ts';
import { Badge } from '../../parts/badge.tsx';

export function StateBadge({ state }: { readonly state: IncidentLine['state'] }) {
  if (state === 'open') return <Badge tone="bad">Open</Badge>;
  if (state === 'quiet') return <Badge tone="warn">Quiet now</Badge>;
  return <Badge tone="good">Closed</Badge>;
}
