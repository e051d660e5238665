// Which pages the site has, and where in its navigation each stands. A page that no group names stands under the folder it lies in,
// so none is lost.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Source {
  /** In the repository, as in `docs/stores.md`. */
  readonly path: string;
  readonly title: string;
  readonly text: string;
}

export interface Group {
  readonly title: string;
  readonly pages: readonly Source[];
}

const BESIDE = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'ops/README.md'];

/** In this order; what ends in `/` is a whole folder. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  Start: ['README.md', 'docs/tutorial.md', 'docs/comparison.md', 'docs/glossary.md'],
  'How to': inOrder('docs/how-to/', ['README', 'add-an-agent', 'another-language', 'several-machines-and-ci']),
  Agents: [
    'docs/clients/',
    'docs/hooks.md',
    'docs/git.md',
    'docs/governance.md',
    'docs/policy.md',
    'docs/library.md',
    'docs/http.md',
  ],
  Fleet: ['docs/dashboard.md', 'docs/diagnosis.md', 'docs/incidents.md', 'docs/time-travel.md', 'docs/drills.md'],
  Operate: [
    'docs/operations.md',
    'docs/troubleshooting.md',
    'docs/stores.md',
    'docs/redis.md',
    'docs/etcd.md',
    'docs/scaling.md',
    'docs/benchmarks.md',
    'docs/http-access.md',
    'docs/alerts-delivery.md',
    'ops/README.md',
    'docs/alerts/',
  ],
  Explanations: [
    ...inOrder('docs/explanation/', [
      'README',
      'leases',
      'fencing',
      'fairness',
      'fleet-time',
      'belief',
      'log-and-fold',
    ]),
    'docs/guarantees.md',
    'docs/architecture.md',
  ],
  Reference: inOrder('docs/reference/', ['README', 'tools', 'commands', 'routes', 'codes']),
  Project: [
    'docs/releasing.md',
    'CHANGELOG.md',
    'SECURITY.md',
    'CONTRIBUTING.md',
    'docs/testing.md',
    'docs/postmortems/',
    'docs/adr/',
  ],
};

/** These first, and then what else is in the folder. */
function inOrder(folder: string, names: readonly string[]): readonly string[] {
  return [...names.map((name) => `${folder}${name}.md`), folder];
}

/** Every page, read from the repository at `root`. A folder that has no page of its own gets one that lists the others. */
export function readSources(root: string): readonly Source[] {
  const names = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const paths = names.filter((name) => name.endsWith('.md')).map((name) => `docs/${name.replaceAll('\\', '/')}`);
  const found = [...BESIDE, ...paths.toSorted()].map((path) => sourceOf(path, readFileSync(join(root, path), 'utf8')));
  const folders = new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/') + 1)));
  const bare = [...folders].filter((folder) => folder !== 'docs/' && !paths.includes(`${folder}README.md`));
  return [...found, ...bare.map((folder) => listOf(folder, found))];
}

export function groupsOf(sources: readonly Source[]): readonly Group[] {
  const left = new Map(sources.map((source) => [source.path, source]));
  const take = (entry: string): readonly Source[] => {
    const taken = [...left.values()].filter(({ path }) =>
      entry.endsWith('/') ? path.startsWith(entry) : path === entry,
    );
    for (const { path } of taken) left.delete(path);
    return taken.toSorted((a, b) => Number(isFirst(b)) - Number(isFirst(a)));
  };
  const groups = Object.entries(GROUPS).map(([title, entries]) => ({ title, pages: entries.flatMap(take) }));
  return left.size === 0 ? groups : [...groups, { title: 'More', pages: [...left.values()] }];
}

function isFirst({ path }: Source): boolean {
  return path.endsWith('/README.md');
}

function sourceOf(path: string, text: string): Source {
  const [, title = path] = /^# (.+)$/m.exec(text) ?? [];
  return { path, title: title.replaceAll('`', ''), text };
}

const TITLES: Readonly<Record<string, string>> = {
  'docs/adr/': 'Decisions',
  'docs/alerts/': 'Alerts',
  'docs/postmortems/': 'Postmortems',
};

function listOf(folder: string, sources: readonly Source[]): Source {
  const title = TITLES[folder] ?? folder;
  const pages = sources.filter(({ path }) => path.startsWith(folder));
  const lines = pages.map((page) => `- [${page.title}](${page.path.slice(folder.length)})`);
  return { path: `${folder}README.md`, title, text: `# ${title}\n\n${lines.join('\n')}\n` };
}
