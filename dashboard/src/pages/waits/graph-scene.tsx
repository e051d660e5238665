// All of the graph, drawn once for each answer; and, above it, what is brought forward. So whoever is hovered costs no more than its
// own chain.

import { type KeyboardEvent, memo } from 'react';
import type { Answered } from '../../data/api.ts';
import type { GraphLayout } from './graph-layout.ts';
import { Card, Face, Line, LineTarget, linkNames } from './graph-parts.tsx';
import { titleOf } from './graph-words.ts';
import type { WaitGraph } from './wait-graph.ts';

interface Drawn {
  readonly graph: WaitGraph;
  readonly layout: GraphLayout;
  readonly of: Pick<Answered<unknown>, 'receivedMs'>;
  /** Ids of the node and of the link that are chosen; of one of them at most. */
  readonly selectedNode: string;
  readonly selectedLink: string | undefined;
  readonly markers: string;
}

interface SceneProps extends Drawn {
  readonly onOpen: (id: string) => void;
  readonly onHover: (id: string | null) => void;
  readonly onKey: (event: KeyboardEvent<SVGGElement>, id: string) => void;
}

export const Scene = memo(function Scene(props: SceneProps) {
  const { graph, layout, of, selectedNode, selectedLink, markers, onOpen, onHover, onKey } = props;
  const names = new Map(graph.nodes.map((node) => [node.id, titleOf(node)]));
  const nameOf = (id: string): string => names.get(id) ?? id;
  const first = graph.nodes.find(({ id }) => layout.at.has(id))?.id;
  return (
    <>
      {graph.links.map((link) => {
        const points = layout.links.get(link.id);
        return points === undefined ? null : (
          <g key={link.id}>
            <Line
              link={link}
              points={points}
              isSelected={link.id === selectedLink}
              isForward={false}
              of={of}
              markers={markers}
            />
            <LineTarget id={link.id} names={linkNames(link, nameOf)} points={points} onOpen={onOpen} />
          </g>
        );
      })}
      {graph.nodes.map((node) => {
        const at = layout.at.get(node.id);
        return at === undefined ? null : (
          <Card
            key={node.id}
            node={node}
            at={at}
            isSelected={node.id === selectedNode}
            isFirst={node.id === first}
            onOpen={onOpen}
            onHover={onHover}
            onKey={onKey}
          />
        );
      })}
    </>
  );
});

/** The same, of these nodes only, in front; it is looked at, and hit through. */
export const Forward = memo(function Forward({
  graph,
  layout,
  of,
  selectedNode,
  selectedLink,
  markers,
  ids,
}: Drawn & { readonly ids: ReadonlySet<string> }) {
  return (
    <g aria-hidden className="pointer-events-none">
      {graph.links.map((link) => {
        const points = layout.links.get(link.id);
        if (points === undefined || !ids.has(link.from) || !ids.has(link.to)) return null;
        const isSelected = link.id === selectedLink;
        return (
          <Line key={link.id} link={link} points={points} isSelected={isSelected} isForward of={of} markers={markers} />
        );
      })}
      {graph.nodes.map((node) => {
        const at = layout.at.get(node.id);
        return at === undefined || !ids.has(node.id) ? null : (
          <g key={node.id} transform={`translate(${at.x} ${at.y})`}>
            <Face node={node} at={at} isSelected={node.id === selectedNode} isForward />
          </g>
        );
      })}
    </g>
  );
});
