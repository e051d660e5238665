// Which way imports may point. The table is the rule; docs/architecture.md draws it.
//
//   surface -> app -> core        app -> ports -> core        adapters -> ports
//
// `compose.ts` is the one file that sees both sides; `hook-ask.ts` does where loading that one would take too long. Tests beside the code may import what they test with.

import type { Finding, Source } from './source.ts';

interface Layer {
  /** The layer's folder or file under src/. */
  readonly at: string;
  readonly mayImport: readonly string[];
  /** Layers of which only types may be imported. */
  readonly typesOnly?: readonly string[];
  /** Packages; `node:` stands for all built-in modules. Absent: any. */
  readonly packages?: readonly string[];
}

const layers: readonly Layer[] = [
  { at: 'core', mayImport: ['core'], packages: ['sorted-btree'] },
  { at: 'ports', mayImport: ['ports', 'core'], packages: [] },
  { at: 'app', mayImport: ['app', 'ports', 'core'], packages: ['node:', 'zod', 'jsonc-parser'] },
  { at: 'adapters', mayImport: ['adapters', 'ports', 'core'] },
  { at: 'surface', mayImport: ['surface', 'app', 'core', 'compose.ts'], typesOnly: ['ports'] },
  { at: 'client', mayImport: ['client'], packages: [] },
  {
    at: 'library',
    mayImport: ['library', 'client', 'surface', 'app', 'core', 'compose.ts'],
    typesOnly: ['ports'],
    packages: [],
  },
  { at: 'compose.ts', mayImport: ['adapters', 'app', 'ports', 'core'] },
  { at: 'hook.ts', mayImport: ['hook-ask.ts', 'surface'], packages: ['node:'] },
  { at: 'hook-ask.ts', mayImport: ['surface', 'adapters', 'app', 'ports', 'core'], packages: ['node:'] },
  { at: 'fold-worker.ts', mayImport: ['compose.ts', 'app'] },
  { at: 'past-worker.ts', mayImport: ['compose.ts', 'app'] },
  { at: 'archive-worker.ts', mayImport: ['compose.ts', 'app'] },
  { at: 'examine-worker.ts', mayImport: ['compose.ts', 'app'], typesOnly: ['ports'] },
];

/** A wrong-way import in `source`, or none when it is a test or lies outside src/. */
export function checkLayers(source: Source): readonly Finding[] {
  if (!source.path.startsWith('src/') || source.path.endsWith('.test.ts')) return [];
  const layer = layerOf(source.path);
  if (layer === null) return [finding(source, 0, `${source.path} is in no layer; add it to scripts/house/layers.ts`)];
  return importsOf(source).flatMap((imported) => {
    const refusal = refusalFor(layer, source.path, imported);
    return refusal === null ? [] : [finding(source, imported.start, refusal)];
  });
}

interface Import {
  readonly from: string;
  readonly start: number;
  readonly isTypeOnly: boolean;
}

/** Every module named in an import, a re-export or an `import()` of a literal. */
export function importsOf(source: Source): readonly Import[] {
  const { staticImports, staticExports, dynamicImports } = source.module;
  const imports = staticImports.map(({ moduleRequest, entries, start }) => ({
    from: moduleRequest.value,
    start,
    isTypeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
  }));
  const reExports = staticExports.flatMap(({ entries, start }) =>
    entries.flatMap(({ moduleRequest, isType }) =>
      moduleRequest === null ? [] : [{ from: moduleRequest.value, start, isTypeOnly: isType }],
    ),
  );
  const dynamic = dynamicImports.map(({ moduleRequest, start }) => ({
    from: source.text.slice(moduleRequest.start + 1, moduleRequest.end - 1),
    start,
    isTypeOnly: false,
  }));
  return [...imports, ...reExports, ...dynamic];
}

function refusalFor(layer: Layer, path: string, imported: Import): string | null {
  if (!imported.from.startsWith('.')) return refusalForPackage(layer, imported.from);
  const target = resolve(path, imported.from);
  const targetLayer = layerOf(target);
  if (targetLayer === null) return `${target} is not part of what ships; src/ imports only src/`;
  if (layer.mayImport.includes(targetLayer.at)) return null;
  const types = layer.typesOnly ?? [];
  if (types.includes(targetLayer.at) && imported.isTypeOnly) return null;
  const allowed = [...layer.mayImport, ...types.map((name) => `types of ${name}`)].join(', ');
  return `${layer.at} may not import ${target}; from here: ${allowed}`;
}

function refusalForPackage(layer: Layer, name: string): string | null {
  if (layer.packages === undefined) return null;
  if (layer.packages.some((allowed) => (allowed === 'node:' ? name.startsWith('node:') : name === allowed)))
    return null;
  return `${layer.at} may not import the package ${name}; from here: ${layer.packages.join(', ') || 'none'}`;
}

function layerOf(path: string): Layer | null {
  const [root, at] = path.split('/');
  return root === 'src' ? (layers.find((layer) => layer.at === at) ?? null) : null;
}

function resolve(fromPath: string, relative: string): string {
  const parts = fromPath.split('/').slice(0, -1);
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function finding(source: Source, start: number, message: string): Finding {
  return { path: source.path, line: source.lineOf(start), rule: 'layers', message };
}
