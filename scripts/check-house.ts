// The house rules that neither the compiler nor the linters know, on every file of the repository: `npm run lint` runs it,
// docs/testing.md lists it. Prints `path:line rule: message`, exits 1 when there is a finding.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { checkFile } from './house/check.ts';

const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' });
const paths = listed.split('\n').filter((path) => path !== '' && existsSync(path));
const findings = paths.flatMap((path) => checkFile(path, readFileSync(path, 'utf8')));

for (const { path, line, rule, message } of findings) console.log(`${path}:${line} ${rule}: ${message}`);
console.log(`${paths.length} files, ${findings.length} findings`);
process.exitCode = findings.length > 0 ? 1 : 0;
