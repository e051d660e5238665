import type { Command } from 'commander';
import type { FeedEvent } from '../../../app/coordinator.ts';
import { concerns } from '../../../core/audit/concerns.ts';
import type { EventOf } from '../../../core/event.ts';
import { reject } from '../../../core/rejection.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { sentenceOf } from '../../../core/view/sentence.ts';
import type { Cli } from '../cli.ts';
import { type Context, perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { type CutOff, cutOffLine, KeptFeed } from '../kept-feed.ts';
import type { SeenFleet } from '../open-fleet.ts';
import type { Look } from '../output/screen.ts';
import { wholeOption } from '../parse/options.ts';
import { progressNote } from '../text/progress-note.ts';

/** What says nothing of an agent's work. `brigade watch --all` has it. */
const QUIET = new Set([
  'session.active',
  'session.attached',
  'session.detached',
  'session.handle_renewed',
  'lease.renewed',
  'wait.parked',
  'wait.left',
  'messages.read',
]);
const SHOWN = 50;
const SHOWN_MAX = 10_000;
/** Of one field of an imported record. */
const FIELD_LENGTH = 120;

export function define(command: Command, cli: Cli): void {
  command
    .argument('<agent>', 'as `brigade agents --all` names it')
    .option('--limit <n>', `at most so many of what happened last (${SHOWN})`, wholeOption)
    .addHelpText('after', '\nNewest last. What agents write to each other is not shown.')
    .action((agentId: string, { limit = SHOWN }: { readonly limit?: number }) =>
      perform(command, cli, async (context) => {
        if (limit < 1 || limit > SHOWN_MAX) return context.refuse(badLimit(limit));
        const fleet = await context.look();
        const history = await readHistory(context, fleet, agentId, limit);
        if (history.total === 0 && !(await isKnown(fleet, agentId))) return context.refuse(unknown(agentId));
        context.tell(documentOf(agentId, history, fleet), (look) => linesOf(agentId, history, look));
        return EXIT.done;
      }),
    );
}

interface History {
  /** The last of them, oldest first. */
  readonly events: readonly FeedEvent[];
  readonly total: number;
  readonly imported: EventOf<'agent.imported'> | null;
  /** Lines of history in another system. */
  readonly lines: number;
  /** What retention has cut off before it; null where the log is kept from its beginning. */
  readonly cutOff: CutOff | null;
}

/** One pass over the log, from the first event that is kept; only what is shown is held. */
async function readHistory(context: Context, fleet: SeenFleet, agentId: string, limit: number): Promise<History> {
  const progress = progressNote(context, fleet.clock, { besideResults: false });
  const kept = new KeptFeed(fleet);
  const events: FeedEvent[] = [];
  let total = 0;
  let imported: History['imported'] = null;
  let lines = 0;
  for await (const event of kept.read()) {
    progress.show(`reading number ${event.seq}`);
    if (!concerns(event, agentId) || QUIET.has(event.type)) continue;
    total += 1;
    if (event.type === 'agent.imported') imported = event;
    if (event.type === 'history.imported') lines = event.after + event.rows.length;
    events.push(event);
    if (events.length >= 2 * limit) events.splice(0, events.length - limit);
  }
  progress.end();
  return { events: events.slice(-limit), total, imported, lines, cutOff: kept.cutOff };
}

async function isKnown({ coordinator }: SeenFleet, agentId: string): Promise<boolean> {
  const { items } = await coordinator.view({ kind: 'agents', agentId, all: true });
  return items.length > 0;
}

function documentOf(agentId: string, history: History, { worktree }: SeenFleet): unknown {
  const { events, total, imported, lines, cutOff } = history;
  const told = events.map((event) => {
    const { seq, wallAt: at, type, actor } = event;
    return { seq, at, type, actor, sentence: sentenceOf(event, worktree.id) };
  });
  const record =
    imported === null
      ? null
      : {
          importedAt: imported.wallAt,
          source: imported.source,
          lifecycle: imported.lifecycle,
          record: imported.record,
        };
  return { agentId, imported: record, importedLines: lines, events: told, total, cutOff };
}

function linesOf(agentId: string, history: History, look: Look): readonly string[] {
  const { events, total, cutOff } = history;
  const { paint, reader } = look;
  const shown = events.map(
    (event) =>
      `${paint.faint(`${String(event.seq).padStart(6)}  ${localTime(event.wallAt)}`)}  ${sentenceOf(event, reader)}`,
  );
  const cut = total > events.length ? [paint.faint(`the last ${events.length} of ${total}; --limit shows more`)] : [];
  const before = cutOff === null ? [] : [paint.faint(cutOffLine(cutOff))];
  return [...importedLines(agentId, history, look), ...before, ...cut, ...shown];
}

function importedLines(agentId: string, { imported, lines }: History, { paint }: Look): readonly string[] {
  if (imported === null && lines === 0) return [];
  const kept =
    lines === 0
      ? []
      : [`  ${lines.toLocaleString('en-GB')} lines of its history (brigade export --eisv --agent ${agentId})`];
  if (imported === null) return [paint.strong('Imported'), ...kept, ''];
  const fields = Object.entries(imported.record).map(
    ([name, value]) => `  ${oneLine(name, FIELD_LENGTH)}: ${oneLine(JSON.stringify(value), FIELD_LENGTH)}`,
  );
  const from = paint.faint(`on ${localTime(imported.wallAt)} from ${oneLine(imported.source)}`);
  return [`${paint.strong('Imported')} ${from}`, ...fields, ...kept, ''];
}

/** In the reader's own time. */
function localTime(wallAt: string): string {
  return new Date(wallAt).toLocaleString('sv-SE');
}

function badLimit(limit: number) {
  return reject('INVALID_ARGUMENT', { message: `--limit is ${limit}.`, next: `Give 1 to ${SHOWN_MAX}.` });
}

function unknown(agentId: string) {
  return reject('UNKNOWN_AGENT', {
    message: `Nothing is known of an agent ${JSON.stringify(agentId.slice(0, 80))}.`,
    next: 'brigade agents --all lists them.',
    details: { agentId: agentId.slice(0, 80) },
  });
}
