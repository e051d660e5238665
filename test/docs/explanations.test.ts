// The tables in the explanations are scenarios that the tests play, word by word; and the files of the code that they name are there.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const textsIn = (folder: string, end: string): readonly (readonly [string, string])[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(end))
    .map((name) => [name, readFileSync(join(root, folder, name), 'utf8')]);

const played = textsIn('test/scenarios', '.scenario').map(([, text]) => text);
const pages = textsIn('docs/explanation', '.md');

it.each(pages)('%s: tables are played', (_, text) => {
  const tables = Array.from(text.matchAll(/^```scenario\n([\s\S]+?)\n```$/gm), ([, table = '']) => table);
  expect(tables.filter((table) => !played.some((each) => each.includes(`${table}\n`)))).toEqual([]);
});

it('there are tables', () => {
  expect(pages.join('').match(/```scenario/g)?.length).toBeGreaterThan(5);
});

it.each(pages)('%s: files are there', (_, text) => {
  const named = Array.from(
    text.matchAll(/`(src\/[\w./-]+)`((?:, `[\w-]+\.ts`| and `[\w-]+\.ts`)*)/g),
    ([, path = '', more = '']) => [
      path,
      ...Array.from(more.matchAll(/`([\w-]+\.ts)`/g), ([, name = '']) => join(path, '..', name)),
    ],
  ).flat();
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
