// The drawing of the wait-for graph: drag to move it, buttons, keys or the wheel with Ctrl to zoom; whoever is hovered or focused
// brings forward who waits for it and whom it waits for. The table beside it says the same in rows.

import { Maximize, Minus, Plus } from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Answered } from '../../data/api.ts';
import { Camera } from './camera.ts';
import { CARD, type GraphLayout } from './graph-layout.ts';
import { Forward, Scene } from './graph-scene.tsx';
import { neighbour } from './neighbour.ts';
import { chainOf, type WaitGraph } from './wait-graph.ts';

/** Whoever only passes over a card brings nothing forward. */
const REST_MS = 60;
/** Of what a search finds; nearly everything needs no bringing forward. */
const FORWARD_MAX = 100;
const KEYS = { '+': 'zoomIn', '=': 'zoomIn', '-': 'zoomOut', '0': 'showAll' } as const;

interface GraphViewProps {
  readonly graph: WaitGraph;
  readonly layout: GraphLayout;
  readonly of: Pick<Answered<unknown>, 'receivedMs'>;
  /** Id of a node or of a link. */
  readonly selected: string;
  readonly matches: ReadonlySet<string> | null;
  readonly onSelect: (id: string) => void;
  readonly onAspect: (aspect: number) => void;
}

export function GraphView({ graph, layout, of, selected, matches, onSelect, onAspect }: GraphViewProps) {
  const svg = useRef<SVGSVGElement>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const resting = useRef(0);
  const hover = useCallback((id: string | null) => {
    window.clearTimeout(resting.current);
    resting.current = window.setTimeout(() => setHovered(id), REST_MS);
  }, []);
  useEffect(() => () => window.clearTimeout(resting.current), []);
  const markers = useId();
  const scene = useRef<SVGGElement>(null);
  const [camera] = useState(() => new Camera());
  const selectedNode = graph.nodeOf.get(selected) ?? selected;
  const selectedLink = graph.links.find(({ id }) => id === selected);
  const centre = hovered ?? (selectedLink === undefined ? selectedNode : null);

  const forward = useMemo(() => {
    if (hovered === null && selectedLink !== undefined) return new Set([selectedLink.from, selectedLink.to]);
    if (centre !== null && layout.at.has(centre)) return chainOf(graph, centre);
    if (matches === null) return null;
    const drawn = [...matches].filter((id) => layout.at.has(id));
    return drawn.length > FORWARD_MAX ? null : new Set(drawn);
  }, [graph, layout, centre, hovered, selectedLink, matches]);

  useEffect(() => {
    const { current: frame } = svg;
    const { current: drawing } = scene;
    return frame === null || drawing === null ? undefined : camera.attach(frame, drawing, onAspect);
  }, [camera, onAspect]);
  useEffect(() => camera.draw(layout), [camera, layout]);
  const show = useCallback(
    (id: string) => {
      const placed = layout.at.get(id);
      if (placed !== undefined) camera.show({ x: placed.x + CARD.width / 2, y: placed.y + placed.height / 2 });
    },
    [camera, layout],
  );
  useEffect(() => show(selectedNode), [selectedNode, show]);

  const toggle = useCallback((id: string) => onSelect(id === selected ? '' : id), [onSelect, selected]);
  const onKey = useCallback(
    (event: KeyboardEvent<SVGGElement>, id: string) => {
      if (event.key === 'Enter' || event.key === ' ') toggle(id);
      else {
        const next = neighbour(graph, layout, id, event.key);
        if (next === null) return;
        const element = svg.current?.querySelector<SVGGElement>(`[data-node="${CSS.escape(next)}"]`);
        element?.focus({ preventScroll: true });
        show(next);
      }
      event.preventDefault();
    },
    [toggle, graph, layout, show],
  );
  const drawn = { graph, layout, of, selectedNode, selectedLink: selectedLink?.id, markers };
  return (
    <div className="relative">
      <svg
        ref={svg}
        role="application"
        aria-label="The wait-for graph. Arrow keys go along it; the table below says the same."
        className="group/graph h-[min(62dvh,44rem)] min-h-72 w-full max-md:h-[46dvh] touch-none cursor-grab rounded-md bg-ground select-none active:cursor-grabbing"
        onKeyDown={(event) => {
          if (!isKey(event.key) || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          camera[KEYS[event.key]]();
        }}
      >
        <defs>
          {(['waits', 'bad', 'accent'] as const).map((tone) => (
            <marker
              key={tone}
              id={`${markers}-${tone}`}
              viewBox="0 0 8 8"
              refX={7}
              refY={4}
              markerWidth={9}
              markerHeight={9}
              markerUnits="userSpaceOnUse"
              orient="auto-start-reverse"
            >
              <path d="M0 0 8 4 0 8z" className={FILLS[tone]} />
            </marker>
          ))}
        </defs>
        <g ref={scene}>
          <g className={forward === null ? '' : 'opacity-20'}>
            <Scene {...drawn} onOpen={toggle} onHover={hover} onKey={onKey} />
          </g>
          {forward !== null && <Forward {...drawn} ids={forward} />}
        </g>
      </svg>
      <div className="absolute top-2 right-2 flex flex-col gap-1">
        <CameraButton label="Zoom in" icon={Plus} onClick={() => camera.zoomIn()} />
        <CameraButton label="Zoom out" icon={Minus} onClick={() => camera.zoomOut()} />
        <CameraButton label="Show all of the graph" icon={Maximize} onClick={() => camera.showAll()} />
      </div>
    </div>
  );
}

function isKey(key: string): key is keyof typeof KEYS {
  return key in KEYS;
}

const FILLS = { waits: 'fill-waits', bad: 'fill-bad', accent: 'fill-accent' } as const;

function CameraButton({
  label,
  icon: Icon,
  onClick,
}: {
  readonly label: string;
  readonly icon: typeof Plus;
  readonly onClick: () => void;
}) {
  return (
    <button type="button" aria-label={label} title={label} className="button bg-panel p-1.5" onClick={onClick}>
      <Icon aria-hidden className="size-4" />
    </button>
  );
}
