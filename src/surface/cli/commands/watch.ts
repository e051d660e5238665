import type { Command } from 'commander';
import type { FeedEvent } from '../../../app/coordinator.ts';
import { rejectionOf } from '../../../app/trouble.ts';
import { withoutMessageText } from '../../../core/message/private-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { sentenceOf } from '../../../core/view/sentence.ts';
import { isOperator } from '../authority.ts';
import type { Cli } from '../cli.ts';
import { type Context, perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { SeenFleet } from '../open-fleet.ts';
import type { Look, Paint } from '../output/screen.ts';
import { wholeOption } from '../parse/options.ts';
import { untilAsked } from '../watching.ts';

interface Options {
  readonly from?: number;
  readonly once?: boolean;
  readonly all?: boolean;
}

/** While the log cannot be read, it is tried again this often. */
const RETRY_MS = 1_000;
/** Passing trouble: a person who watches would rather wait than start again. */
const PASSING = new Set(['STORE_UNAVAILABLE', 'STORE_REGRESSED', 'BUSY']);
/** Facts that say nothing new to a person; `--all` and programs get them. */
const QUIET = new Set(['session.active', 'place.anchored']);

export function define(command: Command, cli: Cli): void {
  command
    .option(
      '--from <seq>',
      'begin with this number of the log (without it: now, or with --once at the beginning)',
      wholeOption,
    )
    .option('--once', 'stop at the head')
    .option('--all', 'also what says nothing new to a person')
    .addHelpText('after', HELP)
    .action((options: Options) =>
      perform(command, cli, async (context) => {
        const fleet = await context.look(options.once !== true);
        const feed = new Feed(context, fleet, options);
        return feed.run();
      }),
    );
}

const HELP = `
With --json each event is one line of JSON, as it stands in the log, with the
hash of its batch. What agents write to each other is left out of it (text is
empty), unless an operator looks: a terminal, or BRIGADE_OPERATOR_TOKEN.`;

class Feed {
  readonly #context: Context;
  readonly #fleet: SeenFleet;
  readonly #options: Options;
  readonly #end = untilAsked();
  #after = 0;
  #trouble: string | null = null;
  /** Looked up when the first message comes. */
  #mayReadTexts: Promise<boolean> | null = null;

  constructor(context: Context, fleet: SeenFleet, options: Options) {
    this.#context = context;
    this.#fleet = fleet;
    this.#options = options;
  }

  async run(): Promise<number> {
    const { from, once = false } = this.#options;
    const { head } = this.#fleet.coordinator.health();
    this.#after = from === undefined ? (once ? 0 : head.seq) : Math.max(0, from - 1);
    if (!once && from === undefined) this.#context.remark(`Watching from number ${head.seq} on; Ctrl-C ends it.`);
    for (;;) {
      const code = await this.#read(once);
      if (code !== null) return code;
      await this.#pause();
      if (this.#end.aborted) return EXIT.done;
    }
  }

  /** Null when it may be tried again. */
  async #read(once: boolean): Promise<number | null> {
    try {
      const feed = this.#fleet.coordinator.feed({ after: this.#after, once, signal: this.#end });
      for await (const event of feed) {
        this.#recovered();
        await this.#tell(event);
        this.#after = event.seq;
      }
      return EXIT.done;
    } catch (error) {
      const rejection = rejectionOf(error);
      if (once || !PASSING.has(rejection.code)) return this.#context.refuse(rejection);
      if (this.#trouble !== rejection.code)
        this.#context.cli.screen.err(
          `brigade: ${oneLine(rejection.message, 500)} (${rejection.code}); watching goes on`,
        );
      this.#trouble = rejection.code;
      return null;
    }
  }

  #recovered(): void {
    if (this.#trouble === null) return;
    this.#trouble = null;
    this.#context.cli.screen.err('brigade: the log can be read again');
  }

  async #tell(event: FeedEvent): Promise<void> {
    const { json, cli } = this.#context;
    if (json) return cli.screen.outSlowly(JSON.stringify(await this.#readable(event)));
    if (this.#options.all !== true && QUIET.has(event.type)) return;
    await cli.screen.outSlowly(feedLine(event, cli.screen.look(this.#fleet.worktree.id)));
  }

  async #readable(event: FeedEvent): Promise<FeedEvent> {
    const withoutTexts = withoutMessageText(event);
    if (withoutTexts === event) return event;
    this.#mayReadTexts ??= isOperator(this.#context, this.#fleet);
    return (await this.#mayReadTexts) ? event : withoutTexts;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#fleet.clock.after(RETRY_MS, resolve);
      const stop = () => {
        cancel();
        resolve();
      };
      this.#end.addEventListener('abort', stop, { once: true });
    });
  }
}

/** `   812  23:25:07  ana was granted ...` in the reader's own time of day. */
function feedLine(event: FeedEvent, { paint, reader }: Look): string {
  const time = new Date(event.wallAt).toLocaleTimeString('en-GB');
  return `${paint.faint(`${String(event.seq).padStart(6)}  ${time}`)}  ${toldAs(event, paint)(sentenceOf(event, reader))}`;
}

/** What is wrong stands out. */
function toldAs(event: FeedEvent, paint: Paint): (text: string) => string {
  if (event.type !== 'alert.opened' && event.type !== 'alert.repeated') return (text) => text;
  return event.severity === 'critical' ? paint.bad : paint.warn;
}
