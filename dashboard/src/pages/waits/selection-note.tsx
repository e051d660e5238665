// What is chosen in the graph, in sentences: where it leads, and who is concerned.

import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Answered } from '../../data/api.ts';
import { AgentLink, ResourceLink } from '../../parts/go-to.tsx';
import { Lasting } from '../../parts/time.tsx';
import { LINK_VERBS, placeText, titleOf } from './graph-words.ts';
import { chainOf, type GraphLink, type GraphNode, type WaitGraph } from './wait-graph.ts';

const SENTENCES = 6;

export function SelectionNote({
  graph,
  selected,
  of,
  onClose,
}: {
  readonly graph: WaitGraph;
  readonly selected: string;
  readonly of: Pick<Answered<unknown>, 'receivedMs'>;
  readonly onClose: () => void;
}) {
  const nodeId = graph.nodeOf.get(selected) ?? selected;
  const node = graph.nodes.find(({ id }) => id === nodeId);
  const link = graph.links.find(({ id }) => id === selected);
  if (selected === '') return null;
  return (
    <section
      aria-label="What is chosen in the graph"
      className="mt-3 flex items-start justify-between gap-3 rounded-md border border-accent/40 bg-accent-soft px-3 py-2"
    >
      <div className="grid min-w-0 gap-1">
        {node !== undefined && <NodeNote graph={graph} node={node} of={of} />}
        {link !== undefined && <LinkSentence graph={graph} link={link} of={of} />}
        {node === undefined && link === undefined && (
          <p>What was chosen here waits no more, and nobody waits for it.</p>
        )}
      </div>
      <button type="button" aria-label="Choose nothing" className="rounded p-1 hover:bg-raised" onClick={onClose}>
        <X aria-hidden className="size-4" />
      </button>
    </section>
  );
}

function NodeNote({
  graph,
  node,
  of,
}: {
  readonly graph: WaitGraph;
  readonly node: GraphNode;
  readonly of: Pick<Answered<unknown>, 'receivedMs'>;
}) {
  const ahead = graph.links.filter(({ from }) => from === node.id);
  const behind = graph.links.filter(({ to }) => to === node.id);
  const concerned = chainOf(graph, node.id).size - 1;
  return (
    <>
      {node.crowd !== null && (
        <p>
          These {node.crowd.length.toLocaleString('en')} wait for the same as the four above them, and nobody waits for
          them. Each is a row of the table.
        </p>
      )}
      {node.isInCycle && <p className="font-medium text-bad">It waits, in the end, for itself: it is in a circle.</p>}
      {node.gaveWayAgoMs !== null && (
        <p>
          A wait of <AgentLink id={node.agentId} /> was ended <Lasting ms={node.gaveWayAgoMs} of={of} /> ago to break a
          deadlock.
        </p>
      )}
      {ahead.slice(0, SENTENCES).map((link) => (
        <LinkSentence key={link.id} graph={graph} link={link} of={of} />
      ))}
      {ahead.length === 0 && (
        <p>
          <AgentLink id={node.agentId} /> waits for nobody.
        </p>
      )}
      {node.ports.slice(0, SENTENCES).map(({ resource, waiting }) => (
        <p key={resource}>
          {waiting === 1 ? '1 waits' : `${waiting.toLocaleString('en')} wait`} for it to let go of{' '}
          <ResourceLink name={resource} />.
        </p>
      ))}
      {concerned > ahead.length + behind.length && (
        <p className="text-mute">With those before and behind them, {concerned} others are on its chains.</p>
      )}
    </>
  );
}

function LinkSentence({
  graph,
  link,
  of,
}: {
  readonly graph: WaitGraph;
  readonly link: GraphLink;
  readonly of: Pick<Answered<unknown>, 'receivedMs'>;
}) {
  const waiter = graph.nodes.find(({ id }) => id === link.from);
  const wait = waiter?.waits.find(({ resources }) => resources.includes(link.resource)) ?? waiter?.waits[0];
  const isOne = waiter?.crowd === null;
  return (
    <p>
      {nameOf(graph, link.from)} {isOne ? LINK_VERBS[link.kind] : 'wait for'} <ResourceLink name={link.resource} />{' '}
      behind {nameOf(graph, link.to)}, for <Lasting ms={link.ageMs} of={of} />
      {isOne && wait !== undefined && link.kind !== 'retry' ? `; ${placeText(wait)}` : ''}.
    </p>
  );
}

function nameOf({ nodes }: WaitGraph, id: string): ReactNode {
  const node = nodes.find((each) => each.id === id);
  if (node === undefined) return id;
  return node.crowd === null ? <AgentLink id={node.agentId} /> : titleOf(node).replace('and ', '');
}
