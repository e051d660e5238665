// One run of one command: its flags, the fleet it may open, and how it tells a person or a program what came of it.

import type { Command } from 'commander';
import { type PastLook, PastRefused } from '../../app/past/past-look.ts';
import type { SettingFlags } from '../../app/settings.ts';
import { setupRejection } from '../../app/setup-rejection.ts';
import { rejectionOf } from '../../app/trouble.ts';
import { type Rejection, reject } from '../../core/rejection.ts';
import type { AsOf } from '../../core/view/past.ts';
import type { Cli } from './cli.ts';
import { commonOptionsOf } from './common-options.ts';
import { exitCodeOf } from './exit-code.ts';
import { asOfLine } from './look-back.ts';
import type { SeenFleet } from './open-fleet.ts';
import { printRejection } from './output/rejection-text.ts';
import type { Look } from './output/screen.ts';

export interface Context {
  readonly cli: Cli;
  readonly json: boolean;
  readonly flags: SettingFlags;
  /** Opens the fleet to look at it, once or for as long as it `stays`. Whatever was opened is closed when the command has ended. */
  look(stays?: boolean): Promise<SeenFleet>;
  /** Opens the fleet to change something in it. */
  enter(): Promise<SeenFleet>;
  /** Closes what was opened so far; the command may open it again. */
  close(): Promise<void>;
  /** The result: one JSON document for a program, lines for a person. */
  tell(document: unknown, lines: (look: Look) => readonly string[]): void;
  /** What a person should know besides the result; a program has it in the document. */
  remark(...lines: readonly string[]): void;
  /** Tells a refusal, to a person with some more `lines`; answers its exit code. */
  refuse(rejection: Rejection, lines?: readonly string[]): number;
}

/**
 * Runs `work` as the action of `command`. Whatever it throws is told as the refusal it carries, or as a fault of ours; the
 * fleet is closed in any case.
 */
export async function perform(command: Command, cli: Cli, work: (context: Context) => Promise<number>): Promise<void> {
  const run = new Run(command, cli);
  try {
    cli.exitCode = await work(run);
  } catch (error) {
    const rejection = setupRejection(error) ?? rejectionOf(error);
    cli.exitCode = run.refuse(rejection);
    // A fault of ours is of no use to anybody without where it happened.
    if (rejection.code === 'INTERNAL') cli.screen.err(stackOf(error));
  } finally {
    await run.close();
  }
}

class Run implements Context {
  readonly cli: Cli;
  readonly json: boolean;
  readonly flags: SettingFlags;
  readonly #opened: SeenFleet[] = [];
  #reader: string | null = null;
  #past: PastLook | null = null;

  constructor(command: Command, cli: Cli) {
    const { json, flags } = commonOptionsOf(command);
    this.cli = cli;
    this.json = json;
    this.flags = flags;
  }

  async look(stays = false): Promise<SeenFleet> {
    const { openToLook } = await import('./open-fleet.ts');
    const { moment } = this.cli;
    if (moment === undefined) return this.#keep(await openToLook(this.cli, this.flags, stays));
    if (stays) throw new PastRefused(PRESENT_ONLY);
    const { fleetAsOf } = await import('./look-back.ts');
    const { fleet, past } = fleetAsOf(await openToLook(this.cli, this.flags, false), moment);
    this.#past = past;
    return this.#keep(fleet);
  }

  async enter(): Promise<SeenFleet> {
    if (this.cli.moment !== undefined) throw new PastRefused(PRESENT_ONLY);
    const { openToAct } = await import('./open-fleet.ts');
    return this.#keep(await openToAct(this.cli, this.flags));
  }

  #keep(fleet: SeenFleet): SeenFleet {
    this.#opened.push(fleet);
    this.#reader = fleet.worktree.id;
    return fleet;
  }

  async close(): Promise<void> {
    for (const fleet of this.#opened.splice(0)) await fleet.close();
  }

  tell(document: unknown, lines: (look: Look) => readonly string[]): void {
    const { screen } = this.cli;
    const asOf = this.#past?.asOf ?? null;
    if (this.json) screen.out(JSON.stringify(asOf === null ? document : dated(document, asOf)));
    else screen.out(...(asOf === null ? [] : [asOfLine(asOf), '']), ...lines(screen.look(this.#reader)));
  }

  remark(...lines: readonly string[]): void {
    if (!this.json) this.cli.screen.err(...lines);
  }

  refuse(rejection: Rejection, lines: readonly string[] = []): number {
    printRejection(this.cli.screen, rejection, { json: this.json, reader: this.#reader, lines });
    return exitCodeOf(rejection);
  }
}

function dated(document: unknown, { seq, wallAt }: AsOf): unknown {
  return typeof document === 'object' && document !== null ? { asOf: { seq, at: wallAt }, ...document } : document;
}

const PRESENT_ONLY = reject('INVALID_ARGUMENT', {
  message: 'This only goes for the present: the past is neither followed nor changed.',
  next: 'Leave out `at` and the moment.',
});

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
