// Curves of what an agent said and of how its state went. Loaded when it is needed: the drawing is large.

import { useMemo } from 'react';
import type { SpokenCheckIn } from '../../data/types.ts';
import { LinePlot, type PlotLine } from '../../parts/line-plot.tsx';

const SHARE = [0, 1] as const;
/** V lies on both sides of zero. */
const EISV_RANGE = [-0.25, 1] as const;

export function CheckInPlots({ checkIns }: { readonly checkIns: readonly SpokenCheckIn[] }) {
  const { atMs, said, eisv } = useMemo(() => curvesOf(checkIns), [checkIns]);
  return (
    <>
      <section>
        <h3 className="mb-1 font-semibold">Stated confidence, and what came of it</h3>
        <LinePlot label="Confidence and outcomes over time" atMs={atMs} lines={said} least={SHARE} isShare />
      </section>
      {eisv !== null && (
        <section>
          <h3 className="mb-1 font-semibold">EISV</h3>
          <LinePlot label="E, I, S, V and coherence over time" atMs={atMs} lines={eisv} least={EISV_RANGE} />
        </section>
      )}
    </>
  );
}

interface Curves {
  readonly atMs: readonly number[];
  readonly said: readonly PlotLine[];
  /** Null where `eisv-v1` judged none of them. */
  readonly eisv: readonly PlotLine[] | null;
}

/** Check-ins come the newest first; curves run the other way. */
function curvesOf(checkIns: readonly SpokenCheckIn[]): Curves {
  const rows = checkIns.toReversed();
  const of = (name: 'E' | 'I' | 'S' | 'V' | 'coherence'): readonly (number | null)[] =>
    rows.map(({ eisv }) => eisv?.[name] ?? null);
  return {
    atMs: rows.map(({ atMs }) => atMs),
    said: [
      { label: 'confidence', values: rows.map(({ confidence }) => confidence ?? null), colour: '--held' },
      {
        label: 'it succeeded (at 100%)',
        values: rows.map(({ succeeded }) => (succeeded === true ? 1 : null)),
        colour: '--good',
        isDots: true,
      },
      {
        label: 'it failed (at 0%)',
        values: rows.map(({ succeeded }) => (succeeded === false ? 0 : null)),
        colour: '--bad',
        isDots: true,
      },
    ],
    eisv: rows.every(({ eisv }) => eisv === null)
      ? null
      : [
          { label: 'E', values: of('E'), colour: '--good' },
          { label: 'I', values: of('I'), colour: '--info', dash: [8, 4] },
          { label: 'S', values: of('S'), colour: '--warn', dash: [3, 3] },
          { label: 'V', values: of('V'), colour: '--bad', dash: [10, 3, 2, 3] },
          { label: 'coherence', values: of('coherence'), colour: '--mute', dash: [1, 4] },
        ],
  };
}
