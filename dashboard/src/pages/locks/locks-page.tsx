import { useCallback, useMemo } from 'react';
import { useChosen } from '../../data/params.ts';
import type { SpokenDiagnosis, SpokenHeat, SpokenLock } from '../../data/types.ts';
import { useList, useView } from '../../data/view.ts';
import { Choice } from '../../parts/choice.tsx';
import { Cut } from '../../parts/cut.tsx';
import { PageTitle } from '../../parts/panel.tsx';
import { Empty, Loading, Trouble } from '../../parts/states.tsx';
import { HeatTree } from './heat-tree.tsx';
import { LockFilters } from './lock-filters.tsx';
import { LockPanel } from './lock-panel.tsx';
import { LocksTable } from './locks-table.tsx';
import { LocksTree } from './locks-tree.tsx';
import { filterLocks, LOCK_TOPICS, type LockFilter, type Silences, shownLocks, silencesOf } from './shown-lock.ts';

const VIEWS = [
  { id: 'table', label: 'Table' },
  { id: 'tree', label: 'Tree' },
  { id: 'heat', label: 'Heat' },
];

/** Who holds what, and who waits for it. */
export function LocksPage() {
  const [choices, choose] = useChosen();
  const list = useList<SpokenLock>('/v1/locks', 'locks', { topics: LOCK_TOPICS });
  const silences = useSilences();
  const heat = useView<SpokenHeat>('/v1/heat', { params: { minutes: 60 } });
  const heatRows = heat.data?.body.rows ?? NONE;
  const locks = useMemo(
    () => shownLocks(list.data?.body.rows ?? NONE, silences, heatRows),
    [list.data, silences, heatRows],
  );
  const filter = useFilter(choices);
  const shown = useMemo(() => filterLocks(locks, filter), [locks, filter]);
  const view = choices.get('view') ?? 'table';
  const resource = choices.get('resource');
  const open = useCallback((name: string) => choose({ resource: name }), [choose]);
  const close = useCallback(() => choose({ resource: null }), [choose]);
  return (
    <>
      <PageTitle title="Locks">
        <Choice
          label="How they are shown"
          value={view}
          options={VIEWS}
          onChange={(id) => choose({ view: id === 'table' ? null : id })}
        />
      </PageTitle>
      <LockFilters filter={filter} locks={locks} shown={shown.length} isHeat={view === 'heat'} choose={choose} />
      {list.error !== null && <Trouble problem={list.error} />}
      {list.isPending && list.error === null && <Loading />}
      <Cut list={list.data?.body} what="locks" also="brigade locks" />
      <div
        className={resource === null ? '' : '2xl:grid 2xl:grid-cols-[minmax(0,1fr)_28rem] 2xl:items-start 2xl:gap-4'}
      >
        <div className="min-w-0">
          {view === 'heat' ? (
            <HeatTree heat={heat} filter={filter} open={resource} onOpen={open} />
          ) : list.data === undefined ? null : shown.length === 0 ? (
            <NoLocks isFiltered={locks.length > 0} />
          ) : view === 'tree' ? (
            <LocksTree locks={shown} of={list.data} open={resource} onOpen={open} />
          ) : (
            <LocksTable locks={shown} of={list.data} open={resource} onOpen={open} />
          )}
        </div>
        {resource !== null && <LockPanel key={resource} resource={resource} heat={heatRows} onClose={close} />}
      </div>
    </>
  );
}

const NONE: readonly never[] = [];

/** The same as long as they say the same: each of thousands of locks is looked up in them. */
function useSilences(): Silences {
  const findings = useView<SpokenDiagnosis>('/v1/diagnose', { topics: ['*'] }).data?.body.findings ?? NONE;
  const text = useMemo(() => JSON.stringify(silencesOf(findings)), [findings]);
  return useMemo(() => JSON.parse(text) as Silences, [text]);
}

function useFilter(choices: URLSearchParams): LockFilter {
  const text = choices.get('q') ?? '';
  const agent = choices.get('agent') ?? '';
  const kind = choices.get('kind') ?? '';
  const isWaitedFor = choices.get('waiting') === '1';
  const isSilent = choices.get('silent') === '1';
  return useMemo(() => ({ text, agent, kind, isWaitedFor, isSilent }), [text, agent, kind, isWaitedFor, isSilent]);
}

function NoLocks({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered)
    return <Empty title="No lock matches">Take a filter away, or search for something else, to see the others.</Empty>;
  return (
    <Empty title="Nobody holds a lock">
      An agent takes one before it changes something: with the tool <code>acquire_lock</code>, or by itself when it
      edits a file where the hooks are installed. It stands here as long as the agent holds it.
    </Empty>
  );
}
