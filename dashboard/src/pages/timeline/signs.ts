// How each kind of thing looks on the timeline, besides its colour, and what it is called. Shapes lie in a box of ten.

import type { SpokenMark, SpokenSpan } from '../../data/types.ts';

export type Tone = 'ink' | 'mute' | 'good' | 'warn' | 'bad' | 'info' | 'held' | 'waits' | 'accent';

export interface Sign {
  readonly shape: string;
  readonly tone: Tone;
  readonly label: string;
}

const CIRCLE = 'M5 1a4 4 0 1 0 0 8a4 4 0 1 0 0-8z';
const TRIANGLE = 'M5 .8 9.6 9H.4z';
const SQUARE = 'M1.2 1.2h7.6v7.6H1.2z';
const DIAMOND = 'M5 .2 9.8 5 5 9.8.2 5z';
const CROSS = 'M2 .4 5 3.4 8 .4 9.6 2l-3 3 3 3L8 9.6l-3-3-3 3L.4 8l3-3-3-3z';
const BOLT = 'M6 0 1.4 5.8H4L3.6 10 8.6 4H5.6z';
const FLAG = 'M1.4.4h7.6L7 3.2 9 6H3v4H1.4z';
const BARS = 'M1.6 1h2.6v8H1.6zM5.8 1h2.6v8H5.8z';
const PLAY = 'M2 .6 9.4 5 2 9.4z';
const TICK = 'M4 .6h2v8.8H4z';
const HOUSE = 'M.6 3h8.8v6H.6zM1.6.8h6.8V2H1.6z';
const RING = 'M5 .6a4.4 4.4 0 1 0 0 8.8a4.4 4.4 0 1 0 0-8.8zM5 3a2 2 0 1 1 0 4a2 2 0 1 1 0-4z';
const PLUS = 'M3.8.6h2.4v3.2h3.2v2.4H6.2v3.2H3.8V6.2H.6V3.8h3.2z';

export const VERDICTS: Readonly<Record<NonNullable<SpokenMark['verdict']>, Sign>> = {
  proceed: { shape: CIRCLE, tone: 'good', label: 'check-in: proceed' },
  guide: { shape: TRIANGLE, tone: 'warn', label: 'check-in: guide' },
  pause: { shape: SQUARE, tone: 'bad', label: 'check-in: pause' },
};

const MARKS: Readonly<Record<SpokenMark['kind'], Sign>> = {
  check_in: { shape: CIRCLE, tone: 'good', label: 'check-in' },
  expired: { shape: DIAMOND, tone: 'bad', label: 'expired' },
  revoked: { shape: CROSS, tone: 'bad', label: 'revoked' },
  refused: { shape: TICK, tone: 'mute', label: 'refused' },
  deadlock: { shape: BOLT, tone: 'bad', label: 'deadlock' },
  lapsed: { shape: DIAMOND, tone: 'warn', label: 'offer lapsed' },
  lost: { shape: CROSS, tone: 'warn', label: 'session lost' },
  paused: { shape: BARS, tone: 'warn', label: 'paused' },
  resumed: { shape: PLAY, tone: 'good', label: 'resumed' },
  archived: { shape: HOUSE, tone: 'mute', label: 'archived' },
  restored: { shape: PLAY, tone: 'info', label: 'restored' },
  retired: { shape: HOUSE, tone: 'bad', label: 'retired' },
  rescue: { shape: PLUS, tone: 'accent', label: 'rescue' },
  alert: { shape: TRIANGLE, tone: 'bad', label: 'alert' },
  incident: { shape: FLAG, tone: 'bad', label: 'incident' },
  drill: { shape: FLAG, tone: 'info', label: 'drill' },
  granting: { shape: BARS, tone: 'bad', label: 'granting' },
  log_lost: { shape: CROSS, tone: 'bad', label: 'log lost' },
  invariant: { shape: BOLT, tone: 'bad', label: 'invariant' },
  policy: { shape: RING, tone: 'info', label: 'policy' },
};

export function signOf({ kind, verdict }: Pick<SpokenMark, 'kind' | 'verdict'>): Sign {
  return verdict === null ? MARKS[kind] : VERDICTS[verdict];
}

export type Fill = 'solid' | 'stripes' | 'dots' | 'grid' | 'line';

export const SPANS: Readonly<
  Record<SpokenSpan['kind'], { readonly fill: Fill; readonly tone: Tone; readonly label: string }>
> = {
  held: { fill: 'solid', tone: 'held', label: 'held' },
  waited: { fill: 'stripes', tone: 'waits', label: 'waited' },
  offered: { fill: 'dots', tone: 'accent', label: 'offered' },
  paused: { fill: 'grid', tone: 'warn', label: 'paused' },
  live: { fill: 'line', tone: 'good', label: 'session' },
};

/** Ends that somebody did not wish for. */
export const BAD_ENDS: ReadonlySet<string> = new Set([
  'expired',
  'revoked',
  'dropped',
  'timed_out',
  'deadlock',
  'lost',
  'lapsed',
  'log_lost',
]);
