// Writes results into the repository: what is kept of them, the page of benchmarks with its pictures, and every figure that a
// document tells. Sections that were not measured this time stay as they are.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawCharts } from './render/charts.ts';
import { fillFigures } from './render/figures.ts';
import { benchmarksPage, pictureName } from './render/markdown.ts';
import { keptResults, type Results, resultsText } from './results.ts';
import { SECTIONS, sectionOf } from './sections.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PICTURE = /^bench-.*\.svg$/;

/** Files of the repository, as results have them: path to text. */
export type Written = ReadonlyMap<string, string>;

/** Adds these results to those that are kept, and writes everything anew that tells them; answers what changed. */
export function publish({ sections }: Results): readonly string[] {
  const kept = keptResults();
  const results = JSON.parse(resultsText({ ...kept, sections: { ...kept.sections, ...sections } })) as Results;
  return writeFigures(results);
}

/** Writes what `results` have to say; answers the files that changed. */
export function writeFigures(results: Results): readonly string[] {
  const wanted = rendered(results);
  for (const name of pictures()) if (!wanted.has(`docs/images/${name}`)) rmSync(join(ROOT, 'docs/images', name));
  const changed = Array.from(wanted).filter(([path, text]) => textOf(path) !== text);
  for (const [path, text] of changed) writeFileSync(join(ROOT, path), text);
  return changed.map(([path]) => path);
}

/** Everything in the repository that results make: the page, its pictures, and the documents with figures in them. */
export function rendered(results: Results): Written {
  const written = new Map([
    ['bench/results.json', resultsText(results)],
    ['docs/benchmarks.md', benchmarksPage(results)],
  ]);
  for (const name of Object.keys(results.sections).filter((one) => SECTIONS.some((section) => section.name === one)))
    for (const { chart, svg } of drawCharts(sectionOf(name), results.sections[name] as never))
      written.set(`docs/images/${pictureName(name, chart)}`, svg);
  for (const page of documents()) written.set(page, fillFigures(textOf(page) ?? '', results));
  return written;
}

/** README and the pages that people write. */
export function documents(): readonly string[] {
  const pages = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.md') && path !== 'docs/benchmarks.md');
  return ['README.md', ...pages.toSorted()];
}

/** Pictures of benchmarks that are there. */
export function pictures(): readonly string[] {
  return readdirSync(join(ROOT, 'docs/images')).filter((name) => PICTURE.test(name));
}

/** Null for a file that is not there. */
export function textOf(path: string): string | null {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
