// The commands of README, tutorial and how-to pages, carried out in the order of the page, each in a terminal of a scratch repository:
// they end with the exit code that the page says, and show what it shows. What clients do in between is played.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BEFORE, NOT_RUN } from './not-run.ts';
import { missingIn, type Step, stepsIn } from './page.ts';
import { Stage } from './stage.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');
const HOW_TO = readdirSync(join(root, 'docs/how-to')).map((name) => `docs/how-to/${name}`);
const PAGES = ['README.md', 'docs/tutorial.md', ...HOW_TO.filter((page) => stepsIn(textOf(page)).length > 0)];

const reasonFor = (page: string, line: string): string | undefined =>
  NOT_RUN.find((each) => each.page === page && each.line === line)?.why;

describe('what cannot be run here', () => {
  it('stands on its page still, and says why', () => {
    const gone = NOT_RUN.filter(
      ({ page, line }) => !stepsIn(textOf(page)).some((step) => step.kind === 'run' && step.line === line),
    );
    expect(gone).toEqual([]);
    expect(NOT_RUN.filter(({ why }) => why.length < 10)).toEqual([]);
    const setUp = BEFORE.filter(({ page, line }) => !textOf(page).includes(line));
    expect(setUp).toEqual([]);
  });
});

describe.each(PAGES)('%s', (page) => {
  it('does what it says', { timeout: 300_000 }, async () => {
    const stage = new Stage();
    try {
      expect(await firstFlaw(stage, page)).toBeNull();
    } finally {
      await stage.close();
    }
  });
});

/** The first step of the page that does not come out as it says, and what came instead. */
async function firstFlaw(stage: Stage, page: string): Promise<object | null> {
  let shown = '';
  for (const step of stepsIn(textOf(page))) {
    const { flaw, text } = await carriedOut(stage, { page, step, shown });
    if (flaw !== null) return { page, ...step, ...flaw, shown: text };
    shown = text;
  }
  return null;
}

interface Moment {
  readonly page: string;
  readonly step: Step;
  /** By the step before. */
  readonly shown: string;
}

interface CarriedOut {
  readonly flaw: object | null;
  readonly text: string;
}

async function carriedOut(stage: Stage, { page, step, shown }: Moment): Promise<CarriedOut> {
  if (step.kind === 'play') return { flaw: null, text: await stage.play(step.what) };
  if (step.kind === 'see') {
    const missing = missingIn(shown, step.text);
    return { flaw: missing === null ? null : { missing }, text: shown };
  }
  const { line, exitCode } = step;
  if (reasonFor(page, line) !== undefined) return { flaw: null, text: '' };
  for (const { what } of BEFORE.filter((each) => each.page === page && each.line === line))
    for (const each of what) await stage.play(each);
  const { code, stdout, stderr } = await stage.run(line);
  return { flaw: code === exitCode ? null : { code }, text: stdout + stderr };
}
