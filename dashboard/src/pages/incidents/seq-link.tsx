import { GoTo } from '../../parts/go-to.tsx';

/** The number of an event; leads to the fleet as it was right after it. */
export function SeqLink({ seq, to = '/locks' }: { readonly seq: number; readonly to?: string }) {
  return (
    <GoTo
      to={to}
      at={String(seq)}
      className="text-xs tabular-nums"
      title={`Show the locks as they were right after event ${seq}`}
    >
      #{seq}
    </GoTo>
  );
}
