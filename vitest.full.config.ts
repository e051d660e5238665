// The long campaigns: files named `*.campaign.test.ts`, with full counts unless BRIGADE_CAMPAIGN says otherwise; and the tests that
// are too slow for `npm test`.

import { configDefaults, defineConfig } from 'vitest/config';
import { PLAYED_ALREADY, SLOW_TESTS } from './vitest.slow.ts';

const report = process.env.BRIGADE_TEST_REPORT;
const minuteMs = 60_000;

export default defineConfig({
  test: {
    name: 'campaigns',
    include: ['src/**/*.campaign.test.ts', 'test/**/*.campaign.test.ts', ...SLOW_TESTS],
    exclude: [...configDefaults.exclude, ...(process.env.BRIGADE_CAMPAIGN === 'ci' ? PLAYED_ALREADY : [])],
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    setupFiles: ['test/support/isolate.ts'],
    env: { BRIGADE_CAMPAIGN: process.env.BRIGADE_CAMPAIGN ?? 'full' },
    maxWorkers: 2,
    deps: { interopDefault: false },
    testTimeout: 30 * minuteMs,
    hookTimeout: minuteMs,
    passWithNoTests: true,
  },
});
