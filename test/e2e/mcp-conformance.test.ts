// The official conformance suite of MCP against the real server, with the fixtures that it wants. Every scenario passes, but those in
// test/conformance/not-applicable.json, each with its reason; and none of those passes, so that the list tells the truth.

import { readFileSync } from 'node:fs';
import { InMemoryServerEventBus } from '@modelcontextprotocol/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Served } from '../../src/surface/http/run-serve.ts';
import { dressForConformance } from '../support/conformance-fixtures.ts';
import { runConformance } from '../support/conformance-suite.ts';
import { Scratch } from '../support/scratch.ts';
import { serve } from '../support/serve-here.ts';

const LIST = new URL('../conformance/not-applicable.json', import.meta.url);
const notApplicable = JSON.parse(readFileSync(LIST, 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, string>>>
>;

let scratch: Scratch;
let served: Served;

beforeAll(async () => {
  scratch = new Scratch();
  const offers = new InMemoryServerEventBus();
  served = await serve(scratch, { mcp: { dress: (server) => dressForConformance(server, offers), offers } });
});
afterAll(async () => {
  await served.stop();
  await scratch.close();
});

describe.each([
  ['2025-11-25', 30],
  ['2026-07-28', 37],
])('MCP %s', (revision, required) => {
  it('is served as the official suite wants it', async () => {
    const verdicts = [...(await runConformance(`${served.url}/mcp`, revision))];
    const notPassed = verdicts.filter(([, verdict]) => verdict !== 'passes').map(([scenario]) => scenario);
    expect(notPassed.toSorted()).toEqual(Object.keys(notApplicable[revision] ?? {}).toSorted());
    expect(verdicts.length - notPassed.length).toBeGreaterThanOrEqual(required);
  });

  it('has a reason for each scenario that does not apply', () => {
    for (const reason of Object.values(notApplicable[revision] ?? {})) expect(reason).toMatch(/^[A-Z].{20,}\.$/);
  });
});

it('has no list of another revision', () => {
  expect(Object.keys(notApplicable)).toEqual(['2025-11-25', '2026-07-28']);
});
