// `brigade` as a library: a fleet in a program's own process. Its sessions live by that process; when it ends, however it ends,
// what they held goes to the next in line.

import { Seat } from '../app/seat/seat.ts';
import type { SettingFlags } from '../app/settings.ts';
import { setupRejection } from '../app/setup-rejection.ts';
import { rejectionOf } from '../app/trouble.ts';
import type { Agent, Brigade, BrigadeEvent, EventsOptions, Identity, Notice, Registration } from '../client/agent.ts';
import { BrigadeError } from '../client/brigade-error.ts';
import { rest } from '../client/time.ts';
import { clock, type Fleet, openFleet, prepareHost } from '../compose.ts';
import { withoutMessageText } from '../core/message/private-text.ts';
import { LibraryAgent } from './library-agent.ts';
import { occupantOf } from './seat-of-program.ts';

export type * from '../client/agent.ts';
export { BrigadeError, type Rejection } from '../client/brigade-error.ts';

/** Settings as the command line knows them; the environment and `.brigade/config.json` count below them. */
export interface OpenOptions {
  /** The workspace; the current folder where nothing else says. */
  readonly root?: string;
  readonly store?: string;
  readonly fleet?: string;
  /** Id, purpose and client of this program's own agent. */
  readonly agent?: string;
  readonly purpose?: string;
  readonly client?: string;
  readonly durability?: 'host' | 'process';
  readonly desk?: 'auto' | 'off';
  readonly logLevel?: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  /** Instead of `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Hears what an agent must know; it comes with the answer to any call. */
  readonly onNotice?: (notice: Notice) => void;
}

/** Opens the fleet of a workspace. Rejects with a `BrigadeError` where the workspace or a setting cannot be used. */
export async function openBrigade(options: OpenOptions = {}): Promise<Brigade> {
  const { env = process.env, onNotice = () => undefined, ...settings } = options;
  const fleet = await open(settings, env);
  try {
    return new LibraryBrigade(fleet, new Seat(fleet.seatPorts, await occupantOf(fleet)), onNotice);
  } catch (error) {
    await fleet.close();
    throw asBrigadeError(error);
  }
}

async function open(flags: SettingFlags, env: NonNullable<OpenOptions['env']>): Promise<Fleet> {
  try {
    return await openFleet(await prepareHost({ flags, env, folder: process.cwd(), stays: true }), { kind: 'library' });
  } catch (error) {
    throw asBrigadeError(error);
  }
}

/** While the log cannot be read, it is tried again this often. */
const RETRY_MS = 1_000;

class LibraryBrigade extends LibraryAgent implements Brigade {
  readonly #fleet: Fleet;
  readonly #seat: Seat;
  readonly #onNotice: (notice: Notice) => void;
  readonly #others = new Set<LibraryAgent>();
  readonly #ending = new AbortController();
  #isNamed = false;
  #gone: Promise<void> | null = null;

  constructor(fleet: Fleet, seat: Seat, onNotice: (notice: Notice) => void) {
    super({ seat, isOwn: true, onNotice });
    this.#fleet = fleet;
    this.#seat = seat;
    this.#onNotice = onNotice;
  }

  override who(): Promise<Identity> {
    this.#isNamed = true;
    return super.who();
  }

  async register(asked: Registration = {}): Promise<Agent> {
    if (!this.#isNamed) {
      this.#isNamed = true;
      try {
        await this.enrol(asked);
      } catch (error) {
        this.#isNamed = false;
        throw error;
      }
      return this;
    }
    const other = new LibraryAgent({ seat: this.#seat, isOwn: false, onNotice: this.#onNotice });
    await other.enrol(asked);
    this.#others.add(other);
    return other;
  }

  async *events({ after, signal }: EventsOptions = {}): AsyncGenerator<BrigadeEvent> {
    const { coordinator } = this.#fleet;
    const ending = this.#ending.signal;
    const end = signal === undefined ? ending : AbortSignal.any([ending, signal]);
    let last = after ?? coordinator.health().head.seq;
    while (!end.aborted) {
      try {
        for await (const event of coordinator.feed({ after: last, signal: end })) {
          last = event.seq;
          // What agents write to each other is for their addressees. A copy: what the fleet has stays as it is.
          yield structuredClone(withoutMessageText(event)) as object as BrigadeEvent;
        }
      } catch (error) {
        const told = asBrigadeError(error);
        if (!told.isPassing) throw told;
        await rest(clock, RETRY_MS, end);
      }
    }
  }

  override close(): Promise<void> {
    this.#gone ??= this.#leaveFleet();
    return this.#gone;
  }

  /** Off every session of this process; the last of its processes ends a session. */
  async #leaveFleet(): Promise<void> {
    this.#ending.abort();
    for (const agent of [this, ...this.#others]) agent.abandon();
    await this.#seat.leave();
    await this.#fleet.close();
  }
}

function asBrigadeError(error: unknown): BrigadeError {
  return new BrigadeError(setupRejection(error) ?? rejectionOf(error), { cause: error });
}
