// `npm run docs`: the documentation as a site in site/, to be read from there or put on any server. Exits 1 where a link leads
// nowhere.

import { fileURLToPath } from 'node:url';
import { buildSite } from './site/build-site.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { pages, dead } = await buildSite(root, fileURLToPath(new URL('../site', import.meta.url)));
for (const link of dead) console.error(`leads nowhere: ${link}`);
if (dead.length > 0) process.exitCode = 1;
else console.log(`${pages} pages in site/, from site/index.html`);
