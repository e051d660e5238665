import { CircleCheckBig, CircleX, Loader } from 'lucide-react';
import { useState } from 'react';
import { useView } from '../../data/view.ts';
import { Panel } from '../../parts/panel.tsx';
import { Loading, Trouble } from '../../parts/states.tsx';
import { When } from '../../parts/time.tsx';

interface ChainView {
  readonly state: 'checking' | 'whole' | 'broken';
  readonly checkedTo: number;
  readonly head: number;
  readonly atMs: number | null;
  readonly message: string;
}

/** Is the log the one that was written? Every batch names the hash of the one before it. */
export function ChainPanel() {
  const [isAsked, setAsked] = useState(false);
  const view = useView<ChainView>('/v1/audit/chain', { isOfNow: true, isOff: !isAsked, topics: ['audit.'] });
  return (
    <Panel title="Is the log as it was written?">
      <p className="max-w-prose">
        Each batch of events carries the hash of the one before it. A check reads them all, and the archives before
        them: a line that was changed, left out or put in does not fit.
      </p>
      {!isAsked && (
        <button type="button" className="button mt-3" onClick={() => setAsked(true)}>
          Check the chain
        </button>
      )}
      {isAsked && view.isPending && <Loading what="Checking" />}
      {view.error !== null && <Trouble problem={view.error} />}
      {view.data !== undefined && <Verdict chain={view.data.body} />}
      {view.data !== undefined && view.data.body.state !== 'checking' && (
        <button type="button" className="button mt-3" onClick={() => void view.refetch()}>
          Check again
        </button>
      )}
    </Panel>
  );
}

function Verdict({ chain: { state, checkedTo, head, atMs, message } }: { readonly chain: ChainView }) {
  const Icon = state === 'whole' ? CircleCheckBig : state === 'broken' ? CircleX : Loader;
  const tone = state === 'whole' ? 'text-good' : state === 'broken' ? 'text-bad' : 'text-mute';
  return (
    <output className="mt-3 flex items-start gap-2">
      <Icon aria-hidden className={`mt-1 size-4 shrink-0 ${tone}`} />
      <span>
        {message}
        {state === 'checking' && ` ${checkedTo.toLocaleString('en')} of ${head.toLocaleString('en')} events are read.`}
        {atMs !== null && (
          <span className="text-mute">
            {' '}
            Checked <When at={atMs} />.
          </span>
        )}
      </span>
    </output>
  );
}
