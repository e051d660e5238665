// Two levels. `unit`: tests beside the code, pure or nearly so. `system`: everything under test/ (scenarios, contract,
// simulation, real processes). Campaigns run here too, with short counts; `vitest.full.config.ts` runs the long ones.

import { configDefaults, defineConfig } from 'vitest/config';

const report = process.env.BRIGADE_TEST_REPORT;

export default defineConfig({
  test: {
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    // Every test that reaches the state folder names its own; this one only keeps a forgotten one out of the user's.
    setupFiles: ['test/support/isolate.ts'],
    maxWorkers: 2,
    // CommonJS packages are imported the way Node imports them, which is how they are used when shipped.
    deps: { interopDefault: false },
    coverage: { provider: 'v8', include: ['src/**/*.ts'], exclude: ['src/**/*.test.ts'] },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'], testTimeout: 10_000 },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          // It needs Debian's Prometheus, which not everybody has who changes a line; the full run wants it.
          exclude: [...configDefaults.exclude, 'test/campaigns/ops.campaign.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
