// A file system of names in memory, the second implementation of the path prober: it makes what this machine may not
// have, a file system that folds case. Not for production: nothing in it is a file.

import { foldText } from '../../src/core/resource/case-folding.ts';
import type { AbsolutePath, PathEntry, PathProber } from '../../src/ports/path-prober.ts';

type Node = { readonly kind: 'file' } | { readonly kind: 'link'; readonly target: string } | Directory;
interface Directory {
  readonly kind: 'directory';
  readonly entries: Map<string, Node>;
}

/** `entries` as in `src/a.ts`, `src/` and `link -> target`; absolute paths, folders above come into being. */
export function memoryPathProber(entries: readonly string[], options: { readonly foldsCase: boolean }): PathProber {
  const top: Directory = { kind: 'directory', entries: new Map() };
  const spellingIn = (directory: Directory, name: string): string | undefined => {
    if (!options.foldsCase) return directory.entries.has(name) ? name : undefined;
    return [...directory.entries.keys()].find((candidate) => foldText(candidate) === foldText(name));
  };
  for (const entry of entries) make(top, entry);
  return {
    backslashSeparates: false,
    splitAbsolute: (text) => (text.startsWith('/') ? { volume: '/', names: namesIn(text) } : null),
    splitRelative: namesIn,
    join: ({ names }) => `/${names.join('/')}`,
    lookUp: async (directory, name) => {
      const holder = directoryAt(top, directory, spellingIn);
      const spelling = holder === null ? undefined : spellingIn(holder, name);
      return entryFor(spelling, spelling === undefined ? undefined : holder?.entries.get(spelling));
    },
    foldsCase: async () => options.foldsCase,
  };
}

function make(top: Directory, entry: string): void {
  const [path = '', target] = entry.split(' -> ');
  const names = namesIn(path);
  const last = path.endsWith('/') ? undefined : names.pop();
  const holder = names.reduce((directory, name) => {
    const known = directory.entries.get(name);
    if (known?.kind === 'directory') return known;
    const made: Directory = { kind: 'directory', entries: new Map() };
    directory.entries.set(name, made);
    return made;
  }, top);
  if (last !== undefined) holder.entries.set(last, target === undefined ? { kind: 'file' } : { kind: 'link', target });
}

function directoryAt(
  top: Directory,
  path: AbsolutePath,
  spellingIn: (directory: Directory, name: string) => string | undefined,
): Directory | null {
  let directory = top;
  for (const name of path.names) {
    const next = directory.entries.get(spellingIn(directory, name) ?? '');
    if (next?.kind !== 'directory') return null;
    directory = next;
  }
  return directory;
}

function entryFor(name: string | undefined, node: Node | undefined): PathEntry {
  if (name === undefined || node === undefined) return { kind: 'missing' };
  return node.kind === 'link' ? { kind: 'link', name, target: node.target } : { kind: node.kind, name };
}

function namesIn(text: string): string[] {
  return text.split('/').filter((name) => name !== '');
}
