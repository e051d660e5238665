// Each rule shown red on a bad snippet, and green on the nearest good one.

import { describe, expect, it } from 'vitest';
import { checkFile } from './check.ts';

function rulesBroken(path: string, text: string): readonly string[] {
  return checkFile(path, text).map((finding) => finding.rule);
}

describe('layers', () => {
  it.each([
    ['src/core/lease/acquire.ts', "import { open } from '../../adapters/sqlite/store.ts';"],
    ['src/core/lease/acquire.ts', "import { commit } from '../../app/commit-loop.ts';"],
    ['src/core/lease/acquire.ts', "import type { Clock } from '../../ports/clock.ts';"],
    ['src/core/audit/chain.ts', "import { createHash } from 'node:crypto';"],
    ['src/core/audit/chain.ts', "import { z } from 'zod';"],
    ['src/ports/clock.ts', "import { x } from '../app/x.ts';"],
    ['src/app/tail.ts', "import { x } from '../adapters/memory/store.ts';"],
    ['src/app/tail.ts', "import { x } from '../surface/cli/main.ts';"],
    ['src/app/tail.ts', "export { x } from '../surface/cli/main.ts';"],
    ['src/app/tail.ts', "const x = await import('../surface/cli/main.ts');"],
    ['src/app/tail.ts', "import { pino } from 'pino';"],
    ['src/adapters/memory/store.ts', "import { x } from '../../app/tail.ts';"],
    ['src/surface/cli/main.ts', "import { x } from '../../adapters/sqlite/store.ts';"],
    ['src/surface/cli/main.ts', "import { x } from '../../ports/logger.ts';"],
    ['src/compose.ts', "import { x } from './surface/cli/main.ts';"],
    ['src/app/tail.ts', "import { x } from '../../test/support/x.ts';"],
    ['src/misc/x.ts', 'export const x = 1;'],
  ])('%s: %s is refused', (path, text) => {
    expect(rulesBroken(path, text)).toEqual(['layers']);
  });

  it.each([
    ['src/surface/cli/main.ts', "import { compose } from '../../compose.ts';"],
    ['src/surface/cli/main.ts', "import type { Logger } from '../../ports/logger.ts';"],
    ['src/app/tail.ts', "import { decide } from '../core/decide.ts';"],
    ['src/adapters/sqlite/store.ts', "import type { EventStore } from '../../ports/event-store.ts';"],
    ['src/core/fleet-state.ts', "import BTree from 'sorted-btree';"],
    ['src/app/tail.test.ts', "import { MemoryStore } from '../adapters/memory/store.ts';"],
  ])('%s: %s is allowed', (path, text) => {
    expect(rulesBroken(path, text)).toEqual([]);
  });

  it('says what is allowed from here', () => {
    const [finding] = checkFile('src/ports/clock.ts', "\nimport { x } from '../app/x.ts';");
    expect(finding).toMatchObject({ line: 2, message: 'ports may not import src/app/x.ts; from here: ports, core' });
  });
});

describe('clock-and-random', () => {
  it.each([
    'Date.now()',
    'new Date()',
    'Date()',
    'performance.now()',
    'globalThis.performance.now()',
    'process.hrtime.bigint()',
    'Math.random()',
    'crypto.randomUUID()',
    'globalThis.crypto.getRandomValues(bytes)',
  ])('%s is refused outside adapters/system', (expression) => {
    const text = `export const at = ${expression};`;
    expect(rulesBroken('src/core/lease/expire.ts', text)).toEqual(['clock-and-random']);
    expect(rulesBroken('test/simulation/run.ts', text)).toEqual(['clock-and-random']);
    expect(rulesBroken('src/adapters/system/clock.ts', text)).toEqual([]);
  });

  it.each(["import { randomBytes } from 'node:crypto';", "import { performance } from 'node:perf_hooks';"])(
    '%s is refused outside adapters/system',
    (text) => {
      expect(rulesBroken('src/surface/cli/main.ts', text)).toEqual(['clock-and-random']);
      expect(rulesBroken('src/adapters/system/ids.ts', text)).toEqual([]);
    },
  );

  it('lets a stored time be turned into words', () => {
    expect(rulesBroken('src/core/view/x.ts', 'export const text = new Date(atMs).toISOString();')).toEqual([]);
    expect(rulesBroken('src/adapters/sqlite/x.ts', "import { createHash } from 'node:crypto';")).toEqual([]);
  });
});

describe('suppressions', () => {
  it.each([
    '// @ts-ignore\nf();',
    '// @ts-ignore: with a reason, but it also hides the next error\nf();',
    '// @ts-expect-error\nf();',
    '// biome-ignore lint/style/useConst:\nf();',
    '// oxlint-disable-next-line no-console\nf();',
    '/* v8 ignore next */\nf();',
    'export function f(value: any): void {}',
    'export const rows = [] as any[];',
  ])('%s is refused', (text) => {
    expect(rulesBroken('src/app/x.ts', text)).toContain('suppressions');
  });

  it.each([
    '// @ts-expect-error the published types lack this option\nf();',
    '// biome-ignore lint/style/useConst: assigned by the generated part below\nf();',
    '// oxlint-disable-next-line no-console -- this script prints its findings\nf();',
    '// biome-ignore lint/suspicious/noExplicitAny: the driver types say any here\nexport type Row = any;',
  ])('%s is allowed', (text) => {
    expect(rulesBroken('src/app/x.ts', text)).toEqual([]);
  });
});

describe('empty-catch', () => {
  it.each([
    'try { f(); } catch {}',
    'try { f(); } catch (error) { }',
    'f().catch(() => {});',
    'f().catch(() => undefined);',
  ])('%s is refused', (text) => {
    expect(rulesBroken('src/app/x.ts', text)).toEqual(['empty-catch']);
  });

  it.each([
    'try { f(); } catch { // gone already, which is what was wanted\n}',
    'try { f(); } catch (error) { report(error); }',
    'f().catch((error) => report(error));',
  ])('%s is allowed', (text) => {
    expect(rulesBroken('src/app/x.ts', text)).toEqual([]);
  });
});

describe('tests', () => {
  it.each(["it.skip('x', f);", "it.only('x', f);", "describe.skip('x', f);", "test.todo('x');", "xit('x', f);"])(
    '%s is refused',
    (text) => {
      expect(rulesBroken('src/app/x.test.ts', text)).toEqual(['skipped-test']);
    },
  );

  it.each([
    'await new Promise((resolve) => setTimeout(resolve, 100));',
    'await new Promise((resolve) => { setTimeout(() => resolve(), 100); });',
    "import { setTimeout as wait } from 'node:timers/promises';\nawait wait(100);",
    "import * as timers from 'node:timers/promises';\nawait timers.setTimeout(100);",
    'await sleep(100);',
    'for (let i = 0; i < 10; i += 1) await sleep(100);',
    'while (true) await sleep(100);',
  ])('%s sleeps', (text) => {
    expect(rulesBroken('test/e2e/x.test.ts', text)).toEqual(['sleeping-test']);
  });

  it.each([
    'while (!isThere()) await sleep(10);',
    'for (;;) { if (isThere()) break; await sleep(10); }',
    'await new Promise((resolve) => child.once("exit", resolve));',
    'await new Promise((resolve) => setImmediate(resolve));',
    '// house-allow sleeping-test: these are the milliseconds of work under the lock\nawait sleep(20);',
  ])('%s does not', (text) => {
    expect(rulesBroken('test/e2e/x.test.ts', text)).toEqual([]);
  });

  it('wants campaigns where the full run finds them', () => {
    const text = "import { campaignCount } from '../support/campaign.ts';";
    expect(rulesBroken('test/simulation/seeds.test.ts', text)).toEqual(['campaign-name']);
    expect(rulesBroken('test/simulation/seeds.campaign.test.ts', text)).toEqual([]);
  });
});

describe('repository', () => {
  it.each([
    'see /home/jane/brigade',
    'see /Users/jane/brigade',
    'in /root/brigade',
    'cd /work/brigade',
    'C:\\Users\\jane',
  ])('%s is a path of one machine', (text) => {
    expect(rulesBroken('docs/x.md', text)).toEqual(['machine-path']);
  });

  it('allows the people of our examples, and web addresses', () => {
    expect(rulesBroken('docs/x.md', '/home/ana/shop and https://example.org/work/x')).toEqual([]);
  });

  it.each(['[the rules](rules.md)', '`src/core/lease/steal.ts`', '[the tool](../scripts/house/none.ts#top)'])(
    '%s leads to nothing',
    (text) => {
      expect(rulesBroken('docs/x.md', text)).toEqual(['document-link']);
    },
  );

  it('follows the links that lead somewhere', () => {
    const text = '[a](../package.json) [b](https://example.org) `scripts/house/check.ts` `src/*/x.ts` [c](#here)';
    expect(rulesBroken('docs/x.md', text)).toEqual([]);
  });

  it('refuses a second zod and a recorded registry', () => {
    const packages = {
      'node_modules/zod': {},
      'node_modules/a/node_modules/zod': {},
      b: { resolved: 'https://r/b.tgz' },
    };
    expect(rulesBroken('package-lock.json', JSON.stringify({ packages }))).toEqual(['one-zod', 'lockfile']);
  });
});

describe('syntax', () => {
  it('reports what it cannot read, and does not stop there', () => {
    expect(rulesBroken('src/app/x.ts', 'function {')).toEqual(['syntax']);
  });
});

describe('house-allow', () => {
  it('must allow something, and say why', () => {
    expect(rulesBroken('test/x.test.ts', '// house-allow sleeping-test: nothing sleeps here any more\nf();')).toEqual([
      'house-allow',
    ]);
    expect(rulesBroken('test/x.test.ts', '// house-allow sleeping-test:\nawait sleep(20);')).toEqual(['suppressions']);
  });
});
