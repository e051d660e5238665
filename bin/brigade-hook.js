#!/usr/bin/env node
// The `brigade-hook` command: as `brigade.js`, for a program that must be over in a moment. CommonJS, because an `import` of one
// of Node's own modules loads all that it has, and `require` only what is used.

/** Newer than this, any Node will do. */
const SURE = 23;

if (Number.parseInt(process.versions.node, 10) < SURE) {
  const { refusalForNode } = await import('./require-node.js');
  const refusal = refusalForNode(process.versions.node);
  if (refusal !== null) {
    process.stderr.write(refusal);
    process.exit(1);
  }
}
process.getBuiltinModule('node:module').createRequire(import.meta.url)('../dist/hook/brigade-hook.cjs');
