// `npm run figures`: writes docs/benchmarks.md and every figure in the documents anew from bench/results.json, as after a change
// of a document or of how figures are shown. Measures nothing; `npm run bench -- --publish` does. `--from bench-results/results.json`
// takes over what an earlier run of the suite measured.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { publish, writeFigures } from '../bench/suite/publish.ts';
import { keptResults, type Results } from '../bench/suite/results.ts';

const { values: flags } = parseArgs({ options: { from: { type: 'string' } } });
const changed =
  flags.from === undefined
    ? writeFigures(keptResults())
    : publish(JSON.parse(readFileSync(flags.from, 'utf8')) as Results);
console.log(changed.length === 0 ? 'All figures are as they were measured.' : `written: ${changed.join(', ')}`);
