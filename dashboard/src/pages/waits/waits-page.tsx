// Who waits for whom: drawn, as rows, and what is wrong with it in sentences, with the act that would help.

import { memo, useCallback, useDeferredValue, useMemo, useState } from 'react';
import type { Answered } from '../../data/api.ts';
import { useParam } from '../../data/params.ts';
import type { SpokenDiagnosis, SpokenWaits } from '../../data/types.ts';
import { useView } from '../../data/view.ts';
import { FindingCard } from '../../parts/finding-card.tsx';
import { PageTitle, Panel } from '../../parts/panel.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { Empty, Loading, Trouble } from '../../parts/states.tsx';
import { BrokenPanel } from './broken-panel.tsx';
import { GraphLegend } from './graph-legend.tsx';
import { GraphView } from './graph-view.tsx';
import { matchesOf } from './graph-words.ts';
import { SelectionNote } from './selection-note.tsx';
import { useLayout } from './use-layout.ts';
import { waitGraphOf } from './wait-graph.ts';
import { rowsMatching, type WaitRow, waitRowsOf } from './wait-rows.ts';
import { WaitsTable } from './waits-table.tsx';

const TOPICS = ['lease.', 'wait.', 'offer.', 'handoff.', 'session.', 'request.', 'deadlock.', 'agent.', 'rescue.'];
const FINDINGS = 3;

export function WaitsPage() {
  const view = useView<SpokenWaits>('/v1/waits', { params: { limit: WAITS_MAX }, topics: TOPICS });
  const [search, setSearch] = useParam('q', '');
  // Two thousand cards and rows may take a moment; whoever goes on typing does not wait for them.
  const searched = useDeferredValue(search);
  return (
    <>
      <PageTitle title="Waits">
        <SearchField label="Search the waits: agents, resources" value={search} onChange={setSearch} />
      </PageTitle>
      {view.error !== null && <Trouble problem={view.error} />}
      {view.data === undefined ? view.error === null && <Loading /> : <Waits of={view.data} search={searched} />}
    </>
  );
}

/** As many as the server shows at once. */
const WAITS_MAX = 2_000;

const Waits = memo(function Waits({ of, search }: { readonly of: Answered<SpokenWaits>; readonly search: string }) {
  const [selected, setSelected] = useParam('sel', '');
  const graph = useMemo(() => waitGraphOf(of.body), [of.body]);
  const rows = useMemo(() => waitRowsOf(of.body), [of.body]);
  const [aspect, setAspect] = useState(2);
  const node = graph.nodeOf.get(selected) ?? null;
  const layout = useLayout(graph, node, aspect);
  const matches = useMemo(() => matchesOf(graph.nodes, search), [graph, search]);
  const crowd = graph.nodes.find(({ id, crowd: members }) => id === selected && members !== null)?.crowd;
  const shown = useMemo(() => {
    const found = rowsMatching(rows, search);
    if (crowd == null) return found;
    const members = new Set(crowd.map(({ sessionId }) => sessionId));
    return found.filter(({ sessionId }) => sessionId !== null && members.has(sessionId));
  }, [rows, search, crowd]);
  const open = useCallback(
    (row: WaitRow) => setSelected(row.sessionId === null || row.sessionId === selected ? '' : row.sessionId),
    [setSelected, selected],
  );
  const { leftOut } = of.body;
  return (
    <div className="grid gap-4">
      <div className="grid gap-4 2xl:grid-cols-[minmax(0,1fr)_26rem] 2xl:items-start">
        <Panel title="Who waits for whom" aside={<GraphLegend />}>
          {graph.nodes.length === 0 ? (
            <Empty title="Nobody waits">
              When an agent asks for a lock that another one holds, both are drawn here, with an arrow from the waiter
              to the holder.
            </Empty>
          ) : layout === null ? (
            <Loading what="Drawing" />
          ) : (
            <GraphView
              graph={graph}
              layout={layout}
              of={of}
              selected={selected}
              matches={matches}
              onSelect={setSelected}
              onAspect={setAspect}
            />
          )}
          <SelectionNote graph={graph} selected={selected} of={of} onClose={() => setSelected('')} />
          {layout !== null && layout.leftOut > 0 && graph.nodes.length > 0 && (
            <p className="mt-2 text-sm text-mute">
              {layout.leftOut.toLocaleString('en')} more cards would make a wall of it and are not drawn; the table has
              every wait, and what you choose in it is drawn.
            </p>
          )}
        </Panel>
        <div className="grid min-w-0 gap-4">
          <Findings />
          <BrokenPanel of={of} />
        </div>
      </div>
      <Panel
        title="The same, as a table"
        aside={<span className="text-sm text-mute">{countText(shown.length, rows.length)}</span>}
      >
        {rows.length === 0 ? (
          <Empty title="No waits">
            A wait stands here from when an agent begins to stand in line until it has its turn.
          </Empty>
        ) : (
          <WaitsTable rows={shown} of={of} openKey={rows.find(isOpen(selected))?.key ?? null} onOpen={open} />
        )}
        {leftOut.waiters + leftOut.edges > 0 && (
          <p className="mt-2 text-sm text-mute">
            {leftOut.waiters.toLocaleString('en')} more waiters came later and are not shown.
          </p>
        )}
      </Panel>
    </div>
  );
});

function isOpen(selected: string): (row: WaitRow) => boolean {
  return ({ sessionId }) => sessionId !== null && sessionId === selected;
}

function countText(shown: number, all: number): string {
  const total = `${all.toLocaleString('en')} ${all === 1 ? 'wait' : 'waits'}`;
  return shown === all ? total : `${shown.toLocaleString('en')} of ${total}`;
}

function Findings() {
  const view = useView<SpokenDiagnosis>('/v1/diagnose', { topics: TOPICS });
  const { data } = view;
  const findings = data?.body.findings ?? [];
  const hidden = findings.length - FINDINGS + (data?.body.leftOut ?? 0);
  return (
    <Panel title="What is wrong">
      {view.error !== null && <Trouble problem={view.error} />}
      {data === undefined && view.error === null && <Loading />}
      {data !== undefined && findings.length === 0 && <p className="text-mute">{data.body.summary}</p>}
      <div className="grid gap-3 [&_.button]:text-left [&_.button]:whitespace-normal">
        {data !== undefined &&
          findings.slice(0, FINDINGS).map((finding) => <FindingCard key={finding.id} finding={finding} of={data} />)}
      </div>
      {hidden > 0 && (
        <p className="mt-2 text-sm text-mute">
          and {hidden.toLocaleString('en')} more, less grave. The Pass has all of them.
        </p>
      )}
    </Panel>
  );
}
