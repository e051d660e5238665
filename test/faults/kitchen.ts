// A fleet at work on one store, for some rounds of the fault campaign: processes at their places, a line from each place to the
// server where there is one, and the log as the campaign reads it.
//
//   sqlite        four processes of one host, each for itself
//   sqlite-desk   four processes of one host, of which one is the desk
//   redis, etcd   two hosts of two processes, of which one is the host's desk; a line from each host to the server

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoreConfig } from '../contract/store-config.ts';
import { storeFrom } from '../contract/store-config.ts';
import { Scratch } from '../support/scratch.ts';
import { TcpLine } from '../support/tcp-line.ts';
import { FaultLog } from './fault-log.ts';
import { type Fault, type Hit, KINDS } from './faults.ts';
import { Post, type Station } from './post.ts';
import type { Befalling, Stageable } from './round.ts';
import type { Shared, Store, StoreServer, StoreServers } from './stores.ts';

/** What its processes are started with besides. */
export interface Setting {
  /** Their wall clocks can be set. */
  readonly hasClocks?: boolean;
  /** What the first two are older versions of. */
  readonly old?: 'format' | 'desk';
}

export interface Host {
  readonly name: string;
  readonly scratch: Scratch;
  readonly line: TcpLine | null;
}

const POSTS = 4;
const OLD_VERSION = fileURLToPath(new URL('old-version.ts', import.meta.url));
/** Of the processes that are older. */
const OLDER = 2;

export class Kitchen implements Stageable {
  readonly store: Store;
  readonly hosts: readonly Host[];
  readonly posts: readonly Post[];
  readonly server: StoreServer | null;
  readonly log: FaultLog;
  readonly setting: Setting;
  #rounds = 0;

  private constructor(facts: Pick<Kitchen, 'store' | 'hosts' | 'posts' | 'server' | 'log' | 'setting'>) {
    this.store = facts.store;
    this.hosts = facts.hosts;
    this.posts = facts.posts;
    this.server = facts.server;
    this.log = facts.log;
    this.setting = facts.setting;
  }

  static async open(store: Exclude<Store, 'memory'>, servers: StoreServers, setting: Setting = {}): Promise<Kitchen> {
    const fleet = servers.freshFleet();
    const isShared = store === 'redis' || store === 'etcd';
    const server = isShared ? await servers.server(store) : null;
    const names = isShared ? ['north', 'south'] : ['here'];
    const hosts = await Promise.all(names.map((name) => hostOf(name, { server, fleet, desk: store !== 'sqlite' })));
    const fakeTime = setting.hasClocks === true ? await servers.fakeTime() : null;
    const posts: Post[] = [];
    try {
      const start = (i: number): Promise<Post> =>
        startPost(hosts[i % hosts.length] as Host, i, { ...setting, fakeTime });
      // The first of each host is its desk, and the first of all founds the fleet.
      for (let i = 0; i < hosts.length; i += 1) posts.push(await start(i));
      posts.push(
        ...(await Promise.all(Array.from({ length: POSTS - hosts.length }, (_, i) => start(hosts.length + i)))),
      );
      await posts[0]?.seat('founder');
      const log = await FaultLog.open(storeFrom(configOf(server, fleet, hosts[0] as Host)));
      return new Kitchen({ store, hosts, posts, server, log, setting });
    } catch (error) {
      await closeAll(posts, hosts);
      throw error;
    }
  }

  /** A name for the next round in it. */
  nextRound(): string {
    this.#rounds += 1;
    return `r${this.#rounds}`;
  }

  /** Where there are two versions, the older one is at work alone at first. */
  firstPosts(): readonly Post[] {
    return this.setting.old === 'format' ? this.posts.slice(0, OLDER) : this.posts;
  }

  isAble(post: Station): boolean {
    return !(this.setting.old === 'format' && this.isOlder(post));
  }

  begin(fault: Fault, what: Befalling): Promise<Hit> {
    return KINDS[fault].begin({ ...what, kitchen: this });
  }

  hostOf(post: Station): Host {
    return this.hosts.find(({ name }) => name === post.place) as Host;
  }

  postsOf({ name }: Host): readonly Post[] {
    return this.posts.filter(({ place }) => place === name);
  }

  /** Where the log is, of a store that is a file. */
  get walFile(): string {
    return join(this.#root, '.brigade', 'brigade.db-wal');
  }

  get databaseFile(): string {
    return join(this.#root, '.brigade', 'brigade.db');
  }

  get #root(): string {
    return (this.hosts[0] as Host).scratch.root;
  }

  isOlder(post: Station): boolean {
    return this.setting.old !== undefined && this.posts.slice(0, OLDER).some(({ name }) => name === post.name);
  }

  /** What its wall clock shows more than the machine's, from now on. */
  setClock(post: Post, aheadS: number): void {
    writeFileSync(clockFile(this.hostOf(post), post.name), offsetText(aheadS));
  }

  async close(): Promise<void> {
    await this.log.close();
    await closeAll(this.posts, this.hosts);
  }
}

async function closeAll(posts: readonly Post[], hosts: readonly Host[]): Promise<void> {
  await Promise.all(posts.map((post) => post.close()));
  for (const { line } of hosts) await line?.close();
  await Promise.all(hosts.map(({ scratch }) => scratch.close()));
}

interface HostFacts {
  readonly server: StoreServer | null;
  readonly fleet: string;
  readonly desk: boolean;
}

async function hostOf(name: string, { server, fleet, desk }: HostFacts): Promise<Host> {
  const common = { BRIGADE_DESK: desk ? 'auto' : 'off' };
  if (server === null) return { name, scratch: new Scratch({ env: common }), line: null };
  const line = await TcpLine.start(server.address);
  const store = `${server.kind}://${line.address}`;
  const env = { ...common, BRIGADE_STORE: store, BRIGADE_FLEET: fleet, BRIGADE_PLACE: name };
  return { name, scratch: new Scratch({ env }), line };
}

async function startPost(
  host: Host,
  i: number,
  { fakeTime, old }: Setting & { readonly fakeTime: string | null },
): Promise<Post> {
  const name = `${host.name}-${i}`;
  const { root } = host.scratch;
  const { NODE_COMPILE_CACHE: compiled, ...own } = host.scratch.env;
  const isOld = old !== undefined && i < OLDER;
  const env = {
    ...own,
    ...(fakeTime === null ? {} : clockEnv(host, name, fakeTime)),
    // An older version is another program under the same names.
    ...(isOld ? { BRIGADE_TEST_OLD: old } : { NODE_COMPILE_CACHE: compiled ?? '' }),
  };
  const execArgv = isOld ? ['--import', OLD_VERSION] : [];
  return Post.start({ name, place: host.name, root, env, execArgv });
}

function clockEnv(host: Host, name: string, fakeTime: string): Readonly<Record<string, string>> {
  const file = clockFile(host, name);
  mkdirSync(join(host.scratch.folder, 'clocks'), { recursive: true });
  writeFileSync(file, offsetText(0));
  return {
    LD_PRELOAD: fakeTime,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}

function clockFile({ scratch }: Host, name: string): string {
  return join(scratch.folder, 'clocks', name);
}

function offsetText(aheadS: number): string {
  return `${aheadS < 0 ? '' : '+'}${aheadS}\n`;
}

function configOf(server: StoreServer | null, fleet: string, { scratch }: Host): StoreConfig {
  if (server === null) {
    const path = join(scratch.root, '.brigade', 'brigade.db');
    return { kind: 'sqlite', path, driver: 'better-sqlite3', durability: 'host' };
  }
  const kind: Shared = server.kind;
  return { kind, url: `${kind}://${server.address}`, fleet };
}
