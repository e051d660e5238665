// Checks on files that are not only code: paths of one machine, documents that point at nothing, and the lockfile.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finding } from './source.ts';

/** Home folders, except of the people our examples are about. */
const machinePath =
  /(?:\/(?:home|Users)\/(?!(?:ana|bo|cy|dee|you|user|me)\b)[A-Za-z0-9_.-]+|(?<![\w.])\/root\/|(?<![\w.])\/work\/|[A-Z]:\\\\?Users\\)/;

/** Paths that exist on the author's machine only. `path` itself may hold the pattern: this file and its test. */
export function checkMachinePaths(path: string, text: string): readonly Finding[] {
  if (path.startsWith('scripts/house/')) return [];
  return text.split('\n').flatMap((line, index) => {
    const match = machinePath.exec(line);
    if (match === null) return [];
    return [{ path, line: index + 1, rule: 'machine-path', message: `${match[0]}: a path of one machine` }];
  });
}

/** Links and quoted paths of a document that lead to nothing. Paths are seen from the current folder, the repository. */
export function checkDocumentLinks(path: string, text: string): readonly Finding[] {
  const targets = text.split('\n').flatMap((line, index) => [
    ...Array.from(line.matchAll(/\]\(([^)#\s]+)[^)]*\)/g), ([, link = '']) => ({
      line: index + 1,
      target: link,
      isLink: true,
    })),
    ...Array.from(
      line.matchAll(/`((?:src\/(?:core|ports|app|adapters|surface)|test|scripts|bench|docs|bin)\/[\w./-]*)`/g),
      ([, quoted = '']) => ({
        line: index + 1,
        target: quoted,
        isLink: false,
      }),
    ),
  ]);
  return targets.flatMap(({ line, target, isLink }) => {
    if (/^[a-z]+:/.test(target)) return [];
    const file = isLink ? join(dirname(path), target) : target;
    return existsSync(file) ? [] : [{ path, line, rule: 'document-link', message: `${target} is not there` }];
  });
}

interface Lockfile {
  readonly packages?: Readonly<Record<string, { readonly version?: string; readonly resolved?: string }>>;
}

/** More than one copy of zod (schemas of two copies do not mix), and entries that name the registry they came from. */
export function checkLockfile(path: string, text: string): readonly Finding[] {
  const { packages = {} } = JSON.parse(text) as Lockfile;
  const found: Finding[] = [];
  const report = (rule: string, message: string): void => void found.push({ path, line: 1, rule, message });
  const zods = Object.keys(packages).filter((name) => /(^|\/)node_modules\/zod$/.test(name));
  if (zods.length > 1) report('one-zod', `${zods.length} copies of zod: ${zods.join(', ')}; see "overrides"`);
  for (const [name, { resolved }] of Object.entries(packages)) {
    if (resolved !== undefined && /^https?:/.test(resolved)) report('lockfile', `${name} records where it came from`);
  }
  return found;
}
