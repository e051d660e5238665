import { Info, OctagonAlert, TriangleAlert } from 'lucide-react';
import { Badge, type Tone } from './badge.tsx';

type Severity = 'info' | 'warning' | 'critical';

const SIGNS: Readonly<Record<Severity, { readonly tone: Tone; readonly icon: typeof Info; readonly word: string }>> = {
  info: { tone: 'info', icon: Info, word: 'Notice' },
  warning: { tone: 'warn', icon: TriangleAlert, word: 'Warning' },
  critical: { tone: 'bad', icon: OctagonAlert, word: 'Critical' },
};

export function SeverityBadge({ severity }: { readonly severity: Severity }) {
  const { tone, icon, word } = SIGNS[severity];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
