// `brigade serve --demo`: agents of the drill at quiet work for as long as somebody looks on, so that a visitor sees a living
// fleet. They live in a scratch folder and a fleet of their own, which goes with them: a log forgets nothing, and nobody wants
// strangers in the history of a real workspace.
//
//   prepared  the folder is there; the server opens the fleet in it
//   playing   each agent, a process of its own with its own `brigade mcp`, works; one that ends is replaced
//   left      each left as a client does that is closed; the folder is gone

import { devNull } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Environment, SettingFlags } from '../../../../app/settings.ts';
import { castOf, type Member } from '../cast.ts';
import { randomFrom } from '../random.ts';
import { drillEnvironment } from '../rehearsal/environment.ts';
import { Player } from '../rehearsal/player.ts';
import { makeScratch, type Scratch } from '../rehearsal/scratch.ts';
import { nextPiece } from './pieces.ts';

/** Each is two processes. */
const AGENTS = 5;
const SEED = 20_251_119;
/** Before an agent that ended by itself is replaced. */
const REPLACED_AFTER_MS = 10_000;

/** How the server is started: what a demo leaves of the flags and the environment of whoever asked for it. */
interface StartedWith {
  readonly flags: SettingFlags;
  readonly env: Environment;
  readonly folder: string;
}

export class Demo {
  readonly #scratch: Scratch;
  readonly #given: Environment;
  readonly #env: Readonly<Record<string, string>>;
  readonly #say: (line: string) => void;
  readonly #ending = new AbortController();
  readonly #players = new Set<Player>();
  #playing: Promise<unknown> = Promise.resolve();

  private constructor(scratch: Scratch, given: Environment, say: (line: string) => void) {
    this.#scratch = scratch;
    this.#given = given;
    this.#env = drillEnvironment(given, scratch, null);
    this.#say = say;
  }

  /** `say` hears what a person should know. */
  static async prepare(env: Environment, say: (line: string) => void): Promise<Demo> {
    const scratch = await makeScratch();
    // A journal is for the report that a drill ends with; a demo has no end, and nobody reads it.
    return new Demo({ ...scratch, journal: () => devNull }, env, say);
  }

  /** Where the server listens is still for `flags` and the environment to say; which fleet it serves is not. */
  startedWith({ host, port, logLevel }: SettingFlags): StartedWith {
    const { BRIGADE_HOST, BRIGADE_PORT } = this.#given;
    const env = { ...this.#env, BRIGADE_HOST, BRIGADE_PORT };
    return { flags: { host, port, logLevel }, env, folder: this.#scratch.workspace };
  }

  /** Begins to play. */
  play(): void {
    const cast = castOf(AGENTS, randomFrom(SEED));
    this.#say(`A demo: ${cast.length} agents work in a fleet of their own, which goes with them. Ctrl-C ends it.`);
    this.#playing = Promise.all(cast.map((member) => this.#keepPlaying(member)));
  }

  /** Everybody leaves. */
  async leave(): Promise<void> {
    this.#ending.abort();
    await Promise.all(Array.from(this.#players, (player) => letGo(player)));
    await this.#playing;
  }

  /** Removes what was made. */
  remove(): Promise<void> {
    return this.#scratch.remove();
  }

  async #keepPlaying(member: Member): Promise<void> {
    const { signal } = this.#ending;
    for (let take = 0; !signal.aborted; take += 1) {
      const player = new Player({ member, scratch: this.#scratch, env: this.#env, onNoted: () => undefined });
      this.#players.add(player);
      try {
        await this.#work(player, randomFrom(SEED + member.index + take * AGENTS));
      } catch (error) {
        // Whoever is let go in the middle of a piece fails it, and is on its way out.
        if (signal.aborted) return;
        this.#say(`An agent of the demo ended: ${error instanceof Error ? error.message : String(error)}`);
      }
      await player.end();
      this.#players.delete(player);
      await rest(signal);
    }
  }

  async #work(player: Player, random: ReturnType<typeof randomFrom>): Promise<void> {
    await player.start();
    await player.register();
    for (let number = 0; !this.#ending.signal.aborted; number += 1) {
      await player.order({ do: 'tend', piece: nextPiece(random, number) });
    }
  }
}

/** As a client does that is closed; by force where that does not come to an end. */
async function letGo(player: Player): Promise<void> {
  await player.leave().catch(() => player.end());
}

async function rest(signal: AbortSignal): Promise<void> {
  // Cut short when everybody leaves.
  await pause(REPLACED_AFTER_MS, undefined, { signal }).catch((error: unknown) => error);
}
