import { Facts } from '../../parts/facts.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { useSystem } from './system-view.ts';

/** How long it took until what was decided was safe. */
export function CommitPanel() {
  const system = useSystem();
  const commit = system.data?.body.commit;
  return (
    <Panel title="Commits of this server" aside={<span className="text-sm text-mute">since it started</span>}>
      {system.data === undefined && <Loading />}
      {system.data !== undefined && (commit == null || commit.count === 0) && (
        <Empty title="It committed nothing yet">Where another process is the desk, that one commits.</Empty>
      )}
      {commit != null && commit.count > 0 && (
        <>
          <Facts
            rows={[
              ['Commits', commit.count.toLocaleString('en')],
              ['Half of them', `within ${msText(commit.p50Ms)}`],
              ['99 of 100', `within ${msText(commit.p99Ms)}`],
            ]}
          />
          <Histogram buckets={commit.buckets} />
        </>
      )}
    </Panel>
  );
}

interface Bucket {
  readonly leMs: number | null;
  readonly count: number;
}

function Histogram({ buckets }: { readonly buckets: readonly Bucket[] }) {
  const rows = buckets.map((bucket, index) => ({ ...bucket, from: buckets[index - 1]?.leMs ?? 0 }));
  const shown = rows.slice(
    rows.findIndex(({ count }) => count > 0),
    rows.findLastIndex(({ count }) => count > 0) + 1,
  );
  const most = Math.max(1, ...shown.map(({ count }) => count));
  return (
    <table className="mt-3 w-full text-sm">
      <caption className="sr-only">How many commits took how long</caption>
      <thead className="sr-only">
        <tr>
          <th>Time</th>
          <th>Commits</th>
        </tr>
      </thead>
      <tbody>
        {shown.map(({ leMs, from, count }) => (
          <tr key={String(leMs)}>
            <td className="w-32 pr-3 text-right whitespace-nowrap text-mute tabular-nums">
              {leMs === null ? `over ${msText(from)}` : `to ${msText(leMs)}`}
            </td>
            <td>
              <span className="flex items-center gap-2">
                <span
                  aria-hidden
                  className="h-3 rounded-sm bg-held"
                  style={{ width: `${Math.max(0.5, (count / most) * 75)}%` }}
                />
                <span className="tabular-nums">{count.toLocaleString('en')}</span>
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function msText(ms: number | null): string {
  if (ms === null) return 'not known';
  if (ms < 1) return `${(ms * 1_000).toFixed(0)} µs`;
  return ms < 10 ? `${Number(ms.toFixed(1))} ms` : `${ms.toFixed(0)} ms`;
}
