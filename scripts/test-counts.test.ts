// The closing line of .ci/run adds up what this script says of each report: a failure must never be counted as nothing.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('test-counts.js', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brigade-counts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('test counts', () => {
  const counts = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 };
  const loaded = { status: 'failed', assertionResults: [{}] };
  const unloadable = { status: 'failed', assertionResults: [] };

  it('are those of the report, with skipped and todo together', () => {
    expect(countsOf({ ...counts, testResults: [loaded] }, 1)).toBe('5 1 3');
  });

  it('count a file that could not be loaded as a failure', () => {
    expect(countsOf({ ...counts, numFailedTests: 0, testResults: [unloadable] }, 1)).toBe('5 1 3');
  });

  it('count an exit code that the report does not explain as a failure', () => {
    expect(countsOf({ ...counts, numFailedTests: 0, testResults: [] }, 137)).toBe('5 1 3');
  });

  it('count a failed run without a report as a failure', () => {
    expect(countsOf(undefined, 1)).toBe('0 1 0');
  });
});

function countsOf(report: unknown, exitCode: number): string {
  const path = join(folder, 'report.json');
  if (report !== undefined) writeFileSync(path, JSON.stringify(report));
  return spawnSync(process.execPath, [script, path, String(exitCode)], { encoding: 'utf8' }).stdout.trim();
}
