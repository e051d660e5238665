// Where a link of a page leads: to another page, to a file that the site copies, elsewhere, or nowhere.

import { existsSync, statSync } from 'node:fs';
import { posix } from 'node:path';

export interface Links {
  /** The link as the site has it. What leads nowhere is kept for `dead`. */
  resolve(from: string, link: string): string;
  /** The headings of a page, once they are known. */
  headings(path: string, ids: readonly string[]): void;
  /** Files to copy: where they lie, and where they go. */
  readonly files: ReadonlySet<string>;
  /** After all pages were made. */
  dead(): readonly string[];
}

export function linksIn(root: string, pages: ReadonlySet<string>): Links {
  const files = new Set<string>();
  const lost: string[] = [];
  const asked: { readonly from: string; readonly link: string; readonly page: string; readonly id: string }[] = [];
  const ids = new Map<string, ReadonlySet<string>>();
  const toPage = (from: string, link: string, page: string, id: string): string => {
    if (id !== '') asked.push({ from, link, page, id });
    return `${relative(from, outputOf(page))}${id === '' ? '' : `#${id}`}`;
  };
  return {
    files,
    resolve: (from, link) => {
      if (/^[a-z]+:/.test(link)) return link;
      const [path = '', id = ''] = decodeURI(link).split('#');
      const target = path === '' ? from : posix.join(posix.dirname(from), path);
      if (pages.has(target)) return toPage(from, link, target, id);
      const folder = `${target.replace(/\/$/, '')}/README.md`;
      if (pages.has(folder)) return toPage(from, link, folder, id);
      if (existsSync(posix.join(root, target)) && statSync(posix.join(root, target)).isFile()) {
        files.add(target);
        return relative(from, target);
      }
      lost.push(`${from}: ${link}`);
      return link;
    },
    headings: (path, found) => ids.set(path, new Set(found)),
    dead: () => [
      ...lost,
      ...asked.filter(({ page, id }) => ids.get(page)?.has(id) !== true).map(({ from, link }) => `${from}: ${link}`),
    ],
  };
}

/** `docs/stores.md` becomes `docs/stores.html`; the README is the first page. */
export function outputOf(path: string): string {
  return path.replace(/(^|\/)README\.md$/, '$1index.html').replace(/\.md$/, '.html');
}

/** From the page that was made of `from` to a file of the site. */
export function relative(from: string, to: string): string {
  return posix.relative(posix.dirname(outputOf(from)), to) || posix.basename(to);
}

/** As GitHub names a heading. `taken`: those before it on the page. */
export function headingId(text: string, taken: ReadonlySet<string>): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
  let id = plain;
  for (let n = 1; taken.has(id); n += 1) id = `${plain}-${n}`;
  return id;
}
