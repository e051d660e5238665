// Figures in documents: `<!-- figure:pairs.desk.32.rate -->4,310<!-- /figure -->`. What stands between the marks is written from
// the results that are kept, never by hand. A key is the id of a row and a column; `date.SECTION`, `machine.SECTION` and
// `table.SECTION` are the day, the class of machine and the whole table.

import type { Results, SectionResult } from '../results.ts';
import { sectionOf } from '../sections.ts';
import { machineText, sectionTable } from './markdown.ts';
import { shown } from './shown.ts';

const REGION = /<!-- figure:(\S+) -->([\s\S]*?)<!-- \/figure -->/g;

/** `text` with every region as the results have it. Throws for a key that they do not have. */
export function fillFigures(text: string, results: Results): string {
  return text.replace(REGION, (_, key: string) => `<!-- figure:${key} -->${figureText(key, results)}<!-- /figure -->`);
}

/** Keys of all regions. */
export function figureKeys(text: string): readonly string[] {
  return Array.from(text.matchAll(REGION), ([, key = '']) => key);
}

/** `text` without its regions, of the same lines. */
export function withoutFigures(text: string): string {
  return text.replace(REGION, (region) => region.replace(/[^\n]/g, ' '));
}

function figureText(key: string, results: Results): string {
  const [first, rest] = split(key, key.indexOf('.'));
  if (first === 'date') return resultOf(rest, results).date;
  if (first === 'machine') return machineText(resultOf(rest, results));
  if (first === 'table') return `\n${sectionTable(sectionOf(rest), resultOf(rest, results))}\n`;
  const [id, column] = split(key, key.lastIndexOf('.'));
  const cell = resultOf(first, results).rows.find((row) => row.id === id)?.cells[column];
  if (cell === undefined)
    throw new Error(`there is no figure ${key}; npm run bench -- --only ${first} --publish measures its section`);
  return shown(cell[0]);
}

function resultOf(section: string, { sections }: Results): SectionResult {
  const result = sections[section];
  if (result === undefined)
    throw new Error(`there are no results of ${section}; npm run bench -- --only ${section} --publish makes them`);
  return result;
}

function split(key: string, at: number): readonly [string, string] {
  return [key.slice(0, at), key.slice(at + 1)];
}
