// docs/benchmarks.md: every section that was measured, as a table and its pictures.

import { BARE_TARGET, missed, type ResultRow, type Results, type SectionResult } from '../results.ts';
import type { Section } from '../section.ts';
import { SECTIONS } from '../sections.ts';
import { SURVIVES, shown, wanted } from './shown.ts';

const HEAD = `# Benchmarks

Written by \`npm run bench -- --publish\` from \`bench/results.json\`, and not by hand; every figure in the other pages comes from there too, and a test holds them
together. \`npm run bench\` measures all of it on your machine and writes tables, JSON and pictures to \`bench-results/\`; \`--quick\` takes a tenth of the time and
is rough, \`--only pairs,stores\` measures those sections, \`--list\` names them.

How to read the tables: each figure is the median of several runs. *on* is what an answer survives: **disk** the loss of power, **OS** the end of its process,
**memory** neither. *to bare* is how many times what the bare component underneath costs, measured in turn with it; the target is ${BARE_TARGET}, and ✗ marks a target that was missed.`;

export function benchmarksPage(results: Results): string {
  const sections = SECTIONS.flatMap((section) => {
    const result = results.sections[section.name];
    return result === undefined ? [] : [sectionPage(section, result)];
  });
  return `${[HEAD, ...sections].join('\n\n')}\n`;
}

function sectionPage(section: Section, result: SectionResult): string {
  const pictures = section.charts.map(({ name, title }) => `![${title}](images/${pictureName(section.name, name)})`);
  return [
    `## ${section.title}`,
    section.about,
    `*${machineText(result)}*`,
    sectionTable(section, result),
    ...pictures,
  ].join('\n\n');
}

/** The name of a picture under docs/images. */
export function pictureName(section: string, chart: string): string {
  return `bench-${section}-${chart}.svg`;
}

/** When and on what it was measured. */
export function machineText({ date, machine, runs, isQuick }: SectionResult): string {
  const { cores, processor, node, syncsPerSecond, load } = machine;
  const times = runs === 1 ? 'once' : `median of ${runs}`;
  const what = `${cores} cores of ${processor}, Node ${node}, ${shown(syncsPerSecond)} syncs/s of its disk`;
  const rough = isQuick ? ', a quick and rough run' : '';
  const busy = load > 0.5 ? `, with other work on the machine (a load of ${shown(load)} for each core)` : '';
  return `${date}, ${what}, ${times}${rough}${busy}`;
}

export function sectionTable(section: Section, { rows }: SectionResult): string {
  const columns = section.columns.filter(({ name }) => rows.some(({ cells }) => name in cells));
  const [hasSizes, hasSurvival, hasRatio] = [
    rows.some(({ size }) => size !== undefined),
    rows.some(({ survives }) => survives !== 'none'),
    rows.some(({ ratio }) => ratio !== undefined),
  ];
  const heads = [
    '',
    ...(hasSizes ? [section.charts.find(({ sizes }) => sizes !== null)?.sizes ?? 'size'] : []),
    ...(hasSurvival ? ['on'] : []),
    ...columns.map(({ head }) => head),
    ...(hasRatio ? ['to bare'] : []),
  ];
  const line = (row: ResultRow): readonly string[] => [
    row.what,
    ...(hasSizes ? [row.size?.toLocaleString('en-US') ?? ''] : []),
    ...(hasSurvival ? [SURVIVES[row.survives]] : []),
    ...columns.map(({ name }) => cellText(row, name)),
    ...(hasRatio ? [ratioText(row)] : []),
  ];
  const rule = heads.map((_, i) => (i === 0 ? '---' : '---:'));
  return [heads, rule, ...rows.map(line)]
    .map((cells) => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |'))
    .join('\n');
}

function cellText(row: ResultRow, name: string): string {
  const cell = row.cells[name];
  if (cell === undefined) return '';
  const target = row.targets?.[name];
  return target !== undefined && missed(row).includes(name)
    ? `${shown(cell[0])} ✗ (${wanted(target)})`
    : shown(cell[0]);
}

function ratioText(row: ResultRow): string {
  if (row.ratio === undefined) return '';
  return missed(row).includes('bare') ? `${shown(row.ratio)} ✗` : shown(row.ratio);
}
