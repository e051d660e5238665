// Every page under docs/reference, made from the code.

import { withPolicyTable } from '../policy/documents.ts';
import { codesPage } from './codes-page.ts';
import { commandsPage } from './commands-page.ts';
import { eventsPage } from './events-page.ts';
import { table } from './markdown.ts';
import { metricsPage } from './metrics-page.ts';
import { routesPage } from './routes-page.ts';
import { toolsPage } from './tools-page.ts';

const PAGES: Readonly<Record<string, { readonly about: string; readonly make: () => string | Promise<string> }>> = {
  'tools.md': { about: 'MCP tools: what they take, what they answer, an example of each', make: toolsPage },
  'commands.md': { about: 'the command line, its options and exit codes', make: commandsPage },
  'routes.md': { about: 'REST: routes, parameters, credentials', make: routesPage },
  'codes.md': { about: 'refusals with exit code and status, alerts, findings', make: codesPage },
  'events.md': { about: 'what the log says, fact by fact', make: eventsPage },
  'metrics.md': { about: 'what Prometheus can scrape', make: metricsPage },
  'policy.md': { about: 'settings of a policy, with defaults, bounds and reasons', make: policyPage },
};

const MADE = '<!-- Made from the code by `npm run reference`. -->';

/** Name and text of each page. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  const pages = new Map([['README.md', page(indexPage())]]);
  for (const [name, { make }] of Object.entries(PAGES)) pages.set(name, page(await make()));
  return pages;
}

function page(text: string): string {
  return `${MADE}\n\n${text.trim()}\n`;
}

function indexPage(): string {
  const rows = Object.entries(PAGES).map(([name, { about }]) => [`[${name.replace('.md', '')}](${name})`, about]);
  const about =
    'Made from the code, so it says what this version does. A test tells when a page is behind (`npm run reference`).';
  return `# Reference\n\n${about} [What a version promises](../releasing.md) of it.\n\n${table(['page', ''], rows)}`;
}

function policyPage(): string {
  const intro = `# Policy

[Policy](../policy.md) tells how one is written, checked and put in force. The same as a JSON Schema is \`brigade/policy.schema.json\` in the package, and as a commented file
[policy.example.jsonc](../policy.example.jsonc).`;
  return withPolicyTable(`${intro}\n\n| setting |\n| --- |\n\n`);
}
