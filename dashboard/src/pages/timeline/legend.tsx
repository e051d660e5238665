import { type Fill, type Sign, SPANS, signOf, type Tone, VERDICTS } from './signs.ts';

const MARKS = (['expired', 'revoked', 'refused', 'deadlock', 'lost', 'alert', 'incident', 'rescue'] as const).map(
  (kind) => signOf({ kind, verdict: null }),
);

/** What the shapes mean; colour alone says nothing. */
export function Legend() {
  return (
    <ul aria-label="What the shapes mean" className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-mute">
      {Object.values(SPANS).map(({ fill, tone, label }) => (
        <li key={label} className="flex items-center gap-1.5">
          <Swatch fill={fill} tone={tone} /> {label}
        </li>
      ))}
      {[...Object.values(VERDICTS), ...MARKS].map((sign) => (
        <li key={sign.label} className="flex items-center gap-1.5">
          <SignShape sign={sign} /> {sign.label}
        </li>
      ))}
    </ul>
  );
}

export function SignShape({ sign: { shape, tone } }: { readonly sign: Sign }) {
  return (
    <svg aria-hidden viewBox="0 0 10 10" className={`size-2.5 shrink-0 ${FILLS[tone]}`}>
      <path d={shape} />
    </svg>
  );
}

export function Swatch({ fill, tone }: { readonly fill: Fill; readonly tone: Tone }) {
  return (
    <svg aria-hidden width={22} height={10} className={`shrink-0 ${FILLS[tone]} ${STROKES[tone]}`}>
      {fill === 'line' ? (
        <rect y={4} width={22} height={2} stroke="none" />
      ) : (
        <rect x={0.5} y={0.5} width={21} height={9} {...(fill === 'solid' ? {} : { fillOpacity: 0 })} />
      )}
      {fill === 'stripes' && <path d="M0 10 10 0M7 10 17 0M14 10 22 2" strokeWidth={1.5} />}
      {fill === 'grid' && <path d="M4 0V10M8 0V10M12 0V10M16 0V10" strokeWidth={1.5} />}
      {fill === 'dots' && <path d="M3 3h2v2H3zM8 5h2v2H8zM13 3h2v2h-2zM18 5h2v2h-2z" stroke="none" />}
    </svg>
  );
}

const FILLS: Readonly<Record<Tone, string>> = {
  ink: 'fill-ink',
  mute: 'fill-mute',
  good: 'fill-good',
  warn: 'fill-warn',
  bad: 'fill-bad',
  info: 'fill-info',
  held: 'fill-held',
  waits: 'fill-waits',
  accent: 'fill-accent',
};
const STROKES: Readonly<Record<Tone, string>> = {
  ink: 'stroke-ink',
  mute: 'stroke-mute',
  good: 'stroke-good',
  warn: 'stroke-warn',
  bad: 'stroke-bad',
  info: 'stroke-info',
  held: 'stroke-held',
  waits: 'stroke-waits',
  accent: 'stroke-accent',
};
