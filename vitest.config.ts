// Two levels. `unit`: tests beside the code, pure or nearly so. `system`: everything under test/ (scenarios, contract,
// simulation, real processes) save what takes longest. Campaigns run here too, with short counts; `vitest.full.config.ts` runs
// the long ones, and what is left out here.

import { configDefaults, defineConfig } from 'vitest/config';
import { SLOW_CAMPAIGNS, SLOW_TESTS } from './vitest.slow.ts';

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
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'dashboard/src/**/*.test.ts', 'bench/**/*.test.ts'],
          testTimeout: 10_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...SLOW_TESTS, ...SLOW_CAMPAIGNS],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
