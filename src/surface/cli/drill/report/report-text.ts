// The report as a person reads it: the figures, what happened, moment by moment, who held and waited, that night and this run,
// and every promise with the number it was judged by.

import { counted } from '../../../../core/view/count-text.ts';
import type { Paint } from '../../output/screen.ts';
import { tableLines } from '../../output/table.ts';
import { textWidth } from '../../output/text-width.ts';
import { columns, hanging, wrapped } from '../screen/wrap.ts';
import type { DrillReport } from './report.ts';
import { seconds } from './words.ts';

export interface ReportLook {
  readonly width: number;
  readonly paint: Paint;
}

/** Wider lines are harder to read than to fit. */
const WIDEST = 100;
const INDENT = '  ';

type Part = (report: DrillReport, look: ReportLook) => readonly string[];

export function reportLines(report: DrillReport, { width, paint }: ReportLook): readonly string[] {
  const look = { width: Math.min(width, WIDEST), paint };
  const parts: readonly Part[] = [
    headPart,
    figuresPart,
    storyPart,
    timelinePart,
    agentsPart,
    namesPart,
    comparisonPart,
    promisesPart,
    verdictPart,
  ];
  return parts.map((part) => part(report, look)).flatMap((lines) => (lines.length === 0 ? [] : ['', ...lines]));
}

function headPart(
  { seed, startedAt, tookMs, agents, scale, ok }: DrillReport,
  { width, paint }: ReportLook,
): readonly string[] {
  const title = 'Too many cooks: the night of 19 November 2025, rehearsed';
  const outcome = ok ? paint.good('passed') : paint.bad('failed');
  const gap = ' '.repeat(Math.max(2, width - textWidth(title) - 'passed'.length));
  const what = `${counted(agents.length, 'agent')}, each a process with a brigade mcp of its own. ${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${seconds(tookMs)}, seed ${seed}.`;
  const scaled = `Times are scaled: a lease lives ${seconds(scale.ttlMs)} here and ${seconds(scale.defaultTtlMs)} by default, so what follows from the end of a lease comes ${Math.round(scale.factor)} times sooner than it would by default. Deaths and deadlocks do not wait for a lease and are not scaled.`;
  return [
    `${paint.strong(title)}${gap}${outcome}`,
    ...wrapped(what, width),
    ...wrapped(scaled, width).map(paint.faint),
  ];
}

function figuresPart({ figures }: DrillReport, { width, paint }: ReportLook): readonly string[] {
  const cells: readonly (readonly [string, string])[] = [
    ['time to name the holder', seconds(figures.namedMs)],
    ['updates made', String(figures.updatesMade)],
    ['time to detect', seconds(figures.detectMs)],
    ['updates kept', String(figures.updatesKept)],
    ['time to free', seconds(figures.freeMs)],
    ['overlaps', String(figures.overlaps)],
    ['longest wait', seconds(figures.longestWaitMs)],
    ['stale writes refused', String(figures.staleWritesRefused)],
    ['killed, to next grant', seconds(figures.killToGrantMs)],
    ['grants out of turn', String(figures.grantsOutOfTurn)],
    ['deadlock answered in', seconds(figures.deadlockAnsweredMs)],
    ['updates while it stood', String(figures.updatesWhileFrozen)],
  ];
  const half = Math.floor((width - 2) / 2);
  const texts = cells.map(([name, value]) => `${name.padEnd(25)}${value.padStart(7)}`);
  const lines = Array.from({ length: texts.length / 2 }, (_, i) =>
    `${INDENT}${(texts[2 * i] ?? '').padEnd(Math.min(half, 42))}${texts[2 * i + 1] ?? ''}`.trimEnd(),
  );
  return [paint.strong('Figures'), ...lines];
}

function storyPart({ story, stoppedBy }: DrillReport, { width, paint }: ReportLook): readonly string[] {
  const indented = (text: string): readonly string[] => wrapped(text, width - 2).map((line) => INDENT + line);
  const stopped =
    stoppedBy === null ? [] : [...indented(`The drill ended before its end: ${stoppedBy}`).map(paint.bad), ''];
  const paragraphs = story.flatMap((sentences, i) => [...(i === 0 ? [] : ['']), ...indented(sentences.join(' '))]);
  return [paint.strong('What happened'), ...stopped, ...paragraphs];
}

function timelinePart({ timeline }: DrillReport, { width, paint }: ReportLook): readonly string[] {
  const lines = timeline.flatMap(({ afterMs, hour, thatNight, text, seq }) => {
    const head = timelineHead((afterMs / 1_000).toFixed(2), hour ?? '', seq === null ? '' : `#${seq}`);
    const [first = '', ...rest] = hanging(head, text, width);
    const told = [`${paint.faint(head)}${first.slice(head.length)}`, ...rest];
    const then = thatNight === null ? [] : hanging(timelineHead('', '', ''), `That night: ${thatNight}.`, width);
    return [...told, ...then.map(paint.faint)];
  });
  return [paint.strong('Timeline'), paint.title(`${timelineHead('s', 'hour', 'log')}what`), ...lines];
}

function timelineHead(time: string, hour: string, seq: string): string {
  return `${INDENT}${time.padStart(5)}  ${hour.padEnd(5)}  ${seq.padStart(5)}  `;
}

function agentsPart({ agents, figures }: DrillReport, { width, paint }: ReportLook): readonly string[] {
  type Row = DrillReport['agents'][number];
  const keptPaint = (text: string, { kept, made }: Row): string => (kept < made ? paint.bad(text) : text);
  const table = tableLines<Row>(
    [
      { title: 'agent', text: ({ agentId, asked }) => agentId ?? `(${asked})`, cut: 'middle' },
      { title: 'part', text: ({ role }) => PARTS[role] },
      { title: 'made', align: 'right', text: ({ made }) => String(made) },
      { title: 'kept', align: 'right', text: ({ kept }) => String(kept), paint: keptPaint },
      { title: 'longest wait', align: 'right', text: ({ longestWaitMs }) => seconds(longestWaitMs) },
      { title: 'held', align: 'right', text: ({ heldMs }) => seconds(heldMs) },
      { title: 'speaks MCP', text: ({ revision }) => revision, leaveOut: 1 },
    ],
    agents,
    { width: width - 2, title: paint.title },
  );
  const { updatesMade, updatesKept, longestWaitMs } = figures;
  const sum = `${updatesMade} updates made, ${updatesKept} kept; the longest wait was ${seconds(longestWaitMs)}.`;
  return [paint.strong('Who held and waited'), ...table.map((line) => INDENT + line), INDENT + sum];
}

const PARTS: Readonly<Record<DrillReport['agents'][number]['role'], string>> = {
  frozen: 'stopped, woken',
  steady: 'works throughout',
  rescue: 'sent in',
  ended: 'killed',
  other: 'works',
};

function namesPart({ agents }: DrillReport, { width, paint }: ReportLook): readonly string[] {
  const warned = agents.flatMap(({ warnings }) => warnings.map((warning) => hanging(`${INDENT}- `, warning, width)));
  return warned.length === 0 ? [] : [paint.strong('Names given with a warning'), ...warned.flat()];
}

function comparisonPart({ thenAndNow }: DrillReport, { width, paint }: ReportLook): readonly string[] {
  const first = Math.max(...thenAndNow.map(({ what }) => textWidth(what)));
  const rest = width - INDENT.length - first - 4;
  const second = Math.floor(rest * 0.45);
  const widths = [first, second, rest - second];
  const lines = thenAndNow.flatMap(({ what, thatNight, thisRun }) =>
    columns([what, thatNight, thisRun], widths, [null, paint.faint, null]).map((line) => INDENT + line),
  );
  const [titles = ''] = columns(['', 'that night', 'this run'], widths);
  return [paint.strong('Then and now'), paint.title(INDENT + titles), ...lines];
}

function promisesPart({ promises }: DrillReport, { width, paint }: ReportLook): readonly string[] {
  const rest = width - INDENT.length - 2 - 4 - 6;
  const text = Math.floor(rest * 0.58);
  const lines = promises.flatMap(({ text: promise, kept, measured }, i) =>
    columns(
      [String(i + 1).padStart(2), kept ? 'PASS' : 'FAIL', promise, measured],
      [2, 4, text, rest - text],
      [paint.faint, kept ? paint.good : paint.bad, null, kept ? paint.faint : paint.bad],
    ).map((line) => INDENT + line),
  );
  return [paint.strong('Promises'), ...lines];
}

function verdictPart({ promises, ok }: DrillReport, { width, paint }: ReportLook): readonly string[] {
  if (ok) return [paint.good(`All ${promises.length} promises were kept.`)];
  const broken = promises.filter(({ kept }) => !kept).map(({ id }) => id);
  return wrapped(`${broken.length} of ${promises.length} promises broken: ${broken.join(', ')}.`, width).map(paint.bad);
}
