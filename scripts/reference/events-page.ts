// docs/reference/events.md: every type of event with its facts, read from the declaration that the compiler holds the code to.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';
import { eventVersion } from '../../src/core/event.ts';
import { EVENT_TYPES } from '../../src/core/event-types.ts';
import { fenced, table } from './markdown.ts';

const FILE = fileURLToPath(new URL('../../src/core/event.ts', import.meta.url));

const INTRO = `# Events

Everything that ever happened in a fleet is one of these facts, in one order; all state is their fold. \`brigade watch --json\`, \`brigade export\`, \`GET /v1/events\` and \`/v1/stream\` show them.
Besides its own facts every event has:`;

const HEAD = [
  ['`seq`', 'its number in the log; that of a grant is the fencing token of the lease'],
  ['`at`', 'fleet time in milliseconds, which only goes forward'],
  ['`wallAt`', 'what the clock on the wall said, for people; never compared'],
  ['`type`, `version`', 'what happened, and in which version of its type it is written'],
  ['`actor`', 'who did it: a session, an operator, policy, or time'],
  ['`agentId`, `sessionId`, `resource`, `token`', 'whom and what it concerns, where it concerns one'],
  ['`requestId`, `cause`', 'the call it came from, and the event it followed from'],
  ['`hash`', 'of its batch, in the chain'],
] as const;

interface Fact {
  readonly type: string;
  readonly comment: string;
  readonly members: string;
}

export function eventsPage(): string {
  const facts = factsIn(readFileSync(FILE, 'utf8'));
  const missing = EVENT_TYPES.filter((type) => !facts.some((each) => each.type === type));
  if (missing.length > 0) throw new Error(`events without a declaration: ${missing.join(', ')}`);
  const groups = Map.groupBy(facts, ({ type }) => type.split('.')[0] ?? '');
  const sections = [...groups].map(([group, each]) => `## ${group}\n\n${each.map(sectionOf).join('\n\n')}`);
  return [INTRO, table(['fact', ''], HEAD), ...sections].join('\n\n');
}

function sectionOf({ type, comment, members }: Fact): string {
  const version = eventVersion(type);
  const about = [comment, version > 1 ? `Written in version ${version}.` : ''].filter((each) => each !== '').join(' ');
  return [`### ${type}`, about, fenced('ts', members)].filter((each) => each !== '').join('\n\n');
}

/** The members of `interface EventFacts`, with the comment before each. */
function factsIn(text: string): readonly Fact[] {
  const { program, comments } = parseSync(FILE, text);
  const declared = program.body.flatMap((node) =>
    node.type === 'ExportNamedDeclaration' && node.declaration?.type === 'TSInterfaceDeclaration'
      ? [node.declaration]
      : [],
  );
  const found = declared.find(({ id }) => id.name === 'EventFacts');
  if (found === undefined) throw new Error('there is no EventFacts');
  let before = found.body.start;
  return found.body.body.map((member) => {
    if (member.type !== 'TSPropertySignature' || member.key.type !== 'Literal') throw new Error('not a fact');
    const own = comments.filter(({ start, end }) => start > before && end <= member.start);
    before = member.end;
    const type = member.typeAnnotation?.typeAnnotation;
    const members = type === undefined ? '' : outdented(text.slice(type.start, type.end));
    return { type: String(member.key.value), comment: own.map(({ value }) => plain(value)).join(' '), members };
  });
}

function outdented(text: string): string {
  return text.replaceAll(/^ {2}/gm, '');
}

function plain(comment: string): string {
  return comment
    .replaceAll(/^\s*\*+ ?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
