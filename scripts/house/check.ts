// All rules on one file, less what the file allows itself with a reason:
//
//   // house-allow sleeping-test: the twenty milliseconds are the work done under the lock
//
// covers that rule on its own line and the next. An allowance that allows nothing is a finding too.

import { checkClockAndRandom } from './clock-and-random.ts';
import { checkEmptyCatch } from './empty-catch.ts';
import { checkLayers } from './layers.ts';
import { checkDocumentLinks, checkLockfile, checkMachinePaths } from './repository.ts';
import { type Finding, parseSource, type Source } from './source.ts';
import { checkSuppressions } from './suppressions.ts';
import { checkTests } from './tests.ts';

const rules = [checkLayers, checkClockAndRandom, checkSuppressions, checkEmptyCatch, checkTests];

/** Every finding in the file. `path` is relative to the repository. */
export function checkFile(path: string, text: string): readonly Finding[] {
  const found = [...checkMachinePaths(path, text)];
  if (path.endsWith('.md')) found.push(...checkDocumentLinks(path, text));
  if (path === 'package-lock.json') found.push(...checkLockfile(path, text));
  if (!/\.(ts|js)$/.test(path)) return found;
  const source = parseSource(path, text);
  if ('rule' in source) return [...found, source];
  found.push(...rules.flatMap((rule) => rule(source)));
  return applyAllowances(source, found);
}

function applyAllowances(source: Source, found: readonly Finding[]): readonly Finding[] {
  const allowances = source.comments.flatMap(({ value, end }) => {
    const match = /^\s*house-allow\s+([\w-]+):/.exec(value);
    return match?.[1] === undefined ? [] : [{ rule: match[1], line: source.lineOf(end) }];
  });
  const covers = (allowance: { rule: string; line: number }, finding: Finding): boolean =>
    allowance.rule === finding.rule && [allowance.line, allowance.line + 1].includes(finding.line);
  const idle = allowances.filter((allowance) => !found.some((finding) => covers(allowance, finding)));
  return [
    ...found.filter((finding) => !allowances.some((allowance) => covers(allowance, finding))),
    ...idle.map(({ rule, line }) => ({
      path: source.path,
      line,
      rule: 'house-allow',
      message: `${rule}: nothing here to allow`,
    })),
  ];
}
