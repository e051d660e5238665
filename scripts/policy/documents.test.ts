import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parsePolicy } from '../../src/app/policy/parse-policy.ts';
import { DEFAULT_POLICY, type Policy } from '../../src/core/governance/policy.ts';
import { SETTING_NAMES } from '../../src/core/governance/policy-settings.ts';
import { isRejection } from '../../src/core/rejection.ts';
import { anyPolicy } from '../../test/support/policy-arbitrary.ts';
import { policyExample, policyJsonSchema, withPolicyTable } from './documents.ts';

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
// Where one of them is behind: `npm run policy-documents`.
const example = read('docs/policy.example.jsonc');

describe('the JSON Schema that ships', () => {
  it('is what the code makes', () => {
    expect(read('schema/policy.schema.json')).toBe(policyJsonSchema());
  });

  it('knows each setting with its default, and takes no other key', () => {
    const schema = JSON.parse(policyJsonSchema()) as Record<string, unknown>;
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.additionalProperties).toBe(false);
    const text = policyJsonSchema();
    for (const name of SETTING_NAMES) expect(text).toContain(`"${name.split('.').at(-1)}": {`);
    expect(text).toContain('"default": 604800000');
  });

  it('takes whatever the parser takes', () => {
    const schema = z.fromJSONSchema(JSON.parse(read('schema/policy.schema.json')) as z.core.JSONSchema.JSONSchema);
    const isTaken = (policy: Policy) => schema.safeParse(policy).success;
    fc.assert(fc.property(anyPolicy, isTaken));
    for (const flawed of [
      { onPuase: 'keep' },
      { archive: 0 },
      { evidence: { minLabels: 0 } },
      { agents: { 'A?': {} } },
    ]) {
      expect(isRejection(parsePolicy({ path: '', text: JSON.stringify(flawed) }))).toBe(true);
      expect(schema.safeParse(flawed).success).toBe(false);
    }
  });
});

describe('the commented example', () => {
  it('is what the code makes', () => {
    expect(example).toBe(policyExample());
  });

  it('says each setting with its default', () => {
    expect(parsePolicy({ path: 'example', text: example })).toEqual(DEFAULT_POLICY);
  });

  it('shows patterns that are valid when their comment is taken away', () => {
    const text = example.replace(/^ {4}\/\/ (?=")/gm, '    ');
    const { agents } = parsePolicy({ path: 'example', text }) as Policy;
    expect(Object.keys(agents ?? {})).toEqual(['ci_*', 'release_manager']);
  });
});

describe('docs/policy.md', () => {
  const document = read('docs/policy.md');

  it('has the table that the code makes', () => {
    expect(document).toBe(withPolicyTable(document));
    for (const name of SETTING_NAMES) expect(document).toContain(`\n| \`${name}\` |`);
  });

  it('shows policies that are valid', () => {
    const shown = Array.from(document.matchAll(/```jsonc?\n(.*?)```/gs), ([, text = '']) => text);
    expect(shown).toHaveLength(2);
    for (const text of shown) expect(parsePolicy({ path: 'docs/policy.md', text })).not.toHaveProperty('code');
  });
});
