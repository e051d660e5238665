// The report as a document. Texts of agents are written so that they stay texts: no table is broken by a name, and no reason
// becomes a heading.

import { counted } from '../../view/count-text.ts';
import { durationText } from '../../view/duration-text.ts';
import { oneLine } from '../../view/one-line.ts';
import { mermaidOf } from './mermaid.ts';
import type { AgentPart, Evidence, Graph, Impact, IncidentReport, LockPart, Recovery, RootCause } from './report.ts';
import { capital, namesText, offsetText } from './words.ts';

type Lines = readonly string[];

export function reportMarkdown(report: IncidentReport): string {
  const lines = [
    `# Incident ${report.incident}: ${plain(report.title)}`,
    '',
    ...headLines(report),
    ...section('Summary', [plain(report.summary, PARAGRAPH)]),
    ...section('Impact', impactLines(report.impact)),
    ...section('Root cause', report.causes.length === 0 ? [UNKNOWN] : report.causes.flatMap(causeLines)),
    ...section('Timeline', timelineLines(report)),
    ...section('Recovery', recoveryLines(report.recovery)),
    ...section('What was lost', lossLines(report)),
    ...section('Who was involved', agentLines(report.agents)),
    ...section('Locks and lines', report.locks.flatMap(lockLines)),
    ...section('Who waited for whom', report.graphs.flatMap(graphLines)),
    ...section('What would have prevented it', bullets(report.prevention.map((text) => withCode(text)))),
    ...section('Notes', noteLines(report)),
    ...section('Where this comes from', sourceLines(report)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

/** A summary is a few sentences; a ring of sixty agents makes one of them long. */
const PARAGRAPH = 8_000;

const UNKNOWN = 'Not known. The log shows what was seen, and nothing that explains it.';

/** Nothing at all where there is nothing to say. */
function section(title: string, lines: Lines): Lines {
  return lines.length === 0 ? [] : ['', `## ${title}`, '', ...trimmed(lines)];
}

function trimmed(lines: Lines): Lines {
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function headLines({ severity, state, span, earlier, beside }: IncidentReport): Lines {
  const ms = durationText(span.lastedMs);
  const lasted = { open: `open for ${ms}`, quiet: `open for ${ms} and quiet by now`, closed: `closed after ${ms}` }[
    state
  ];
  const others = [
    ...(earlier === null ? [] : [`It follows incident ${earlier}.`]),
    ...(beside.length === 0 ? [] : [`It touches incident ${namesText(beside.map(String))}.`]),
  ];
  return [
    `${capital(severity)}. Opened ${utc(span.openedAt)} UTC, ${lasted}. All times are UTC; offsets count from the opening.${others.length === 0 ? '' : ` ${others.join(' ')}`}`,
  ];
}

function impactLines({ blocked, refusals, lostLeases, grantingRestedMs }: Impact): Lines {
  const rows = blocked.map(({ agentId, waits, totalMs, longestMs, resources, outcome }) => [
    plain(agentId),
    resources.map(code).join(', '),
    String(waits),
    durationText(totalMs),
    durationText(longestMs),
    OUTCOMES[outcome],
  ]);
  const table =
    rows.length === 0 ? ['Blocked: none.'] : tableOf(['blocked', 'on', 'waits', 'in all', 'longest', 'came to'], rows);
  const { revoked, expired, dropped } = lostLeases;
  const refused = refusals.map(
    ({ code: why, count, agents }) => `at least ${count} as ${code(why)} (${plain(namesText(agents))})`,
  );
  return [
    ...table,
    '',
    ...bullets([
      `Calls refused: ${refused.length === 0 ? 'none' : refused.join('; ')}.`,
      `Leases ended against the will of their holder: ${revoked + expired + dropped === 0 ? 'none' : `${revoked} revoked, ${expired} expired, ${dropped} ended with their session`}.`,
      ...(grantingRestedMs === 0 ? [] : [`Nothing was granted to anybody for ${durationText(grantingRestedMs)}.`]),
    ]),
  ];
}

const OUTCOMES: Readonly<Record<Impact['blocked'][number]['outcome'], string>> = {
  granted: 'granted',
  withdrawn: 'withdrawn',
  timed_out: 'gave up',
  deadlock: 'ended to break a deadlock',
  session_ended: 'ended with its session',
  waiting: 'still waiting',
};

function causeLines({ code: name, text, evidence, notKnown }: RootCause, i: number): Lines {
  return [
    ...(i === 1 ? ['Also seen:', ''] : []),
    `${i === 0 ? '**' : ''}${code(name)}${i === 0 ? '**' : ''} ${plain(text)}`,
    '',
    ...bullets(evidence.map(evidenceText)),
    ...(notKnown === null ? [] : [`- Not known: ${plain(notKnown)}`]),
    '',
  ];
}

const NUMBERS = 8;

function evidenceText({ text, seqs }: Evidence): string {
  if (seqs.length === 0) return `${plain(text)}.`;
  const shown = seqs.slice(0, NUMBERS).join(', ');
  const rest = seqs.length > NUMBERS ? ` and ${seqs.length - NUMBERS} more` : '';
  return `${plain(text)} (${seqs.length === 1 ? 'number' : 'numbers'} ${shown}${rest}).`;
}

function timelineLines({ timeline, span }: IncidentReport): Lines {
  const days = new Set([span.openedAt, ...timeline.rows.map(({ at }) => at)].map((at) => at.slice(0, 10)));
  const rows = timeline.rows.map(({ at, offsetMs, seq, lastSeq, text }) => [
    days.size > 1 ? utc(at) : utc(at).slice(11),
    offsetText(offsetMs),
    lastSeq === seq ? String(seq) : `${seq}-${lastSeq}`,
    plain(text),
  ]);
  if (rows.length === 0) return ['None of its facts are in the log any more.'];
  const half = rows.length / 2;
  const gap = ['', '', '', `${timeline.leftOut} rows are left out here`];
  const shown = timeline.leftOut === 0 ? rows : [...rows.slice(0, half), gap, ...rows.slice(half)];
  const date = days.size > 1 ? [] : [`On ${span.openedAt.slice(0, 10)}.`, ''];
  return [...date, ...tableOf(['time', 'offset', 'number', 'what happened'], shown)];
}

function recoveryLines({ steps, text }: Recovery): Lines {
  const rows = steps.map(({ offsetMs, seq, text: told }) => `${offsetText(offsetMs)} ${plain(told)} (number ${seq}).`);
  return [plain(text, PARAGRAPH), ...(rows.length === 0 ? [] : ['', ...bullets(rows)])];
}

function lossLines({ losses }: IncidentReport): Lines {
  const rows = losses.checks.map(({ what, checked, found, isGood }) => [
    what,
    String(checked),
    `${isGood ? '' : '**'}${plain(found)}${isGood ? '' : '**'}`,
  ]);
  return [plain(losses.verdict, PARAGRAPH), '', ...tableOf(['what', 'checked', 'found'], rows)];
}

function agentLines(agents: readonly AgentPart[]): Lines {
  if (agents.length === 0) return ['No agent is named by its alerts.'];
  const rows = agents.map(({ agentId, client, purpose, lifecycle, sessions, lastDid }) => [
    plain(agentId) + (lifecycle === 'active' ? '' : ` (${lifecycle})`),
    plain(client) + (purpose === null ? '' : `, ${plain(purpose)}`),
    sessions.length === 0
      ? client === 'operator'
        ? ''
        : 'none known'
      : sessions.slice(0, 3).map(sessionText).join('<br>'),
    lastDid === null
      ? 'nothing that was read'
      : `${offsetText(lastDid.offsetMs)}: ${plain(lastDid.text)} (${lastDid.seq})`,
  ]);
  return tableOf(['agent', 'client', 'session now', 'last did'], rows);
}

function sessionText({ transport, state, presence, processes, ended }: AgentPart['sessions'][number]): string {
  const which = processes
    .map(({ pid, kind, host }) => `${kind} ${pid}${host === '' ? '' : ` on ${plain(host)}`}`)
    .join(', ');
  const how = transport === 'http' ? 'over HTTP' : which === '' ? 'no process' : which;
  const is = state === 'live' ? (presence === 'unknown' ? 'live' : presence) : `${state}: ${plain(ended ?? '')}`;
  return `${how}, ${is}`;
}

function lockLines({ resource, holders, line, leftOut }: LockPart): Lines {
  const held = holders.map(({ agentId, token, mode, fromOffsetMs, endOffsetMs, heldMs, end, reason }) => [
    plain(agentId),
    `${token}${mode === 'shared' ? ' (shared)' : ''}`,
    fromOffsetMs === null ? 'before' : offsetText(fromOffsetMs),
    endOffsetMs === null ? '' : offsetText(endOffsetMs),
    heldMs === null ? 'not known' : durationText(heldMs),
    plain(end),
    plain(reason),
  ]);
  const waited = line.map(({ agentId, queuedOffsetMs, waitedMs, end }) => [
    plain(agentId),
    offsetText(queuedOffsetMs),
    durationText(waitedMs),
    end,
  ]);
  return [
    `### ${code(resource)}`,
    '',
    ...(held.length === 0 ? ['Held by nobody in this time.'] : tableOf(HELD, held)),
    ...(leftOut.holders === 0 ? [] : ['', `${counted(leftOut.holders, 'earlier holder')} left out.`]),
    '',
    ...(waited.length === 0 ? ['In line: nobody.'] : ['In line, in this order:', '', ...tableOf(WAITED, waited)]),
    ...(leftOut.line === 0 ? [] : ['', `${counted(leftOut.line, 'later waiter')} left out.`]),
    '',
  ];
}

const HELD = ['held by', 'token', 'from', 'until', 'for', 'end', 'reason given'];
const WAITED = ['waiter', 'queued', 'waited', 'came to'];

function graphLines(graph: Graph): Lines {
  const { moment, offsetMs, edges, leftOut } = graph;
  const title = `${moment} (${offsetText(offsetMs)}):`;
  if (edges.length === 0) return [`${title} nobody waited.`, ''];
  const rest = leftOut === 0 ? [] : ['', `${counted(leftOut, 'more wait')} left out of the picture.`];
  return [title, '', '```mermaid', ...mermaidOf(graph), '```', ...rest, ''];
}

function noteLines({ notes }: IncidentReport): Lines {
  if (notes.length === 0) return ['None.'];
  return notes.flatMap(({ at, by, text }) => [`**${plain(by)}**, ${utc(at)}:`, '', ...quoted(text), '']);
}

/** As it was written, line by line, and still nothing but text. */
function quoted(text: string): Lines {
  return text.split(/\r\n|[\n\r\u2028\u2029]/).map((line) => `> ${plain(line, 4_096)}`.trimEnd());
}

function sourceLines({ source, losses }: IncidentReport): Lines {
  const { fromSeq, toSeq, facts, concerned, leftOut, knownFrom, isCut, firstHash, lastHash } = source;
  if (fromSeq === null) return ['The facts are no longer in the log; this is what the state of the fleet remembers.'];
  return [
    ...bullets([
      `Numbers ${fromSeq} to ${toSeq} of the log: ${counted(facts, 'fact')} read, ${concerned} of them about this incident.`,
      `Chain hash of the first batch ${code(firstHash?.slice(0, 16) ?? '')}, of the last ${code(lastHash?.slice(0, 16) ?? '')}; \`brigade doctor\` checks the whole chain.`,
      ...(knownFrom === null
        ? []
        : [`The log begins with number ${knownFrom}. What came before was cut off and is not known here.`]),
      ...(leftOut === 0 ? [] : [`${counted(leftOut, 'fact')} about it left out, because there were too many.`]),
      ...(isCut ? [`Reading stopped after ${facts} facts, before the end of the incident.`] : []),
      ...(losses.isProved ? [] : ['What was not read is not proved.']),
    ]),
  ];
}

function bullets(lines: Lines): Lines {
  return lines.map((line) => `- ${line}`);
}

function tableOf(columns: Lines, rows: readonly Lines[]): Lines {
  const line = (cells: Lines): string => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)];
}

/** `2025-11-19 23:25:07`. */
function utc(at: string): string {
  return at.slice(0, 19).replace('T', ' ');
}

/** Text that stays text, also in a cell of a table. */
function plain(text: string, length = 600): string {
  return escaped(oneLine(text, length)).replace(/^(?<mark>[#>+-])/, '\\$<mark>');
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll(/(?<mark>[|*`[\]])/g, '\\$<mark>')
    .replaceAll(/(?<!\w)_|_(?!\w)/g, '\\_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;');
}

/** Our own words, in which settings and commands stand as code. */
function withCode(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : escaped(part)))
    .join('');
}

/** A name as code; a grave accent would end it. */
function code(name: string): string {
  return `\`${oneLine(name).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}
