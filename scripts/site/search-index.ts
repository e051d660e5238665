// What the page's search looks through: each section of each page, indexed when the site is built.

import MiniSearch from 'minisearch';
import { outputOf } from './links.ts';
import { SEARCH_OPTIONS, type Section } from './search-options.ts';
import type { Source } from './sources.ts';

export class SearchIndex {
  readonly #sections: Section[] = [];

  /** Adds a page by its sections, which begin with headings that have an id. */
  add(source: Source, html: string): void {
    const parts = html.split(/(?=<h[1-3] id=")/);
    for (const part of parts) {
      const [whole = '', id = '', title = ''] = /^<h[1-3] id="([^"]+)"[^>]*>(.*?)<\/h[1-3]>/s.exec(part) ?? [];
      const text = plain(part.slice(whole.length));
      const heading = plain(title);
      if (heading === '' && text === '') continue;
      this.#sections.push({ id: `${outputOf(source.path)}#${id}`, page: source.title, title: heading, text });
    }
  }

  /** A script that leaves the index where the page looks for it: one can be loaded from a folder, a file of data cannot. */
  script(): string {
    const search = new MiniSearch<Section>(SEARCH_OPTIONS);
    search.addAll(this.#sections);
    return `window.brigadeSearch = ${JSON.stringify(JSON.stringify(search))};\n`;
  }
}

function plain(html: string): string {
  return html
    .replaceAll(/<!--[\s\S]*?-->/g, ' ')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
