import { useView } from '../../data/view.ts';
import { Panel } from '../../parts/panel.tsx';
import { Scrolling } from '../../parts/scrolling.tsx';
import { Loading, Trouble } from '../../parts/states.tsx';
import { When } from '../../parts/time.tsx';

interface PolicyAnswer {
  readonly adopted: {
    readonly seq: number;
    readonly adoptedAt: string;
    readonly by: string;
    readonly reason: string;
  } | null;
  readonly [part: string]: unknown;
}

/** The policy in force, to read; it is changed by its file and `brigade policy apply`. */
export function PolicyPanel() {
  const view = useView<PolicyAnswer>('/v1/policy', { topics: ['policy.'] });
  const { adopted, ...rest } = view.data?.body ?? { adopted: null };
  return (
    <Panel title="The policy in force">
      {view.error !== null && <Trouble problem={view.error} />}
      {view.isPending && <Loading />}
      {view.data !== undefined && (
        <>
          <p>
            {adopted === null ? (
              'Nobody adopted a policy, so the defaults hold.'
            ) : (
              <>
                Adopted by {adopted.by} <When at={adopted.adoptedAt} />
                {adopted.reason === '' ? '' : `: ${adopted.reason}`}
              </>
            )}{' '}
            <span className="text-mute">
              It is changed in <code className="font-mono text-sm">.brigade/policy.json</code> and adopted with{' '}
              <code className="font-mono text-sm">brigade policy apply</code>.
            </span>
          </p>
          <details className="mt-2">
            <summary className="cursor-pointer">Every setting that follows from it</summary>
            <Scrolling label="Settings" className="mt-2 max-h-96 rounded-md bg-raised p-3">
              <pre className="font-mono text-xs">{JSON.stringify(rest, null, 2)}</pre>
            </Scrolling>
          </details>
        </>
      )}
    </Panel>
  );
}
