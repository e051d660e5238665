// Where everything of the wait-for graph is drawn. Each part that hangs together is laid out by itself and remembered by its
// structure: a wait that is a second older moves nothing, and a new one moves only what it belongs to. Whoever is waited for
// stands on the left; arrows point to it.

import { Graph, layout } from '@dagrejs/dagre';
import type { GraphLink, GraphNode, WaitGraph } from './wait-graph.ts';

export const CARD = { width: 196, head: 44, port: 20 } as const;
/** More than this is a wall of cards; the table has all of it. */
const DRAWN_MAX = 240;
/** Of what hangs together. Laying out more in one go would hold up the page. */
const PART_MAX = 200;
const NODE_GAP = 16;
const RANK_GAP = 96;
const GAP = 36;
const ROW_GAP = 44;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Placed {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

export interface PlacedLink {
  readonly id: string;
  /** From the one that is waited for to the one that waits. */
  readonly points: readonly Point[];
}

export interface PartLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly Placed[];
  readonly links: readonly PlacedLink[];
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly at: ReadonlyMap<string, Placed>;
  readonly links: ReadonlyMap<string, readonly Point[]>;
  /** Nodes that are not drawn. */
  readonly leftOut: number;
}

/** Nodes that hang together, and what is between them. */
export interface Part {
  readonly key: string;
  readonly nodes: readonly GraphNode[];
  readonly links: readonly GraphLink[];
}

export interface Parts {
  readonly parts: readonly Part[];
  readonly leftOut: number;
}

function heightOf({ ports, portsLeftOut }: GraphNode): number {
  const rows = ports.length + (portsLeftOut > 0 ? 1 : 0);
  return CARD.head + (rows === 0 ? 0 : rows * CARD.port + 6);
}

/** What hangs together, circles first, then the oldest waits; as much as can be drawn, `wanted` always among it. */
export function partsOf(graph: WaitGraph, wanted: string | null): Parts {
  const whole = connected(graph).toSorted((a, b) => rankOf(b, wanted) - rankOf(a, wanted));
  const parts: Part[] = [];
  let drawn = 0;
  for (const part of whole) {
    const cut = cutTo(part, PART_MAX, wanted);
    if (drawn > 0 && drawn + cut.nodes.length > DRAWN_MAX) continue;
    drawn += cut.nodes.length;
    parts.push(cut);
  }
  return { parts: parts.toSorted((a, b) => rankOf(b, null) - rankOf(a, null)), leftOut: graph.nodes.length - drawn };
}

function rankOf({ nodes, links }: Omit<Part, 'key'>, wanted: string | null): number {
  if (wanted !== null && nodes.some(({ id }) => id === wanted)) return Number.POSITIVE_INFINITY;
  const isCircle = nodes.some(({ isInCycle }) => isInCycle);
  return (isCircle ? 1e15 : 0) + links.reduce((oldest, { ageMs }) => Math.max(oldest, ageMs), 0);
}

function connected({ nodes, links }: WaitGraph): readonly Omit<Part, 'key'>[] {
  const parent = new Map(nodes.map(({ id }) => [id, id]));
  const find = (id: string): string => {
    let root = id;
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root)) root = up;
    for (let each = id; each !== root; ) {
      const up = parent.get(each) ?? root;
      parent.set(each, root);
      each = up;
    }
    return root;
  };
  for (const { from, to } of links) parent.set(find(from), find(to));
  const parts = new Map<string, { readonly nodes: GraphNode[]; readonly links: GraphLink[] }>();
  const partOf = (id: string) => {
    const root = find(id);
    const part = parts.get(root) ?? { nodes: [], links: [] };
    parts.set(root, part);
    return part;
  };
  for (const node of nodes) partOf(node.id).nodes.push(node);
  for (const link of links) partOf(link.from).links.push(link);
  return [...parts.values()];
}

/** The `most` of a part that are nearest to where its waits end, or to `wanted`. */
function cutTo({ nodes, links }: Omit<Part, 'key'>, most: number, wanted: string | null): Part {
  if (nodes.length <= most) return { key: keyOf(nodes, links), nodes, links };
  const waiting = new Set(links.map(({ from }) => from));
  const near = new Map<string, string[]>();
  for (const { from, to } of links) {
    (near.get(from) ?? near.set(from, []).get(from))?.push(to);
    (near.get(to) ?? near.set(to, []).get(to))?.push(from);
  }
  const hasWanted = wanted !== null && nodes.some(({ id }) => id === wanted);
  const first = nodes.find(({ id, isInCycle }) => isInCycle || !waiting.has(id)) ?? nodes[0];
  const kept = new Set([hasWanted ? wanted : (first?.id ?? '')]);
  for (const id of kept) {
    for (const each of near.get(id) ?? []) if (kept.size < most) kept.add(each);
    if (kept.size >= most) break;
  }
  const left = nodes.filter(({ id }) => kept.has(id));
  const between = links.filter(({ from, to }) => kept.has(from) && kept.has(to));
  return { key: keyOf(left, between), nodes: left, links: between };
}

function keyOf(nodes: readonly GraphNode[], links: readonly GraphLink[]): string {
  return [
    ...nodes.map((node) => `${node.id}:${heightOf(node)}:${node.ports.map(({ resource }) => resource).join('|')}`),
    ...links.map(({ id }) => id),
  ].join('\n');
}

export function layoutPart(part: Part): PartLayout {
  return layoutFan(part) ?? layoutAny(part);
}

/** One that is waited for by all others, who wait for nobody else: most parts are, and need no search. */
function layoutFan({ nodes, links }: Part): PartLayout | null {
  const [holder, ...more] = nodes.filter(({ ports }) => ports.length > 0);
  if (holder === undefined || more.length > 0 || links.length !== nodes.length - 1) return null;
  const rows = new Map(links.map(({ from, resource }) => [from, rowOf(holder, resource)]));
  const waiters = nodes
    .filter((node) => node !== holder)
    .toSorted((a, b) => (rows.get(a.id) ?? 0) - (rows.get(b.id) ?? 0) || placeIn(a) - placeIn(b));
  const tall = Math.max(heightOf(holder), waiters.length * (CARD.head + NODE_GAP) - NODE_GAP);
  const at = new Map<string, Placed>();
  at.set(holder.id, { id: holder.id, x: 0, y: (tall - heightOf(holder)) / 2, height: heightOf(holder) });
  const top = (tall - waiters.length * (CARD.head + NODE_GAP) + NODE_GAP) / 2;
  for (const [i, { id }] of waiters.entries())
    at.set(id, { id, x: CARD.width + RANK_GAP, y: top + i * (CARD.head + NODE_GAP), height: CARD.head });
  const byId = new Map([[holder.id, holder]]);
  return {
    width: 2 * CARD.width + RANK_GAP,
    height: tall,
    nodes: [...at.values()],
    links: links.map((link) => ({ id: link.id, points: pathOf(link, { at, byId, inner: [] }) })),
  };
}

function layoutAny({ nodes, links }: Part): PartLayout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: NODE_GAP, ranksep: RANK_GAP, edgesep: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const node of nodes) graph.setNode(node.id, { width: CARD.width, height: heightOf(node) });
  for (const { id, from, to } of links) graph.setEdge(to, from, { weight: 1 }, id);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as Partial<PartLayout>;
  const at = new Map<string, Placed>();
  for (const node of nodes) {
    const { x = 0, y = 0 } = graph.node(node.id) as Partial<Point>;
    const tall = heightOf(node);
    at.set(node.id, { id: node.id, x: x - CARD.width / 2, y: y - tall / 2, height: tall });
  }
  orderLines(nodes, links, at);
  const placed = links.map((link) => {
    const drawn = graph.edge({ v: link.to, w: link.from, name: link.id }) as { readonly points?: readonly Point[] };
    const { points = [] } = drawn;
    return { id: link.id, points: pathOf(link, { at, byId, inner: points.slice(1, -1) }) };
  });
  return { width, height, nodes: [...at.values()], links: placed };
}

/** Those who wait for the same stand below one another as they stand in line. */
function orderLines(nodes: readonly GraphNode[], links: readonly GraphLink[], at: Map<string, Placed>): void {
  const reasons = new Map<string, string>();
  for (const { from, to, kind, resource } of links)
    reasons.set(from, `${reasons.get(from) ?? ''}\n${to} ${kind} ${resource}`);
  const lines = Map.groupBy(
    nodes.filter(({ ports }) => ports.length === 0),
    ({ id }) => reasons.get(id) ?? '',
  );
  for (const line of lines.values()) {
    const places = line.flatMap(({ id }) => at.get(id) ?? []).toSorted((a, b) => a.y - b.y);
    const ordered = line.toSorted((a, b) => placeIn(a) - placeIn(b));
    for (const [i, { id }] of ordered.entries()) {
      const place = places[i];
      if (place !== undefined) at.set(id, { ...place, id });
    }
  }
}

function placeIn({ crowd, waits }: GraphNode): number {
  return crowd === null ? (waits[0]?.position ?? 0) : Number.POSITIVE_INFINITY;
}

/** From the row of the holder's card that says what is wanted, to the waiter's card; round what lies between. */
function pathOf(
  { from, to, resource }: GraphLink,
  {
    at,
    byId,
    inner,
  }: {
    readonly at: ReadonlyMap<string, Placed>;
    readonly byId: ReadonlyMap<string, GraphNode>;
    readonly inner: readonly Point[];
  },
): readonly Point[] {
  const holder = at.get(to);
  const waiter = at.get(from);
  if (holder === undefined || waiter === undefined) return [];
  const card = byId.get(to);
  const row = card === undefined ? 0 : rowOf(card, resource);
  const y = holder.y + CARD.head + row * CARD.port + CARD.port / 2 - 1;
  const start = { x: holder.x + CARD.width, y };
  const end = { x: waiter.x, y: waiter.y + CARD.head / 2 };
  const isNear = waiter.x > holder.x && waiter.x - holder.x < 2 * CARD.width + RANK_GAP;
  return isNear ? [start, end] : [start, ...inner, end];
}

/** What has no row of its own is in the last one. */
function rowOf({ ports }: GraphNode, resource: string): number {
  const row = ports.findIndex((port) => port.resource === resource);
  return row === -1 ? ports.length : row;
}

/** Parts in rows, in their order, so wide that they are as large as they can be in a frame of this aspect. */
export function packed(parts: readonly PartLayout[], aspect: number, leftOut: number): GraphLayout {
  const widest = Math.max(0, ...parts.map(({ width }) => width));
  const inOneRow = parts.reduce((sum, { width }) => sum + width + GAP, 0);
  const tries = Array.from({ length: WIDTHS }, (_, i) => widest + ((inOneRow - widest) * i ** 2) / (WIDTHS - 1) ** 2);
  const [best] = tries
    .map((most) => inRows(parts, most))
    .toSorted((a, b) => Math.max(a.width, a.height * aspect) - Math.max(b.width, b.height * aspect));
  return { ...(best ?? inRows(parts, widest)), leftOut };
}

const WIDTHS = 16;

/** A part that is low enough stands below the one before it, not beside. */
function inRows(parts: readonly PartLayout[], most: number): Omit<GraphLayout, 'leftOut'> {
  const at = new Map<string, Placed>();
  const links = new Map<string, readonly Point[]>();
  let [top, rowHeight, width] = [0, 0, 0];
  let column = { x: 0, width: 0, bottom: 0 };
  for (const part of parts) {
    const isBelow = column.width >= part.width && column.bottom + ROW_GAP + part.height <= top + rowHeight;
    if (!isBelow) {
      const x = column.width === 0 ? 0 : column.x + column.width + GAP;
      const isNewRow = x > 0 && x + part.width > most;
      if (isNewRow) top += rowHeight + ROW_GAP;
      rowHeight = isNewRow ? part.height : Math.max(rowHeight, part.height);
      column = { x: isNewRow ? 0 : x, width: part.width, bottom: top - ROW_GAP };
    }
    const [dx, dy] = [column.x, column.bottom + ROW_GAP];
    for (const node of part.nodes) at.set(node.id, { ...node, x: node.x + dx, y: node.y + dy });
    for (const { id, points } of part.links)
      links.set(
        id,
        points.map(({ x, y }) => ({ x: x + dx, y: y + dy })),
      );
    column.bottom = dy + part.height;
    width = Math.max(width, column.x + column.width);
  }
  return { width, height: top + rowHeight, at, links };
}

/** The line of a link: straight out of one card, straight into the other. */
export function curveOf(points: readonly Point[]): string {
  const [start, ...rest] = points;
  const end = rest.at(-1);
  if (start === undefined || end === undefined) return '';
  const reach = Math.max(36, Math.abs(end.x - start.x) / 2);
  if (rest.length === 1)
    return `M${textOf(start)} C${textOf({ x: start.x + reach, y: start.y })} ${textOf({ x: end.x - reach, y: end.y })} ${textOf(end)}`;
  // Out to the right and in from the left, whatever lies between.
  const bends = [{ x: start.x + 28, y: start.y }, ...rest.slice(0, -1), { x: end.x - 28, y: end.y }];
  let path = `M${textOf(start)} L${textOf(bends[0] ?? start)}`;
  for (const [i, bend] of bends.entries()) {
    const next = bends[i + 1];
    if (next === undefined) break;
    path += ` Q${textOf(bend)} ${textOf({ x: (bend.x + next.x) / 2, y: (bend.y + next.y) / 2 })}`;
  }
  return `${path} L${textOf(bends.at(-1) ?? end)} L${textOf(end)}`;
}

function textOf({ x, y }: Point): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}
