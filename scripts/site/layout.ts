// A page of the site around what was made of its text. Everything it names lies beside it: nothing is asked of another machine, and it
// can be read from a folder without a server.

import { relative } from './links.ts';
import type { Group, Source } from './sources.ts';

export interface Heading {
  readonly level: number;
  readonly id: string;
  readonly text: string;
}

export interface PageParts {
  readonly source: Source;
  readonly groups: readonly Group[];
  readonly html: string;
  readonly headings: readonly Heading[];
  readonly version: string;
}

export function pageHtml({ source, groups, html, headings, version }: PageParts): string {
  const to = (path: string): string => escaped(relative(source.path, path));
  const isFirst = source.path === 'README.md';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${isFirst ? 'Brigade' : `${escaped(source.title)} · Brigade`}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${to('assets/style.css')}">
<script src="${to('assets/theme.js')}"></script>
<script src="${to('assets/page.js')}" defer></script>
</head>
<body data-top="${to('index.html').replace(/index\.html$/, '')}">
<a class="skip" href="#content">To the text</a>
<header>
<button type="button" class="menu" aria-expanded="false" aria-controls="pages">Pages</button>
<a class="name" href="${to('index.html')}">Brigade</a>
<form role="search">
<input type="search" id="search" placeholder="Search" aria-label="Search" autocomplete="off" aria-controls="found">
<div id="found" role="region" aria-label="Found" hidden></div>
</form>
<button type="button" class="theme" aria-label="Light or dark">◐</button>
</header>
<nav id="pages" aria-label="Pages">
${groups.map((group) => groupHtml(group, source)).join('\n')}
</nav>
<main id="content">
${html}
<footer>Brigade ${escaped(version)} · <code>${escaped(source.path)}</code></footer>
</main>
${contentsHtml(headings)}
</body>
</html>
`;
}

function groupHtml({ title, pages }: Group, here: Source): string {
  const isOpen = pages.includes(here) || title === 'Start';
  const items = pages.map((page) => {
    const current = page === here ? ' aria-current="page"' : '';
    return `<li><a href="${escaped(relative(here.path, pageOf(page)))}"${current}>${escaped(nameOf(page))}</a></li>`;
  });
  return `<details${isOpen ? ' open' : ''}><summary>${escaped(title)}</summary><ul>${items.join('')}</ul></details>`;
}

function pageOf({ path }: Source): string {
  return path.replace(/(^|\/)README\.md$/, '$1index.html').replace(/\.md$/, '.html');
}

const NAMES: Readonly<Record<string, string>> = { 'README.md': 'Brigade', 'ops/README.md': 'Monitoring' };

function nameOf({ path, title }: Source): string {
  return NAMES[path] ?? title;
}

function contentsHtml(headings: readonly Heading[]): string {
  const shown = headings.filter(({ level }) => level === 2);
  if (shown.length < 2) return '<aside></aside>';
  const items = shown.map(({ id, text }) => `<li><a href="#${escaped(id)}">${escaped(text)}</a></li>`);
  return `<aside aria-label="On this page"><p>On this page</p><ul>${items.join('')}</ul></aside>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
