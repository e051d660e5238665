import type { Answered } from '../../data/api.ts';
import type { AlertView } from '../../data/types.ts';
import { GoTo } from '../../parts/go-to.tsx';
import { SeverityBadge } from '../../parts/severity.tsx';
import { Lasting } from '../../parts/time.tsx';

export function AlertLine({
  alert: { alert, severity, text, next, openForMs, acknowledged },
  of,
}: {
  readonly alert: AlertView;
  readonly of: Pick<Answered<unknown>, 'receivedMs'>;
}) {
  return (
    <article aria-label={text} className="rounded-md border-l-4 border-line bg-raised/60 px-3 py-2">
      <p className="font-medium">
        <GoTo to={`/alerts?alert=${alert}`} isPlain className="hover:underline">
          {text}
        </GoTo>
      </p>
      <p className="mt-0.5 flex flex-wrap items-center gap-x-3 text-sm text-mute">
        <SeverityBadge severity={severity} />
        <span>
          for <Lasting ms={openForMs} of={of} />
        </span>
        {acknowledged !== null && <span>{acknowledged.by} looks after it</span>}
      </p>
      <p className="mt-1">{next}</p>
    </article>
  );
}
