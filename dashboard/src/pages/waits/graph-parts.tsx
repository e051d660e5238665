// Cards and lines of the wait-for graph. Each is drawn again only when something of its own changed.

import { CornerDownLeft, Hourglass, Lock, RefreshCw, Users } from 'lucide-react';
import { type KeyboardEvent, memo } from 'react';
import { durationText } from '../../../../src/core/view/duration-text.ts';
import type { Answered } from '../../data/api.ts';
import { useSince } from '../../parts/time.tsx';
import { CARD, curveOf, type Placed, type Point } from './graph-layout.ts';
import { LINK_VERBS, shortName, shortResource, stateOf, titleOf } from './graph-words.ts';
import type { GraphLink, GraphNode } from './wait-graph.ts';

/** How something stands out, or back. */
export type Stand = 'plain' | 'forward' | 'dim';

interface CardProps {
  readonly node: GraphNode;
  readonly at: Placed;
  readonly stand: Stand;
  readonly isSelected: boolean;
  readonly isFirst: boolean;
  readonly onOpen: (id: string) => void;
  readonly onHover: (id: string | null) => void;
  readonly onKey: (event: KeyboardEvent<SVGGElement>, id: string) => void;
}

export const Card = memo(function Card({ node, at, stand, isSelected, isFirst, onOpen, onHover, onKey }: CardProps) {
  const { id, isInCycle, gaveWayAgoMs, crowd, ports, portsLeftOut } = node;
  const isWaiting = node.waits.length > 0 || node.isAsking;
  const state = stateOf(node);
  const [title, words] = [shortName(titleOf(node), 23), shortName(state, 29)];
  const names = ports.map(({ resource }) => shortResource(resource, 25));
  const more = portsLeftOut > 0 ? [`and ${portsLeftOut} more`] : [];
  // What is read out begins with what stands there, for whoever says it to a computer.
  const whole = title === titleOf(node) ? [] : [titleOf(node)];
  const spoken = [title, words, ...names, ...more, ...whole].join(' ');
  const Icon =
    crowd !== null
      ? Users
      : isInCycle
        ? RefreshCw
        : gaveWayAgoMs !== null
          ? CornerDownLeft
          : isWaiting
            ? Hourglass
            : Lock;
  const tone = isInCycle || gaveWayAgoMs !== null ? 'text-bad' : isWaiting ? 'text-waits' : 'text-held';
  const border = isSelected ? 'stroke-accent' : isInCycle ? 'stroke-bad' : 'stroke-line';
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no button inside a drawing
    <g
      role="button"
      tabIndex={isFirst ? 0 : -1}
      data-node={id}
      aria-label={spoken}
      aria-pressed={isSelected}
      transform={`translate(${at.x} ${at.y})`}
      className={`group cursor-pointer outline-none transition-opacity ${stand === 'dim' ? 'opacity-20' : ''}`}
      onClick={() => onOpen(id)}
      onPointerEnter={() => onHover(id)}
      onPointerLeave={() => onHover(null)}
      onFocus={() => onHover(id)}
      onBlur={() => onHover(null)}
      onKeyDown={(event) => onKey(event, id)}
    >
      <title>{`${titleOf(node)}: ${state}`}</title>
      {crowd !== null && (
        <rect x={5} y={5} width={CARD.width} height={at.height} rx={8} className={`fill-raised ${border}`} />
      )}
      <rect
        width={CARD.width}
        height={at.height}
        rx={8}
        strokeWidth={isSelected || isInCycle || stand === 'forward' ? 2.5 : 1.25}
        strokeDasharray={gaveWayAgoMs === null ? undefined : '5 3'}
        className={`${isSelected ? 'fill-accent-soft' : 'fill-panel'} ${stand === 'forward' && !isSelected && !isInCycle ? 'stroke-accent' : border} group-focus-visible:stroke-accent group-focus-visible:[stroke-width:4]`}
      />
      <Icon aria-hidden x={10} y={9} width={14} height={14} className={tone} />
      <text x={30} y={20} className="fill-ink text-[13px] font-semibold">
        {title}
      </text>
      <text x={30} y={36} className="fill-mute text-[11px] group-data-far/graph:hidden">
        {words}
      </text>
      {ports.map(({ resource, waiting }, row) => (
        <g key={resource} transform={`translate(0 ${CARD.head + row * CARD.port})`}>
          <title>{`${resource}: ${waiting} ${waiting === 1 ? 'waits' : 'wait'} for it`}</title>
          <line x1={0} x2={CARD.width} y1={0} y2={0} className="stroke-line" />
          <text x={10} y={14} className="fill-ink font-mono text-[10.5px] group-data-far/graph:hidden">
            {names[row]}
          </text>
          <circle cx={CARD.width} cy={CARD.port / 2 - 1} r={2.5} className="fill-waits" />
        </g>
      ))}
      {portsLeftOut > 0 && (
        <text x={10} y={CARD.head + ports.length * CARD.port + 14} className="fill-mute text-[10.5px]">
          {more[0]}
        </text>
      )}
    </g>
  );
});

interface LineProps {
  readonly link: GraphLink;
  readonly names: string;
  readonly points: readonly Point[];
  readonly stand: Stand;
  readonly isSelected: boolean;
  readonly of: Pick<Answered<unknown>, 'receivedMs'>;
  readonly markers: string;
  readonly onOpen: (id: string) => void;
}

const DASHES = { hold: undefined, line: '1.5 4', retry: '7 4' } as const;

export const Line = memo(function Line({ link, names, points, stand, isSelected, of, markers, onOpen }: LineProps) {
  const { id, kind, isInCycle } = link;
  const path = curveOf(points);
  const end = points.at(-1);
  const stroke = isSelected ? 'stroke-accent' : isInCycle ? 'stroke-bad' : 'stroke-waits';
  const tone = isSelected ? 'accent' : isInCycle ? 'bad' : 'waits';
  return (
    <g className={`transition-opacity ${stand === 'dim' ? 'opacity-15' : ''}`}>
      <path
        d={path}
        fill="none"
        strokeWidth={isSelected || isInCycle || stand === 'forward' ? 2.5 : 1.5}
        strokeDasharray={DASHES[kind]}
        markerStart={`url(#${markers}-${tone})`}
        className={stroke}
      />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: rows of the table open the same from the keyboard */}
      <path
        d={path}
        fill="none"
        stroke="transparent"
        strokeWidth={12}
        className="cursor-pointer"
        data-link={id}
        onClick={() => onOpen(id)}
      >
        <title>{names}</title>
      </path>
      {end !== undefined && <Age ms={link.ageMs} of={of} x={end.x - 6} y={end.y - 5} />}
    </g>
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
  const age = Math.floor((ms + useSince(of)) / 1_000) * 1_000;
  return (
    <text
      x={x}
      y={y}
      textAnchor="end"
      paintOrder="stroke"
      strokeWidth={4}
      className="pointer-events-none fill-ink stroke-panel text-[11px] tabular-nums group-data-far/graph:hidden"
    >
      {durationText(age)}
    </text>
  );
}

export function linkNames(link: GraphLink, nameOf: (id: string) => string): string {
  return `${nameOf(link.from)} ${LINK_VERBS[link.kind]} ${link.resource}, behind ${nameOf(link.to)}`;
}
