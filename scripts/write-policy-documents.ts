// `npm run policy-documents`: writes the JSON Schema of a policy that ships, its commented example, and the table in
// docs/policy.md. A test tells when they are behind.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { policyExample, policyJsonSchema, withPolicyTable } from './policy/documents.ts';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

writeFileSync(at('schema/policy.schema.json'), policyJsonSchema());
writeFileSync(at('docs/policy.example.jsonc'), policyExample());
writeFileSync(at('docs/policy.md'), withPolicyTable(readFileSync(at('docs/policy.md'), 'utf8')));
