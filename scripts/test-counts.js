// Prints `PASSED FAILED SKIPPED` of a vitest JSON report, for .ci/run. Plain JavaScript: it runs under any Node.
//
//   node scripts/test-counts.js REPORT EXIT_CODE
//
// A file that could not be loaded, and an exit code that the counts do not explain, are one failure each.

import { existsSync, readFileSync } from 'node:fs';

const [reportPath = '', exitCode = '1'] = process.argv.slice(2);
const counts = countsOf(reportPath, exitCode !== '0');
console.log(`${counts.passed} ${counts.failed} ${counts.skipped}`);

/**
 * @param {string} path
 * @param {boolean} hasFailed
 */
function countsOf(path, hasFailed) {
  if (!existsSync(path)) return { passed: 0, failed: hasFailed ? 1 : 0, skipped: 0 };
  const report = /** @type {Report} */ (JSON.parse(readFileSync(path, 'utf8')));
  const unloadable = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const failed = report.numFailedTests + unloadable.length;
  return {
    passed: report.numPassedTests,
    failed: hasFailed && failed === 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * @typedef {object} Report
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{ status: string, assertionResults: unknown[] }[]} testResults
 */
