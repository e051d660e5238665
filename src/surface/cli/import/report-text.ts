// The report of an import for a person: what became of each record and each file, and at the end how many of each.

import { counted, countedLong } from '../../../core/view/count-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import type { Look } from '../output/screen.ts';
import { type AgentReport, type FileReport, type ImportReport, type Refusal, totalsOf } from './report.ts';

const WORDS = {
  taken: 'taken',
  attached: 'attached',
  unchanged: 'known',
  refused: 'refused',
} as const;
const WORD_WIDTH = 9;

export function reportText(report: ImportReport, look: Look): readonly string[] {
  const { metadataRefusal, agents, files, leftAlone } = report;
  return [
    look.paint.faint(`${report.folder}, times without a zone read in ${report.timezone}`),
    ...(metadataRefusal === null && agents.length === 0 ? [] : ['', look.paint.strong('agent_metadata.json')]),
    ...(metadataRefusal === null ? [] : refusalLines(metadataRefusal, look)),
    ...agents.flatMap((agent) => agentLines(agent, look)),
    ...files.flatMap((file) => ['', ...fileLines(file, look)]),
    ...(leftAlone.length === 0 ? [] : ['', look.paint.faint(`left alone: ${names(leftAlone)}`)]),
    '',
    sumText(report, look),
  ];
}

function agentLines(agent: AgentReport, look: Look): readonly string[] {
  const { agentId, outcome, lifecycle, changed, kept, lacking, refusal } = agent;
  const name = oneLine(agentId, 80);
  if (refusal !== null) return [`  ${wordOf(outcome, look)} ${name}`, ...refusalLines(refusal, look)];
  const what = outcome === 'attached' ? ', which was here: its lifecycle, tags and notes stay as they are' : '';
  return [
    `  ${wordOf(outcome, look)} ${look.paint.strong(name)}${lifecycle === null ? '' : ` as ${lifecycle}`}${what}`,
    ...changed.map(
      ({ field, was, became, why }) =>
        `    ${oneLine(field, 60)}: ${was} -> ${oneLine(became)}${why === '' ? '' : look.paint.faint(`  ${why}`)}`,
    ),
    ...listLine('in the record, but without a place here', kept, look),
    ...listLine('lacking', lacking, look),
  ];
}

function fileLines(file: FileReport, look: Look): readonly string[] {
  const { outcome, refused, refusals, kept, lacking, remarks } = file;
  const told = refusals.flatMap((refusal) => refusalLines(refusal, look));
  const more = refused - refusals.length;
  return [
    look.paint.strong(oneLine(file.file)),
    `  ${wordOf(outcome, look)} ${countsText(file)}`,
    ...told,
    ...(more > 0 ? [`    and ${more} lines more`] : []),
    ...remarks.map((remark) => `    ${remark}`),
    ...listLine('with its lines, but in no column of the export', kept, look),
    ...listLine('lacking', lacking, look),
  ];
}

function countsText({ taken, unchanged, refused }: FileReport): string {
  const counts = [
    [taken, ''],
    [unchanged, ' known'],
    [refused, ' refused'],
  ] as const;
  const told = counts.filter(([count]) => count > 0).map(([count, what]) => `${countedLong(count, 'line')}${what}`);
  return told.length === 0 ? 'no lines' : told.join(', ');
}

function refusalLines({ line, message, next }: Refusal, { paint }: Look): readonly string[] {
  return [`    ${line === null ? '' : `line ${line}: `}${oneLine(message, 500)} ${paint.faint(oneLine(next, 500))}`];
}

function listLine(what: string, fields: readonly string[], { paint }: Look): readonly string[] {
  return fields.length === 0 ? [] : [paint.faint(`    ${what}: ${names(fields)}`)];
}

function names(list: readonly string[]): string {
  return list.map((name) => oneLine(name, 60)).join(', ');
}

function wordOf(outcome: AgentReport['outcome'], { paint }: Look): string {
  const word = WORDS[outcome].padEnd(WORD_WIDTH);
  if (outcome === 'refused') return paint.bad(word);
  return outcome === 'unchanged' ? paint.faint(word) : paint.good(word);
}

function sumText(report: ImportReport, { paint }: Look): string {
  const { agentsTaken, agentsAttached, agentsUnchanged, linesTaken, linesUnchanged, refused } = totalsOf(report);
  const taken = `${counted(agentsTaken + agentsAttached, 'agent')} and ${countedLong(linesTaken, 'line')} taken`;
  const known = `${counted(agentsUnchanged, 'agent')} and ${countedLong(linesUnchanged, 'line')} known before`;
  const end = refused === 0 ? 'nothing refused' : paint.bad(`${refused} refused`);
  return `${report.dryRun ? 'Dry run, nothing was written' : 'Imported'}: ${taken}; ${known}; ${end}.`;
}
