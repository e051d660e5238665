import { useDeferredValue } from 'react';
import { useMoment } from '../../data/moment.ts';
import { useParam } from '../../data/params.ts';
import { useView } from '../../data/view.ts';
import { GoTo } from '../../parts/go-to.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loading, Trouble } from '../../parts/states.tsx';
import { When } from '../../parts/time.tsx';

interface AuditEntry {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly reason: string;
  readonly sentence: string;
  readonly hash: string;
}

const ROWS = 50;
const HASH = 12;

/** What people did by authority: found by words, the newest first. */
export function AuditPanel() {
  const [text, setText] = useParam('audit', '');
  const { at } = useMoment();
  const asked = useDeferredValue(text.trim());
  const view = useView<{ readonly entries: readonly AuditEntry[]; readonly cursor: string | null }>('/v1/audit', {
    params: { order: 'newest', limit: ROWS, text: asked === '' ? null : asked, to: at },
    topics: ['*'],
    isOfNow: true,
  });
  const entries = view.data?.body.entries ?? [];
  return (
    <Panel
      title="Acts by authority"
      aside={
        <input
          type="search"
          aria-label="Search in the audit trail"
          placeholder="Who, what, why"
          className="field w-48 py-0.5 text-sm"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      }
    >
      {view.error !== null && <Trouble problem={view.error} />}
      {view.isPending && <Loading />}
      {view.data !== undefined && entries.length === 0 && (
        <Empty title={asked === '' ? 'Nobody used authority yet' : 'Nothing of that is in the trail'}>
          What an operator revokes, pauses, resumes, rescues or adopts stands here, with the reason and the hash that
          chains it to all before it.
        </Empty>
      )}
      <ol className="grid gap-2" aria-label="Acts by authority, the newest first">
        {entries.map(({ seq, at: doneAt, actor, sentence, reason, hash }) => (
          <li key={seq}>
            <p>{sentence}</p>
            <p className="flex flex-wrap gap-x-3 text-sm text-mute">
              <span>{actor}</span> <When at={doneAt} />
              {reason !== '' && !sentence.includes(reason) && <span>“{reason}”</span>}
              <GoTo to="/" at={String(seq)} title="Show the fleet as it was right after it">
                #{seq}
              </GoTo>
              <span className="font-mono text-xs leading-5" title={`Hash of its batch: ${hash}`}>
                {hash.slice(0, HASH)}
              </span>
            </p>
          </li>
        ))}
      </ol>
      {view.data?.body.cursor != null && entries.length > 0 && (
        <p className="mt-2 text-sm text-mute">Older acts are there; search for them, or ask brigade audit.</p>
      )}
    </Panel>
  );
}
