// The long campaigns: files named `*.campaign.test.ts`, with full counts unless BRIGADE_CAMPAIGN says otherwise; and the tests that
// are too slow for `npm test`.

import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { LONGEST, PLAYED_ALREADY, SLOW_TESTS } from './vitest.slow.ts';

const report = process.env.BRIGADE_TEST_REPORT;
const minuteMs = 60_000;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((path) => moduleId.endsWith(path));
      return at < 0 ? LONGEST.length : at;
    };
    // oxlint-disable-next-line unicorn/no-array-sort -- the method of a sequencer, which answers a new array
    const asEver = await super.sort(files);
    return asEver.toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    name: 'campaigns',
    include: ['src/**/*.campaign.test.ts', 'test/**/*.campaign.test.ts', ...SLOW_TESTS],
    exclude: [...configDefaults.exclude, ...(process.env.BRIGADE_CAMPAIGN === 'ci' ? PLAYED_ALREADY : [])],
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    setupFiles: ['test/support/isolate.ts'],
    env: { BRIGADE_CAMPAIGN: process.env.BRIGADE_CAMPAIGN ?? 'full' },
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    deps: { interopDefault: false },
    testTimeout: 30 * minuteMs,
    hookTimeout: minuteMs,
    passWithNoTests: true,
  },
});
