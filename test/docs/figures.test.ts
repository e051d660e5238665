// Figures in documents are those that were measured: what stands between marks is what bench/results.json has, and no other
// figure looks measured unless it is known to be a promise. `npm run figures` writes them anew; `npm run bench -- --publish`
// measures.

import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { documents, pictures, rendered, textOf } from '../../bench/suite/publish.ts';
import { figureKeys, fillFigures } from '../../bench/suite/render/figures.ts';
import { keptResults, type Results } from '../../bench/suite/results.ts';
import { measuredFigures } from './measured-figures.ts';
import { LEFT_OUT, PROMISED } from './promised-figures.ts';

const PAGES = documents().filter((page) => !Object.keys(LEFT_OUT).some((start) => page.startsWith(start)));
const results = keptResults();

describe('what was measured', () => {
  it('stands in the documents as it was measured', () => {
    const differing = Array.from(rendered(results)).filter(([path, text]) => textOf(path) !== text);
    expect(differing.map(([path]) => `${path}: run npm run figures`)).toEqual([]);
  });

  it('has no picture beside those that it makes', () => {
    const made = Array.from(rendered(results).keys());
    expect(pictures().filter((name) => !made.includes(`docs/images/${name}`))).toEqual([]);
  });

  it('says on which class of machine, and neither its name nor a path', () => {
    for (const section of Object.values(results.sections)) {
      const { cores, processor, node } = section.machine;
      expect(cores).toBeGreaterThan(0);
      expect(processor).not.toBe('');
      expect(node).toMatch(/^\d+\.\d+\.\d+$/);
      expect(section.date).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
    const text = textOf('bench/results.json') ?? '';
    expect(text).not.toMatch(/"[^"]*(?:\/home\/|\/tmp\/|\/Users\/|[A-Z]:\\)/);
    expect(text).not.toContain(`"${hostname()}"`);
  });
});

describe('a document', () => {
  it.each(PAGES)('%s tells no figure of its own', (page) => {
    const text = textOf(page) ?? '';
    const lines = text.split('\n');
    const allowed = PROMISED.flatMap(({ said }) => said[page] ?? []);
    const wrong = measuredFigures(text).filter(
      ({ line, text: figure }) =>
        !allowed.some((words) => words.includes(numberIn(figure)) && lines[line - 1]?.includes(words)),
    );
    const advice =
      'mark it (<!-- figure:KEY -->, bench/suite/render/figures.ts), or say in promised-figures.ts what it is';
    expect(wrong.map(({ line, text: figure }) => `${page}:${line}: "${figure}" looks measured: ${advice}`)).toEqual([]);
  });

  it('has every promise that is known of it', () => {
    const told = PROMISED.flatMap(({ said }) => Object.entries(said));
    const gone = told.flatMap(([page, words]) => words.filter((each) => textOf(page)?.includes(each) !== true));
    expect(gone).toEqual([]);
  });
});

describe('a marked region', () => {
  const cell = [4_312.7, 4_000, 4_500] as const;
  const row = { id: 'pairs.desk.32', what: 'desk', survives: 'disk', cells: { rate: cell } } as const;
  const machine = { processor: 'CPU', cores: 2, node: '24.0.0', syncsPerSecond: 1_000, load: 0 };
  const some: Results = {
    format: 1,
    sections: { pairs: { date: '2026-11-23', machine, runs: 3, isQuick: false, tookSeconds: 1, rows: [row] } },
  };

  it('is filled with the figure, also in a table, and twice the same', () => {
    const text =
      '| desk | <!-- figure:pairs.desk.32.rate -->9<!-- /figure --> | <!-- figure:date.pairs --><!-- /figure --> |';
    const filled = fillFigures(text, some);
    expect(filled).toBe(
      text.replace('>9<', '>4,310<').replace('--><!-- /figure --> |', '-->2026-11-23<!-- /figure --> |'),
    );
    expect(fillFigures(filled, some)).toBe(filled);
    expect(figureKeys(filled)).toEqual(['pairs.desk.32.rate', 'date.pairs']);
  });

  it.each(['pairs.desk.33.rate', 'pairs.desk.32.p50', 'stores.redis.1.rate', 'table.stores'])(
    'cannot be made of %s',
    (key) => {
      expect(() => fillFigures(`<!-- figure:${key} --><!-- /figure -->`, some)).toThrow(
        /--only (pairs|stores) --publish/,
      );
    },
  );
});

describe('a figure that looks measured', () => {
  it.each([
    ['it does 30,000 pairs of acquire and release a second', '30,000 pairs of acquire and release a second'],
    ['12,000 operations/s', '12,000 operations/s'],
    ['within 20 to 50 µs an event', '20 to 50 µs'],
    ['takes 1.7 MiB', '1.7 MiB'],
    ['the median was 0.6 s', '0.6 s'],
  ])('%s', (text, figure) => {
    expect(measuredFigures(`first\n${text}`)).toEqual([{ line: 2, text: figure }]);
  });

  it.each([
    'a lease ends after 5 minutes',
    'run `brigade acquire --wait 300 ms`',
    '```\n12 ms\n```',
    '<!-- figure:pairs.desk.32.rate -->4,310<!-- /figure --> pairs a second',
  ])('not %s', (text) => {
    expect(measuredFigures(text)).toEqual([]);
  });
});

/** What of a figure must stand in the words that allow it. */
function numberIn(figure: string): string {
  return /\d[\d,.]*/.exec(figure)?.[0] ?? figure;
}
