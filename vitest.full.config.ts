// The long campaigns: only files named `*.campaign.test.ts`, with full counts unless BRIGADE_CAMPAIGN says otherwise.

import { defineConfig } from 'vitest/config';

const report = process.env.BRIGADE_TEST_REPORT;
const minuteMs = 60_000;

export default defineConfig({
  test: {
    name: 'campaigns',
    include: ['src/**/*.campaign.test.ts', 'test/**/*.campaign.test.ts'],
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
