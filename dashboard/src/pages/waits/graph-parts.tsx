// Cards and lines of the wait-for graph. Each is drawn again only when something of its own changed.

import { CornerDownLeft, Hourglass, Lock, RefreshCw, Users } from 'lucide-react';
import { type KeyboardEvent, memo } from 'react';
import type { Answered } from '../../data/api.ts';
import { useRoughly } from '../../parts/time.tsx';
import { CARD, curveOf, type Placed, type Point } from './graph-layout.ts';
import { LINK_VERBS, shortName, shortResource, stateOf, titleOf } from './graph-words.ts';
import type { GraphLink, GraphNode } from './wait-graph.ts';

interface CardProps {
  readonly node: GraphNode;
  readonly at: Placed;
  readonly isSelected: boolean;
  readonly isFirst: boolean;
  readonly onOpen: (id: string) => void;
  readonly onHover: (id: string | null) => void;
  readonly onKey: (event: KeyboardEvent<SVGGElement>, id: string) => void;
}

export const Card = memo(function Card({ node, at, isSelected, isFirst, onOpen, onHover, onKey }: CardProps) {
  const { id } = node;
  const { title, words, names, more } = wordsOf(node);
  // What is read out begins with what stands there, for whoever says it to a computer.
  const whole = title === titleOf(node) ? [] : [titleOf(node)];
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no button inside a drawing
    <g
      role="button"
      tabIndex={isFirst ? 0 : -1}
      data-node={id}
      aria-label={[title, words, ...names, ...more, ...whole].join(' ')}
      aria-pressed={isSelected}
      transform={`translate(${at.x} ${at.y})`}
      className="group cursor-pointer outline-none"
      onClick={() => onOpen(id)}
      onPointerEnter={() => onHover(id)}
      onPointerLeave={() => onHover(null)}
      onFocus={() => onHover(id)}
      onBlur={() => onHover(null)}
      onKeyDown={(event) => onKey(event, id)}
    >
      <Face node={node} at={at} isSelected={isSelected} isForward={false} />
    </g>
  );
});

/** What somebody sees of a card; its words end in a space, because nothing else stands between them when they are read out. */
export function Face({
  node,
  at,
  isSelected,
  isForward,
}: Pick<CardProps, 'node' | 'at' | 'isSelected'> & { readonly isForward: boolean }) {
  const { isInCycle, gaveWayAgoMs, crowd, ports } = node;
  const { title, words, names, more } = wordsOf(node);
  const { icon: Icon, tone } = signOf(node);
  const border = isInCycle ? 'stroke-bad' : isSelected || isForward ? 'stroke-accent' : 'stroke-line';
  return (
    <>
      {crowd !== null && (
        <rect x={5} y={5} width={CARD.width} height={at.height} rx={8} className={`fill-raised ${border}`} />
      )}
      <rect
        width={CARD.width}
        height={at.height}
        rx={8}
        strokeWidth={isSelected || isInCycle || isForward ? 2.5 : 1.25}
        strokeDasharray={gaveWayAgoMs === null ? undefined : '5 3'}
        className={`${isSelected ? 'fill-accent-soft' : 'fill-panel'} ${border} group-focus-visible:stroke-accent group-focus-visible:[stroke-width:4]`}
      />
      <Icon aria-hidden x={10} y={9} width={14} height={14} className={tone} />
      <text x={30} y={20} className="fill-ink text-[13px] font-semibold">
        {`${title} `}
      </text>
      <text x={30} y={36} className="fill-mute text-[11px] group-data-far/graph:hidden">
        {`${words} `}
      </text>
      {ports.map(({ resource }, row) => (
        <g key={resource} transform={`translate(0 ${CARD.head + row * CARD.port})`}>
          <line x1={0} x2={CARD.width} y1={0} y2={0} className="stroke-line" />
          <text x={10} y={14} className="fill-ink font-mono text-[10.5px] group-data-far/graph:hidden">
            {`${names[row]} `}
          </text>
          <circle cx={CARD.width} cy={CARD.port / 2 - 1} r={2.5} className="fill-waits" />
        </g>
      ))}
      {more.length > 0 && (
        <text x={10} y={CARD.head + ports.length * CARD.port + 14} className="fill-mute text-[10.5px]">
          {more[0]}
        </text>
      )}
    </>
  );
}

/** As much of everything as a card has room for. */
function wordsOf(node: GraphNode) {
  return {
    title: shortName(titleOf(node), 23),
    words: shortName(stateOf(node), 29),
    names: node.ports.map(({ resource }) => shortResource(resource, 25)),
    more: node.portsLeftOut > 0 ? [`and ${node.portsLeftOut} more`] : [],
  };
}

function signOf({ crowd, isInCycle, gaveWayAgoMs, waits, isAsking }: GraphNode) {
  if (crowd !== null) return { icon: Users, tone: 'text-waits' };
  if (isInCycle) return { icon: RefreshCw, tone: 'text-bad' };
  if (gaveWayAgoMs !== null) return { icon: CornerDownLeft, tone: 'text-bad' };
  return waits.length > 0 || isAsking ? { icon: Hourglass, tone: 'text-waits' } : { icon: Lock, tone: 'text-held' };
}

interface LineProps {
  readonly link: GraphLink;
  readonly points: readonly Point[];
  readonly isSelected: boolean;
  readonly isForward: boolean;
  readonly of: Pick<Answered<unknown>, 'receivedMs'>;
  readonly markers: string;
}

const DASHES = { hold: undefined, line: '1.5 4', retry: '7 4' } as const;

export const Line = memo(function Line({ link, points, isSelected, isForward, of, markers }: LineProps) {
  const { kind, isInCycle } = link;
  const end = points.at(-1);
  const tone = isSelected ? 'accent' : isInCycle ? 'bad' : 'waits';
  return (
    <>
      <path
        d={curveOf(points)}
        fill="none"
        strokeWidth={isSelected || isInCycle || isForward ? 2.5 : 1.5}
        strokeDasharray={DASHES[kind]}
        markerStart={`url(#${markers}-${tone})`}
        className={STROKES[tone]}
      />
      {end !== undefined && <Age ms={link.ageMs} of={of} x={end.x - 6} y={end.y - 5} />}
    </>
  );
});

const STROKES = { waits: 'stroke-waits', bad: 'stroke-bad', accent: 'stroke-accent' } as const;

/** A line is thin; it is hit beside it too. */
export const LineTarget = memo(function LineTarget({
  id,
  names,
  points,
  onOpen,
}: {
  readonly id: string;
  readonly names: string;
  readonly points: readonly Point[];
  readonly onOpen: (id: string) => void;
}) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: rows of the table open the same from the keyboard
    <path
      d={curveOf(points)}
      fill="none"
      stroke="transparent"
      strokeWidth={12}
      className="cursor-pointer"
      data-link={id}
      onClick={() => onOpen(id)}
    >
      <title>{names}</title>
    </path>
  );
});

function Age({
  ms,
  of,
  x,
  y,
}: {
  readonly ms: number;
  readonly of: Pick<Answered<unknown>, 'receivedMs'>;
  readonly x: number;
  readonly y: number;
}) {
  const age = useRoughly(ms, of);
  return (
    <text
      x={x}
      y={y}
      textAnchor="end"
      paintOrder="stroke"
      strokeWidth={4}
      className="pointer-events-none fill-ink stroke-panel text-[11px] tabular-nums group-data-far/graph:hidden"
    >
      {age}
    </text>
  );
}

export function linkNames(link: GraphLink, nameOf: (id: string) => string): string {
  return `${nameOf(link.from)} ${LINK_VERBS[link.kind]} ${link.resource}, behind ${nameOf(link.to)}`;
}
