// How much JavaScript the dashboard is, as it is sent: for the first view, and in all. Of the page that was built.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const KIB = 1_024;
const FIRST_VIEW_MOST = 200 * KIB;
const ALL_MOST = 320 * KIB;

/** KiB of each chunk when somebody last looked. Nothing is held to it: it tells which one grew, once all are too much. */
const USUAL_KIB: Readonly<Record<string, number>> = {
  index: 79,
  'waits-page': 27,
  'check-in-plots': 23,
  'go-to': 18,
  table: 12,
  'timeline-page': 11,
  'locks-page': 10,
  'agents-page': 9,
  'incidents-page': 4,
  'system-page': 4,
  'jsx-runtime': 3,
  'alerts-page': 2,
  'lock-acts': 2,
};

interface Chunk {
  readonly file: string;
  /** Without what changes with its content. */
  readonly name: string;
  readonly bytes: number;
}

const folder = join(import.meta.dirname, '../../dist/dashboard');
const assets = join(folder, 'assets');
let chunks: readonly Chunk[];
beforeAll(() => {
  chunks = readdirSync(assets)
    .filter((file) => file.endsWith('.js'))
    .map((file) => {
      const sent = join(assets, `${file}.gz`);
      if (!existsSync(sent)) throw new Error(`${file} is not compressed: npm run build`);
      return { file, name: file.replace(/-[\w-]{8}\.js$/, ''), bytes: statSync(sent).size };
    });
});

describe('the JavaScript of the dashboard, compressed', () => {
  it('is 200 KiB at most for the first view', () => {
    const first = firstView();
    expect(first.map(({ name }) => name)).toContain('index');
    expect(tooMuch(first, FIRST_VIEW_MOST)).toBeNull();
  });

  it('is 320 KiB at most in all', () => {
    expect(tooMuch(chunks, ALL_MOST)).toBeNull();
  });
});

/** What the page names, and what that imports before it runs. What is imported when it is needed is not among it. */
function firstView(): readonly Chunk[] {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const open = Array.from(html.matchAll(/assets\/([^"]+\.js)"/g), ([, file = '']) => file);
  const found = new Set<string>();
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const source = readFileSync(join(assets, file), 'utf8');
    open.push(
      ...Array.from(source.matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g), ([, next = '']) => next),
    );
  }
  return chunks.filter(({ file }) => found.has(file));
}

/** Null where it is not; else what there is, the one that grew most first. */
function tooMuch(some: readonly Chunk[], most: number): string | null {
  const bytes = some.reduce((sum, chunk) => sum + chunk.bytes, 0);
  if (bytes <= most) return null;
  const grown = some
    .map((chunk) => ({ ...chunk, more: chunk.bytes / KIB - (USUAL_KIB[chunk.name] ?? 0) }))
    .toSorted((a, b) => b.more - a.more)
    .map((chunk) => `  ${chunk.name}: ${kib(chunk.bytes)}, ${chunk.more.toFixed(1)} more than when it was looked at`);
  return [`${kib(bytes)} of at most ${kib(most)}:`, ...grown].join('\n');
}

function kib(bytes: number): string {
  return `${(bytes / KIB).toFixed(1)} KiB`;
}
