// The table of a section in a terminal.

import { BARE_TARGET, missed, type ResultRow, type SectionResult } from '../results.ts';
import type { Section } from '../section.ts';
import { SURVIVES, shown, wanted } from './shown.ts';

export function sectionText(section: Section, { rows, runs, tookSeconds }: SectionResult): readonly string[] {
  const heads = ['', '', 'on', ...section.columns.map(({ head }) => head), 'lowest .. highest', 'to bare', ''];
  const table = [heads, ...rows.map((row) => cellsOf(section, row))];
  const widths = table.reduce((widest, line) => line.map((cell, i) => Math.max(cell.length, widest[i] ?? 0)), [0]);
  const lines = table.map((line) =>
    line
      .map((cell, i) => (i < 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return ['', `${section.title}: median of ${runs}, ${tookSeconds} s`, ...lines];
}

function cellsOf({ columns }: Section, row: ResultRow): readonly string[] {
  const [first] = columns;
  const [, lowest, highest] = (first && row.cells[first.name]) ?? [];
  const range = lowest === highest ? '' : `${shown(lowest)} .. ${shown(highest)}`;
  const wrong = missed(row);
  const targets = Object.entries(row.targets ?? {}).map(([name, target]) => `${name} ${wanted(target)}`);
  if (row.ratio !== undefined) targets.push(`to bare <= ${BARE_TARGET}`);
  const verdict = targets.length === 0 ? '' : wrong.length === 0 ? 'PASS' : `FAIL: ${targets.join(', ')}`;
  return [
    row.what,
    row.size === undefined ? '' : row.size.toLocaleString('en-US'),
    SURVIVES[row.survives],
    ...columns.map(({ name }) => (row.cells[name] === undefined ? '' : shown(row.cells[name][0]))),
    range,
    row.ratio === undefined ? '' : shown(row.ratio),
    verdict,
  ];
}
