// `npm run reference`: writes docs/reference from the code. A test tells when it is behind.

import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { referencePages } from './reference/pages.ts';

const folder = new URL('../docs/reference/', import.meta.url);
const pages = await referencePages();
for (const name of readdirSync(folder)) if (!pages.has(name)) rmSync(new URL(name, folder));
for (const [name, text] of pages) writeFileSync(new URL(name, folder), text);
console.log(`${pages.size} pages in ${fileURLToPath(folder)}`);
process.exit(0);
