// The documentation as a site that needs nothing from elsewhere: pages made by Eleventy, what they link to copied beside them, an
// index for the search. A link that leads nowhere fails the build.

import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Eleventy, type EleventyConfig, type MarkdownIt, type MarkdownToken } from '@11ty/eleventy';
import { build } from 'vite';
import { type Heading, pageHtml } from './layout.ts';
import { headingId, type Links, linksIn, outputOf } from './links.ts';
import { SearchIndex } from './search-index.ts';
import { groupsOf, readSources, type Source } from './sources.ts';

const ASSETS = fileURLToPath(new URL('assets', import.meta.url));
const BROWSER = fileURLToPath(new URL('browser', import.meta.url));

export interface Built {
  readonly pages: number;
  readonly dead: readonly string[];
}

/** Builds the site of the repository at `root` into `output`, which is made anew. */
export async function buildSite(root: string, output: string): Promise<Built> {
  rmSync(output, { recursive: true, force: true });
  const sources = readSources(root);
  const links = linksIn(root, new Set(sources.map(({ path }) => path)));
  const index = new SearchIndex();
  await makePages({ root, output, sources, links, index });
  for (const file of links.files) copy(join(root, file), join(output, file));
  await writeAssets(output, index);
  return { pages: sources.length, dead: links.dead() };
}

interface Work {
  readonly root: string;
  readonly output: string;
  readonly sources: readonly Source[];
  readonly links: Links;
  readonly index: SearchIndex;
}

async function makePages({ root, output, sources, links, index }: Work): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  const groups = groupsOf(sources);
  const headings = new Map<string, readonly Heading[]>();
  const byUrl = new Map(sources.map((source) => [urlOf(source), source]));
  const config = (eleventy: EleventyConfig): void => {
    eleventy.setUseGitIgnore(false);
    eleventy.setTemplateFormats(['md']);
    for (const source of sources)
      eleventy.addTemplate(source.path, source.text, {
        permalink: outputOf(source.path),
        templateEngineOverride: 'md',
        source,
      });
    eleventy.amendLibrary('md', (library) => amend(library, { byUrl, links, headings }));
    eleventy.addTransform('page', function (html) {
      const source = byUrl.get(this.page.url);
      if (source === undefined) throw new Error(`whose page is ${this.page.url}?`);
      const shown = scrollable(html);
      index.add(source, shown);
      return pageHtml({ source, groups, html: shown, headings: headings.get(source.path) ?? [], version });
    });
  };
  // Its pages come from the repository; the folder that it wants to read is empty.
  const input = mkdtempSync(join(tmpdir(), 'brigade-site-'));
  try {
    await new Eleventy(input, output, { quietMode: true, configPath: false, config }).write();
  } finally {
    rmSync(input, { recursive: true, force: true });
  }
}

/** What is wider than the page is moved by keys too; a column without a title has no empty one. */
function scrollable(html: string): string {
  return html
    .replaceAll('<th></th>', '<td></td>')
    .replaceAll('<pre>', '<pre tabindex="0">')
    .replaceAll('<table>', '<div class="table" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>');
}

/** As Eleventy names the page: an index by its folder. */
function urlOf({ path }: Source): string {
  return `/${outputOf(path)}`.replace(/(?<=\/)index\.html$/, '');
}

interface Amending {
  readonly byUrl: ReadonlyMap<string, Source>;
  readonly links: Links;
  readonly headings: Map<string, readonly Heading[]>;
}

/** Headings get ids as GitHub gives them, links lead to pages of the site. */
function amend(library: MarkdownIt, { byUrl, links, headings }: Amending): void {
  library.core.ruler.push('site', ({ tokens, env }) => {
    const source = byUrl.get(env.page.url);
    if (source === undefined) throw new Error(`whose page is ${env.page.url}?`);
    const found = headingsIn(tokens);
    headings.set(source.path, found);
    links.headings(
      source.path,
      found.map(({ id }) => id),
    );
    for (const token of tokens.flatMap((each) => each.children ?? [])) {
      const name = token.type === 'image' ? 'src' : 'href';
      const link = token.attrGet(name);
      if (link !== null) token.attrSet(name, links.resolve(source.path, link));
    }
  });
}

function headingsIn(tokens: readonly MarkdownToken[]): readonly Heading[] {
  const taken = new Set<string>();
  return tokens.flatMap((token, i) => {
    const inline = tokens[i + 1];
    if (token.type !== 'heading_open' || inline === undefined) return [];
    const text = (inline.children ?? []).map(({ content }) => content).join('');
    const id = headingId(text, taken);
    taken.add(id);
    token.attrSet('id', id);
    return [{ level: Number(token.tag.slice(1)), id, text }];
  });
}

async function writeAssets(output: string, index: SearchIndex): Promise<void> {
  const assets = join(output, 'assets');
  copy(join(ASSETS, 'style.css'), join(assets, 'style.css'));
  for (const name of ['theme', 'page']) await bundle(name, assets);
  writeFileSync(join(assets, 'search-index.js'), index.script());
}

/** A program of the page as one script, which a page may load from a folder, too. */
async function bundle(name: string, outDir: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      outDir,
      emptyOutDir: false,
      lib: {
        entry: join(BROWSER, `${name}.ts`),
        formats: ['iife'],
        name: `brigade_${name}`,
        fileName: () => `${name}.js`,
      },
    },
  });
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}
