// What is looked at every few seconds: each process, the files of the log, what a commit and a pair take, and fleet time beside
// the clock on the wall.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { quantile } from '../suite/load/statistics.ts';
import type { Series } from './judge.ts';
import type { ProbedProcess } from './probed-process.ts';

interface Event {
  readonly seq: number;
  /** Fleet time. */
  readonly at: number;
  readonly wallAt: string;
}

export class Samples {
  readonly #series = new Map<string, (readonly [number, number])[]>();
  readonly #beganMs = performance.now();
  readonly #root: string;
  readonly #url: string;
  #firstDriftMs: number | null = null;
  #commits = { count: 0, sum: 0 };

  constructor(root: string, url: string) {
    this.#root = root;
    this.#url = url;
  }

  get seconds(): number {
    return (performance.now() - this.#beganMs) / 1_000;
  }

  of(name: string): Series {
    return this.#series.get(name) ?? [];
  }

  get all(): Readonly<Record<string, Series>> {
    return Object.fromEntries(this.#series);
  }

  /** Looks at everything once. `pairMs` are what pairs took since the last look. */
  async take(processes: readonly ProbedProcess[], pairMs: readonly number[]): Promise<void> {
    for (const process of processes) {
      const { heapMiB, externalMiB, rssMiB, pssMiB, timers, handles, files, delayP99Ms } = await process.look();
      const own = { heap: heapMiB + externalMiB, rss: rssMiB, pss: pssMiB, timers, handles, files, delay: delayP99Ms };
      for (const [name, value] of Object.entries(own)) this.#add(`${process.name}.${name}`, value);
    }
    this.#add('log.wal', this.#mebibytes('brigade.db-wal'));
    this.#add('log.file', this.#mebibytes('brigade.db'));
    this.#add('log.archives', archivesIn(join(this.#root, '.brigade', 'archive')));
    if (pairMs.length > 0) {
      this.#add('pair.p50', quantile(pairMs, 0.5));
      this.#add('pair.p99', quantile(pairMs, 0.99));
    }
    await this.#addCommits();
    await this.#addTime();
  }

  /** Means of the commits since the last look. */
  async #addCommits(): Promise<void> {
    const text = await (await fetch(`${this.#url}/metrics`)).text();
    const numberOf = (name: string): number =>
      Array.from(text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm')), ([, value]) =>
        Number(value),
      ).reduce((sum, value) => sum + value, 0);
    const now = { count: numberOf('brigade_commit_seconds_count'), sum: numberOf('brigade_commit_seconds_sum') };
    const count = now.count - this.#commits.count;
    if (count > 0) this.#add('commit.mean', ((now.sum - this.#commits.sum) * 1_000) / count);
    this.#commits = now;
  }

  /** How far fleet time has gone from the wall since the first look. */
  async #addTime(): Promise<void> {
    const { head } = (await this.#json('/v1/fleet')) as { readonly head: { readonly seq: number } };
    this.#add('log.events', head.seq);
    const { events } = (await this.#json(`/v1/events?after=${Math.max(0, head.seq - 5)}&limit=5`)) as {
      readonly events: readonly Event[];
    };
    const last = events.at(-1);
    if (last === undefined) throw new Error('the log tells no events');
    const driftMs = last.at - Date.parse(last.wallAt);
    this.#firstDriftMs ??= driftMs;
    this.#add('time.drift', Math.abs(driftMs - this.#firstDriftMs));
  }

  async #json(path: string): Promise<unknown> {
    const answer = await fetch(`${this.#url}${path}`);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  #add(name: string, value: number): void {
    const series = this.#series.get(name) ?? [];
    series.push([Math.round(this.seconds * 10) / 10, value]);
    this.#series.set(name, series);
  }

  #mebibytes(name: string): number {
    return statSync(join(this.#root, '.brigade', name)).size / 2 ** 20;
  }
}

function archivesIn(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gz')).length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
