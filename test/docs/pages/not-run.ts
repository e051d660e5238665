// What of the pages a test cannot do as it stands there, with the reason; and what must have happened before a command of a page
// that shows commands one after the other without a story.

export interface NotRun {
  readonly page: string;
  readonly line: string;
  readonly why: string;
}

const INSTALLS = 'it installs for the whole machine, from the registry; `npm run check:nodes` installs the package';
const INSTALLED = 'it is what has just been done where tests run';
const ASKS = 'it asks a person at a terminal; test/e2e/init.test.ts types the answers';

export const NOT_RUN: readonly NotRun[] = [
  { page: 'README.md', line: 'npm ci', why: INSTALLED },
  { page: 'README.md', line: 'npm start', why: 'it runs until Ctrl-C; scripts/check-start.js starts it' },
  { page: 'README.md', line: 'npm install --global .', why: INSTALLS },
  { page: 'README.md', line: 'brigade init', why: ASKS },
  { page: 'README.md', line: 'brigade init --scope user --client claude-code codex --hooks', why: ASKS },
  { page: 'README.md', line: 'brigade watch', why: 'it runs until Ctrl-C; test/e2e/cli-look.test.ts ends it' },
  {
    page: 'README.md',
    line: 'brigade store copy sqlite:.brigade/brigade.db redis://cache#shop',
    why: 'it needs a Redis of that name; test/e2e/store-moves.test.ts moves fleets between real ones',
  },
  { page: 'docs/tutorial.md', line: 'npm ci', why: INSTALLED },
  { page: 'docs/tutorial.md', line: 'npm install --global .', why: INSTALLS },
  {
    page: 'docs/how-to/several-machines-and-ci.md',
    line: 'brigade serve --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem --allow-host brigade.example.org',
    why: 'it runs until Ctrl-C, for other hosts; test/e2e/serve-open.test.ts serves by TLS',
  },
  {
    page: 'docs/how-to/several-machines-and-ci.md',
    line: 'brigade doctor',
    why: 'it needs a Redis on another machine; test/e2e/store-servers.test.ts asks doctor of real ones',
  },
  { page: 'docs/how-to/upgrade.md', line: 'npm install --global brigade@latest', why: INSTALLS },
  { page: 'docs/how-to/remove.md', line: 'npm uninstall --global brigade', why: INSTALLS },
];

export interface Before {
  readonly page: string;
  readonly line: string;
  readonly what: readonly string[];
}

export const BEFORE: readonly Before[] = [
  { page: 'README.md', line: 'brigade status', what: ['the-operator is-here', 'ana locks task:dish'] },
  { page: 'README.md', line: 'brigade ask src/app.ts "two minutes?"', what: ['ana locks src/app.ts'] },
  { page: 'README.md', line: 'brigade messages --wait 5m', what: ['ana writes The kitchen closes at ten.'] },
];
