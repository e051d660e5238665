// A wait-for graph as Mermaid draws it. A name may hold anything, so what means something to Mermaid is written as an entity.

import { durationText } from '../../view/duration-text.ts';
import { oneLine } from '../../view/one-line.ts';
import type { Graph, GraphEdge } from './report.ts';

/** From whoever waits to whoever is in the way; dotted where that one only stands before it. */
export function mermaidOf({ edges }: Graph): readonly string[] {
  const ids = new Map<string, string>();
  for (const name of edges.flatMap(({ from, to }) => [from, to])) if (!ids.has(name)) ids.set(name, `n${ids.size}`);
  const nodes = Array.from(ids, ([name, id]) => `  ${id}["${escaped(name)}"]`);
  const arrows = edges.map((edge) => {
    const [from, to] = [ids.get(edge.from), ids.get(edge.to)];
    return `  ${from} ${edge.kind === 'hold' ? '-->' : '-.->'}|"${labelOf(edge)}"| ${to}`;
  });
  return ['flowchart LR', ...nodes, ...arrows];
}

function labelOf({ resource, token, waitedMs }: GraphEdge): string {
  const parts = [
    escaped(resource),
    ...(token === null ? [] : [`token ${token}`]),
    ...(waitedMs === null ? [] : [durationText(waitedMs)]),
  ];
  return parts.join(', ');
}

function escaped(text: string): string {
  return oneLine(text, 80).replaceAll(/[^\w ./:@,()-]/g, (each) => `#${each.codePointAt(0)};`);
}
