// Times of the old system: ISO 8601, mostly local and without a zone. They are read in a zone that somebody names; the text
// itself stays in the record, because whoever reads it may know better.

const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i;

export interface ReadTime {
  /** ISO 8601 in UTC, with milliseconds. */
  readonly at: string;
  /** It named no zone. */
  readonly isLocal: boolean;
}

/** Null for what is no time. An hour that the clocks skipped is read as the one after it, one that came twice as the first. */
export function readTime(text: string, timezone: string): ReadTime | null {
  const found = TIME.exec(text.trim());
  if (found === null) return null;
  const wallMs = wallClockMs(found);
  if (wallMs === null) return null;
  const zone = found[8];
  const utcMs = zone === undefined ? utcOf(wallMs, timezone) : wallMs - zoneMs(zone);
  return { at: new Date(utcMs).toISOString(), isLocal: zone === undefined };
}

/** True for a name such as `Europe/Berlin` or `UTC`. */
export function isTimezone(name: string): boolean {
  try {
    return clockOf(name).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** That of this machine. */
export function ownTimezone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** What the clock on the wall shows, as if that were UTC; null where no clock shows it. */
function wallClockMs(found: RegExpExecArray): number | null {
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0)) as Six;
  const ms = Number((found[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const shown = new Date(wallMs);
  const isSame = shown.getUTCMonth() === month - 1 && shown.getUTCDate() === day && shown.getUTCHours() === hour;
  return year > 0 && minute < 60 && second < 60 && isSame ? wallMs : null;
}

type Six = [number, number, number, number, number, number];

/** The zone's offset is known only of a moment in UTC, so it is looked at on both sides of what was guessed. */
function utcOf(wallMs: number, timezone: string): number {
  const offsets = [wallMs - DAY_MS, wallMs + DAY_MS].map((atMs) => offsetMs(atMs, timezone));
  const candidates = offsets.map((offset) => wallMs - offset);
  const exact = candidates.filter((utcMs) => utcMs + offsetMs(utcMs, timezone) === wallMs);
  // None: the hour was skipped. By the offset from before the change it lies as far behind it.
  return exact.length === 0 ? (candidates[0] as number) : Math.min(...exact);
}

const DAY_MS = 86_400_000;

function offsetMs(utcMs: number, timezone: string): number {
  const parts = clockOf(timezone).formatToParts(utcMs);
  const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value);
  const wallMs = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return wallMs - Math.floor(utcMs / 1_000) * 1_000;
}

/** Making one costs more than asking it. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timezone: string): Intl.DateTimeFormat {
  const known = clocks.get(timezone);
  if (known !== undefined) return known;
  const date = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  const time = { hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;
  const clock = new Intl.DateTimeFormat('en-US', { timeZone: timezone, hourCycle: 'h23', ...date, ...time });
  clocks.set(timezone, clock);
  return clock;
}

function zoneMs(zone: string): number {
  if (/^z$/i.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', '') || 0);
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
