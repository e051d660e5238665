// The pages for whoever operates a store that hosts share, held against the program: each caveat that an adapter can have is
// explained with its weight, and no other; links lead somewhere.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = ['docs/redis.md', 'docs/etcd.md', 'docs/guarantees.md', 'docs/scaling.md', 'docs/stores.md'];
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

describe.each(['redis', 'etcd'] as const)('the page of %s', (kind) => {
  const rows = Array.from(
    textOf(`docs/${kind}.md`).matchAll(/^\| `([a-z_]+)` \| (.+?) \|/gm),
    ([, code = '', grave]) => [code, grave],
  );

  it('explains each caveat, with its weight', () => {
    const folder = join(root, 'src/adapters', kind);
    const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
    const caveats = sources.flatMap((name) =>
      Array.from(
        readFileSync(join(folder, name), 'utf8').matchAll(/code: '((?:redis|etcd)_\w+)',\s*isGrave: ([^,\n]+)/g),
        ([, code = '', isGrave]) => [code, isGrave === 'true' ? 'yes' : isGrave === 'false' ? 'no' : null] as const,
      ),
    );
    expect(caveats.length).toBeGreaterThan(5);
    expect(new Set(rows.map(([code]) => code))).toEqual(new Set(caveats.map(([code]) => code)));
    const told = new Map(rows.map(([code, grave]) => [code, grave]));
    const known = caveats.filter(([, grave]) => grave !== null);
    expect(known.map(([code]) => [code, told.get(code)])).toEqual(known);
  });
});

it.each(PAGES)('%s: every link leads somewhere', (page) => {
  const links = Array.from(textOf(page).matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link);
  const lost = links.filter((link) => !/^https?:/.test(link) && !leadsSomewhere(page, link));
  expect(lost).toEqual([]);
});

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', heading] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return false;
  return heading === undefined || headingsOf(target).includes(heading);
}

/** As GitHub names them. */
function headingsOf(page: string): readonly string[] {
  return Array.from(textOf(page).matchAll(/^#+ (.+)$/gm), ([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
