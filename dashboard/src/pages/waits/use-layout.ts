import { useEffect, useMemo, useRef, useState } from 'react';
import { type GraphLayout, layoutPart, type Part, type PartLayout, packed, partsOf } from './graph-layout.ts';
import type { WaitGraph } from './wait-graph.ts';

/** Work that is done in one go; what remains comes behind whatever the page has to do meanwhile. */
const SLICE_MS = 12;

/** Where the graph is drawn: the last known while a new one is made; null before the first. */
export function useLayout(graph: WaitGraph, wanted: string | null, aspect: number): GraphLayout | null {
  const known = useRef(new Map<string, PartLayout>());
  const { parts, leftOut } = useMemo(() => partsOf(graph, wanted), [graph, wanted]);
  const key = parts.map((part) => part.key).join('\n\n');
  const [made, setMade] = useState<GraphLayout | null>(null);
  // The structure is what counts, not the ages in it: the parts of one key are all the same here.
  const newest = useRef(parts);
  useEffect(() => {
    newest.current = parts;
  }, [parts]);
  useEffect(() => {
    if (key === '') return undefined;
    let isOver = false;
    let timer = 0;
    const goOn = (): void => {
      if (!layoutMore(newest.current, known.current)) {
        timer = window.setTimeout(goOn, 0);
        return;
      }
      if (isOver) return;
      const own = new Map(newest.current.map((part) => [part.key, known.current.get(part.key)] as const));
      known.current = new Map([...own].filter((entry): entry is [string, PartLayout] => entry[1] !== undefined));
      setMade(packed([...known.current.values()], aspect, leftOut));
    };
    goOn();
    return () => {
      isOver = true;
      window.clearTimeout(timer);
    };
  }, [key, aspect, leftOut]);
  return made;
}

/** True when all are known. */
function layoutMore(parts: readonly Part[], known: Map<string, PartLayout>): boolean {
  const began = performance.now();
  for (const part of parts) {
    if (known.has(part.key)) continue;
    if (performance.now() - began > SLICE_MS) return false;
    known.set(part.key, layoutPart(part));
  }
  return true;
}
