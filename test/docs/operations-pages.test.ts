// The pages for whoever operates a fleet, held against the program: each alert has its page with what the code says of it, each
// refusal is explained with its exit code and status, and what the pages tell people to type is there.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { ALERT_CODES, ALERTS } from '../../src/core/alert/alert.ts';
import { FINDING_CODES } from '../../src/core/diagnosis/finding.ts';
import { DEFAULT_POLICY } from '../../src/core/governance/policy.ts';
import { SETTING_NAMES, type SettingName, settingOf } from '../../src/core/governance/policy-settings.ts';
import { REJECTION_CODES, reject } from '../../src/core/rejection.ts';
import type { Cli } from '../../src/surface/cli/cli.ts';
import { COMMANDS } from '../../src/surface/cli/command-table.ts';
import { addCommonOptions } from '../../src/surface/cli/common-options.ts';
import { exitCodeOf } from '../../src/surface/cli/exit-code.ts';
import { statusOf } from '../../src/surface/http/problem.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ALERT_PAGES = readdirSync(join(root, 'docs/alerts')).map((name) => `docs/alerts/${name}`);
const PAGES = ['docs/operations.md', 'docs/troubleshooting.md', ...ALERT_PAGES];
/** Every page that tells people what to type; not what was decided or has changed in former times. */
const ALL_PAGES = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !/^(?:adr|postmortems|testing\.md)\b/.test(name))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`),
];
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');
const operations = textOf('docs/operations.md');

describe('every alert', () => {
  it('has a page, and no other thing has one', () => {
    expect(ALERT_PAGES.toSorted()).toEqual(ALERT_CODES.map((code) => `docs/alerts/${code}.md`).toSorted());
  });

  it.each(ALERT_CODES)('%s: the page says what the code says', (code) => {
    const { severity, lasts, isIncident } = ALERTS[code];
    const [title, , first = ''] = textOf(`docs/alerts/${code}.md`).split('\n');
    expect(title).toBe(`# ${code}`);
    const facts = [
      severity === 'critical' ? 'Critical.' : 'Warning.',
      lasts ? 'Lasts as long as its cause.' : 'Happens in a moment.',
      isIncident ? 'Begins or joins an incident.' : 'No incident by itself.',
    ];
    expect(first).toBe(facts.join(' '));
  });

  it.each(ALERT_CODES)('%s: the page has meaning, thresholds, check, action', (code) => {
    const text = textOf(`docs/alerts/${code}.md`);
    const parts = [
      '**Means.**',
      '**Opens** ',
      '**closes** ',
      '## Check',
      '## Do',
      '## Do not',
      '## Keep it from coming back',
    ];
    const told = text.replaceAll('**Closes**', '**closes**');
    expect(parts.filter((part) => !told.includes(part))).toEqual([]);
    expect(text).toContain('brigade ');
  });

  it.each(ALERT_CODES)('%s stands in the table of operations.md', (code) => {
    const { severity, isIncident } = ALERTS[code];
    const row = operations
      .split('\n')
      .find((line) => line.startsWith(`| [${code}](alerts/${code}.md) | ${severity} |`));
    expect(row).toMatch(isIncident ? /\| yes \|$/ : /\| no \|$/);
  });
});

describe('every refusal', () => {
  const rows = new Map(
    Array.from(textOf('docs/troubleshooting.md').matchAll(/^\| `([A-Z_]+)` \| (\d) \| (\d{3}) \| (.+) \|$/gm)).map(
      ([, code = '', exit, status]) => [code, { exit: Number(exit), status: Number(status) }],
    ),
  );

  it('stands in the table of codes, with its exit code and its status', () => {
    const told = REJECTION_CODES.map((code) => {
      const rejection = reject(code, { message: '', next: '' });
      return [code, { exit: exitCodeOf(rejection), status: statusOf(rejection) }] as const;
    });
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(told));
  });

  it.each(['STORE_', 'CREDENTIAL_', 'AGENT_', 'WAIT_'])('of the kind %s has a section of its own', (kind) => {
    const headings =
      textOf('docs/troubleshooting.md')
        .match(/^### .+$/gm)
        ?.join('\n') ?? '';
    for (const code of REJECTION_CODES.filter((each) => each.startsWith(kind))) expect(headings).toContain(code);
  });
});

it('every finding of doctor is explained', () => {
  const care = join(root, 'src/surface/cli/care');
  const sources = readdirSync(care).filter((name) => /^(?:doctor|examine).*(?<!\.test)\.ts$/.test(name));
  const codes = sources.flatMap(
    (name) => readFileSync(join(care, name), 'utf8').match(/(?<=code: ')[A-Z_]+(?=')/g) ?? [],
  );
  const told = textOf('docs/troubleshooting.md');
  expect(codes).toContain('CHAIN_BROKEN');
  expect([...new Set(codes)].filter((code) => !told.includes(`\`${code}\``))).toEqual([]);
});

describe('what the pages name', () => {
  it.each(ALL_PAGES)('%s: commands and their options are there', async (page) => {
    const flaws: string[] = [];
    for (const line of commandsIn(textOf(page))) flaws.push(...(await flawsOf(line)));
    expect(flaws).toEqual([]);
  });

  it.each(PAGES)('%s: settings of the policy are there, with their defaults', (page) => {
    const named = textOf(page).matchAll(
      /`((?:alerts|silentHolder|retention|evidence|archive)\.[a-zA-Z]+)`(?:\s+\((\d+)(?: (min|minutes?|s))?\))?/g,
    );
    for (const [, name = '', number, unit] of named) {
      expect(SETTING_NAMES).toContain(name);
      if (number === undefined) continue;
      const value = Number(number) * (unit === undefined ? 1 : unit === 's' ? 1_000 : 60_000);
      expect([name, value]).toEqual([name, settingOf(DEFAULT_POLICY, name as SettingName)]);
    }
  });

  it.each(PAGES)('%s: findings of diagnose are there', (page) => {
    const named = textOf(page).match(/`[a-z]+_(?:holder|waiter|problem|rests|ring|storm|offers|session)`/g) ?? [];
    const known: readonly string[] = [...FINDING_CODES, ...ALERT_CODES];
    for (const name of named) expect(known).toContain(name.slice(1, -1));
  });

  it.each([...PAGES, 'README.md', 'docs/architecture.md'])('%s: links lead somewhere', (page) => {
    const dead = Array.from(textOf(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)).filter(
      ([, file = '', heading]) => !leads(file === '' ? page : join(dirname(page), file), heading),
    );
    expect(dead.map(([link]) => link)).toEqual([]);
  });
});

function leads(file: string, heading: string | undefined): boolean {
  if (!existsSync(join(root, file))) return false;
  if (heading === undefined) return true;
  const headings = textOf(file).match(/^#+ .+$/gm) ?? [];
  return headings.some((each) => anchorOf(each) === heading);
}

/** As GitHub makes it. */
function anchorOf(heading: string): string {
  const words = heading.replace(/^#+ /, '').toLowerCase();
  return words.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
}

/** Command lines in code: what stands behind `brigade`, up to a remark or the next command. */
function commandsIn(text: string): readonly string[] {
  const typed = Array.from(text.matchAll(/^(?:\$ )?brigade ([^:\n]+?)(?: +#.*)?$/gm), ([, line = '']) => line);
  const inline = Array.from(text.matchAll(/`brigade ([^`\n]+)`/g), ([, line = '']) => line);
  return [...typed, ...inline].map((line) => line.split(/ [|<>] /)[0] ?? '');
}

/** What is not there of a command line: the command, its subcommand, an option. */
async function flawsOf(line: string): Promise<readonly string[]> {
  const [name = '', ...words] = line.replaceAll(/"[^"]*"/g, 'WORD').split(' ');
  if (name === '--version' || /^[A-Z]*$/.test(name)) return [];
  // Behind the moment stands another command.
  if (name === 'at') return flawsOf(words.slice(words[1] === 'ago' ? 2 : 1).join(' '));
  const entry = COMMANDS.find((each) => each.name === name);
  if (entry === undefined) return [`there is no command: brigade ${line}`];
  const command = new Command(name);
  (await entry.load()).define(command, {} as Cli);
  const sub = command.commands.find((each) => each.name() === words[0]);
  if (
    sub === undefined &&
    command.commands.length > 0 &&
    /^[a-z]/.test(words[0] ?? '') &&
    command.registeredArguments.length === 0
  )
    return [`there is no such subcommand: brigade ${line}`];
  const asked = sub ?? command;
  addCommonOptions(asked);
  const ends = words.indexOf('--');
  const options = (ends === -1 ? words : words.slice(0, ends)).filter((word) => word.startsWith('--'));
  const missing = asked.registeredArguments.filter(({ required }) => required).length;
  const flaws = options.filter((option) => !asked.options.some(({ long }) => long === option));
  const given = givenTo(asked, sub === undefined ? words : words.slice(1));
  return [
    ...flaws.map((option) => `there is no ${option}: brigade ${line}`),
    ...(given > 0 && given < missing ? [`${missing} arguments are needed: brigade ${line}`] : []),
  ];
}

/** Words that are no options and no values of options. A page that only names a command gives none. */
function givenTo(command: Command, words: readonly string[]): number {
  let count = 0;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (word === '--') break;
    const option = command.options.find(({ long, short }) => word === long || word === short);
    if (option !== undefined) i += option.required ? 1 : 0;
    else if (!word.startsWith('-')) count += 1;
  }
  return count;
}
