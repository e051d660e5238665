// Time and chance enter through ports, so that a log replays to the same state and a simulation to the same run. Only
// src/adapters/system reads a clock or draws random numbers, and src/client/platform.ts for a client, which has no ports; the
// core's scenarios and simulations do neither.

import { type Finding, nameOf, type Source, type SyntaxNode, walk } from './source.ts';

const reads = new Set([
  'Date.now',
  'performance.now',
  'performance.timeOrigin',
  'process.hrtime',
  'process.hrtime.bigint',
  'process.uptime',
  'os.uptime',
  'Math.random',
]);
const randomImports = /^(random\w*|getRandomValues|webcrypto)$/;
const clockImports: Readonly<Record<string, RegExp>> = {
  'node:crypto': randomImports,
  'node:perf_hooks': /^performance$/,
  'node:os': /^uptime$/,
  'node:process': /^(hrtime|uptime)$/,
};

const exempt = /^src\/adapters\/system\/|^src\/client\/platform\.ts$|\.test\.ts$/;
const covered = /^(src|test\/(scenarios|simulation))\//;

/** Clock and random reads where they are not allowed: all of src/ but adapters/system, test/scenarios, test/simulation. */
export function checkClockAndRandom(source: Source): readonly Finding[] {
  if (!covered.test(source.path) || (source.path.startsWith('src/') && exempt.test(source.path))) return [];
  const found: Finding[] = [];
  const report = (start: number, what: string): void => {
    const message = `${what} reads the clock or draws at random; take an argument, or a port from src/adapters/system`;
    found.push({ path: source.path, line: source.lineOf(start), rule: 'clock-and-random', message });
  };
  walk(source, (node, [parent]) => {
    const what = readIn(node, parent);
    if (what !== null) report(node.start, what);
  });
  for (const { moduleRequest, entries, start } of source.module.staticImports) {
    const pattern = clockImports[moduleRequest.value];
    for (const { importName } of entries) {
      if (pattern?.test(importName.name ?? '') === true) report(start, `${importName.name} of ${moduleRequest.value}`);
    }
  }
  return found;
}

function readIn(node: SyntaxNode, parent: SyntaxNode | undefined): string | null {
  if (node.type === 'NewExpression' || node.type === 'CallExpression') {
    const isDate = nameOf(node.callee) === 'Date';
    const hasArguments = Array.isArray(node.arguments) && node.arguments.length > 0;
    if (isDate && (node.type === 'CallExpression' || !hasArguments)) return 'Date without an argument';
  }
  if (node.type !== 'MemberExpression' || parent?.type === 'MemberExpression') return null;
  const name = nameOf(node)?.replace(/^globalThis\./, '');
  if (name === undefined) return null;
  return reads.has(name) || /(^|\.)crypto\.(random\w*|getRandomValues)$/i.test(name) ? name : null;
}
