// The outcome of a drill of one incident as a person reads it: the four marks with the number each was judged by, what else was
// promised, one sentence, and where to read on.

import { counted } from '../../../../core/view/count-text.ts';
import type { Paint } from '../../output/screen.ts';
import { textWidth } from '../../output/text-width.ts';
import { span } from '../report/words.ts';
import { columns, wrapped } from '../screen/wrap.ts';
import type { DrillOutcome, Threshold } from './outcome.ts';

interface Look {
  readonly width: number;
  readonly paint: Paint;
}

/** Wider lines are harder to read than to fit. */
const WIDEST = 100;
const INDENT = '  ';
const WORD = 9;
const FIGURE = 12;

export function outcomeLines(
  report: DrillOutcome,
  look: { readonly width: number; readonly paint: Paint },
): readonly string[] {
  const within = { width: Math.min(look.width, WIDEST), paint: look.paint };
  const parts = [headPart, scorePart, promisesPart, verdictPart].map((part) => part(report, within));
  return parts.flatMap((lines) => (lines.length === 0 ? [] : ['', ...lines]));
}

function headPart(
  { title, rehearses, agents, thresholds, ok, tookMs }: DrillOutcome,
  { width, paint }: Look,
): readonly string[] {
  const outcome = ok ? 'passed' : 'failed';
  const gap = ' '.repeat(Math.max(2, width - textWidth(title) - outcome.length));
  const who = `${counted(agents.length, 'agent')} with the one that is sent in, each a process with a brigade mcp of its own; it took ${span(tookMs)}.`;
  return [
    `${paint.strong(title)}${gap}${ok ? paint.good(outcome) : paint.bad(outcome)}`,
    ...wrapped(`${rehearses} ${who}`, width),
    ...(thresholds.length === 0 ? [] : wrapped(thresholdsText(thresholds), width).map(paint.faint)),
  ];
}

function thresholdsText(thresholds: readonly Threshold[]): string {
  const each = thresholds.map(
    ({ setting, here, usually }) =>
      `${setting} is ${amount(setting, here)} here and ${amount(setting, usually)} by default`,
  );
  return `Thresholds are shortened, so that it is over in seconds: ${each.join('; ')}.`;
}

function amount(setting: string, value: number): string {
  return setting.endsWith('Ms') ? span(value) : String(value);
}

function scorePart({ score }: DrillOutcome, { width, paint }: Look): readonly string[] {
  const room = Math.max(24, width - INDENT.length - WORD - FIGURE - 4 - 4);
  const rows = score.marks.flatMap(({ id, kept, figure, measured }) => {
    const tone = kept ? paint.good : paint.bad;
    const texts = [id, figure, measured];
    const lines = columns(texts, [WORD, FIGURE, room], [paint.strong, tone, null]);
    return lines.map((line, i) => `${INDENT}${i === 0 ? tone(kept ? '✓' : '✗') : ' '} ${line}`);
  });
  return [paint.strong('Score'), ...rows];
}

function promisesPart({ promises }: DrillOutcome, { width, paint }: Look): readonly string[] {
  if (promises.length === 0) return [];
  const room = Math.max(24, width - INDENT.length - 4);
  const rows = promises.flatMap(({ text, kept, measured }) => {
    const tone = kept ? paint.good : paint.bad;
    const [first = '', ...rest] = wrapped(`${text}: ${measured}`, room);
    return [`${INDENT}${tone(kept ? '✓' : '✗')} ${first}`, ...rest.map((line) => `${INDENT}  ${line}`)];
  });
  return [paint.strong('Also promised'), ...rows];
}

function verdictPart({ verdict, ok, incidents }: DrillOutcome, { width, paint }: Look): readonly string[] {
  const tone = ok ? paint.good : paint.bad;
  const opened = incidents.map(({ incident, title }) => `Incident ${incident} of this fleet: ${title}.`);
  return [...wrapped(verdict, width).map(tone), ...opened.flatMap((line) => wrapped(line, width).map(paint.faint))];
}
