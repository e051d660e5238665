// The tests against which the rules are mutated (`npm run test:mutation`): those that run the core in this process and start nothing.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'src/core/**/*.test.ts',
      'test/core/**/*.test.ts',
      'test/histories/**/*.test.ts',
      'test/pins/**/*.test.ts',
      'test/scenarios/core.test.ts',
    ],
    setupFiles: ['test/support/isolate.ts'],
    deps: { interopDefault: false },
    testTimeout: 30_000,
    // Nothing here keeps anything between two files, and each mutant runs most of them.
    isolate: false,
  },
});
