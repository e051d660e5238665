#!/usr/bin/env node
// The `brigade` command. It checks the Node version, turns on Node's compile cache and only then loads the program.

import { refusalForNode } from './require-node.js';

const refusal = refusalForNode(process.versions.node);
if (refusal === null) {
  const { enableCompileCache } = await import('./compile-cache.js');
  enableCompileCache();
  await import(new URL('../dist/program/brigade.js', import.meta.url).href);
} else {
  process.stderr.write(refusal);
  process.exitCode = 1;
}
