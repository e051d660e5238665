// Real etcd servers for tests: one member or three, on ports of their own, with their files in a folder of their own. A member
// can be killed, stopped, continued and started again; everything started here is ended by its pid.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from './free-ports.ts';
import { waitUntil } from './wait-until.ts';

const run = promisify(execFile);

const ADVICE = 'This test needs etcd and etcdctl. Run `apt-get install etcd-server etcd-client` as root.';

interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface EtcdClusterOptions {
  readonly members?: 1 | 3;
  /** The address at which members listen and are reached. */
  readonly host?: string;
  /** Further flags for every member, such as `--quota-backend-bytes=16777216`. */
  readonly flags?: readonly string[];
  /** PEM files for clients' connections; `ca` is what both sides trust. With `client`, whoever has no certificate is refused. */
  readonly tls?: KeyPair & { readonly ca: string; readonly client?: KeyPair };
}

interface Address {
  readonly client: string;
  readonly peer: string;
}

/** How a member is started, each time. */
interface MemberPlan {
  readonly name: string;
  readonly folder: string;
  readonly address: Address;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

export interface EtcdUser {
  readonly name: string;
  readonly password: string;
}

/** Runs `etcdctl ARGS` against these addresses; what it printed. */
type Control = (addresses: readonly string[], args: readonly string[]) => Promise<string>;

export class EtcdCluster {
  readonly folder: string;
  readonly members: readonly EtcdMember[];
  readonly #options: EtcdClusterOptions;
  #user: EtcdUser | null = null;

  private constructor(folder: string, options: EtcdClusterOptions, plans: readonly MemberPlan[]) {
    this.folder = folder;
    this.#options = options;
    const control: Control = (addresses, args) => this.#control(addresses, args);
    this.members = plans.map((plan) => new EtcdMember(plan, control));
  }

  /** Resolves once the cluster has a leader and all members answer. */
  static async start(options: EtcdClusterOptions = {}): Promise<EtcdCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'brigade-etcd-'));
    const cluster = new EtcdCluster(folder, options, await planMembers(folder, options));
    try {
      await Promise.all(cluster.members.map((member) => member.restart()));
      await cluster.healthy();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** What Brigade is told, with the user's name and password where there are users: `etcd://127.0.0.1:4001,127.0.0.1:4003`. */
  get url(): string {
    return this.urlOf(this.members);
  }

  urlOf(members: readonly EtcdMember[], user: EtcdUser | null = this.#user): string {
    const { tls } = this.#options;
    const addresses = members.map((member) => member.address).join(',');
    const who = user === null ? '' : `${encodeURIComponent(user.name)}:${encodeURIComponent(user.password)}@`;
    if (tls === undefined) return `etcd://${who}${addresses}`;
    const parameters = new URLSearchParams({ ca: tls.ca, ...tls.client });
    return `etcds://${who}${addresses}?${parameters.toString()}`;
  }

  /** Resolves once all members that run answer linearizable requests. */
  async healthy(): Promise<void> {
    for (const member of this.members.filter(({ isRunning }) => isRunning)) {
      const look = async (): Promise<boolean> => {
        await member.ctl('endpoint', 'health');
        return true;
      };
      await waitUntil(`${member.name} of etcd to answer`, look, { withinMs: 30_000, everyMs: 50 }).catch(
        async (error: unknown) => {
          throw new Error((await member.said()).slice(-2_000), { cause: error });
        },
      );
    }
  }

  /** Throws while there is none. */
  async leader(): Promise<EtcdMember> {
    for (const member of this.members) if (await member.isLeader()) return member;
    throw new Error('the members that run have no leader');
  }

  /** Makes `root` a user, and from now on nobody else may do anything. */
  async enableAuth(password: string): Promise<void> {
    const user = { name: 'root', password };
    await this.ctl('user', 'add', `${user.name}:${password}`);
    await this.ctl('user', 'grant-role', user.name, 'root');
    await this.ctl('auth', 'enable');
    this.#user = user;
  }

  /** A copy of everything, as an operator takes it. */
  async backup(file: string): Promise<void> {
    await this.members[0]?.ctl('snapshot', 'save', file);
  }

  /** Has all members begin again with what is in a backup, as an operator does after a disaster. */
  async restore(file: string): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill()));
    for (const member of this.members) await member.restore(file);
    await Promise.all(this.members.map((member) => member.restart()));
    await this.healthy();
  }

  /** Runs `etcdctl ARGS` on all members, as root where there are users. */
  ctl(...args: readonly string[]): Promise<string> {
    return this.#control(
      this.members.map((member) => member.address),
      args,
    );
  }

  /** Ends all members and removes their files. */
  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill()));
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #control(addresses: readonly string[], args: readonly string[]): Promise<string> {
    const { tls } = this.#options;
    const scheme = tls === undefined ? 'http' : 'https';
    const endpoints = addresses.map((address) => `${scheme}://${address}`).join(',');
    const own = tls?.client === undefined ? [] : [`--cert=${tls.client.cert}`, `--key=${tls.client.key}`];
    const trust = tls === undefined ? [] : [`--cacert=${tls.ca}`, ...own];
    const who = this.#user === null ? [] : [`--user=${this.#user.name}:${this.#user.password}`];
    const env = { PATH: process.env.PATH, ETCDCTL_API: '3' };
    try {
      const { stdout } = await run('etcdctl', [`--endpoints=${endpoints}`, ...trust, ...who, ...args], { env });
      return stdout.trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Error(ADVICE, { cause: error });
      throw error;
    }
  }
}

export class EtcdMember {
  readonly name: string;
  /** Where clients reach it: `host:port`. */
  readonly address: string;
  readonly #plan: MemberPlan;
  readonly #control: Control;
  #process: ChildProcess | null = null;

  constructor(plan: MemberPlan, control: Control) {
    this.name = plan.name;
    this.address = plan.address.client;
    this.#plan = plan;
    this.#control = control;
  }

  get isRunning(): boolean {
    return this.#process !== null && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** False for one that does not answer. */
  async isLeader(): Promise<boolean> {
    if (!this.isRunning) return false;
    try {
      const [said] = JSON.parse(await this.ctl('endpoint', 'status', '--write-out=json')) as readonly Said[];
      return said !== undefined && said.Status.leader === said.Status.header.member_id;
    } catch {
      return false;
    }
  }

  /** Runs `etcdctl ARGS` on this member. */
  ctl(...args: readonly string[]): Promise<string> {
    return this.#control([this.address], args);
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === null || !this.isRunning) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** SIGSTOP: connections stand, and nothing is answered. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  /** SIGCONT. */
  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Kills it where it runs, and starts it on the same files. Resolves once its process runs, which is before it answers. */
  async restart(): Promise<void> {
    await this.kill();
    const { args, environment, folder, name } = this.#plan;
    const log = openSync(this.#logFile, 'a');
    try {
      const child = spawn('etcd', args, { cwd: folder, env: environment, stdio: ['ignore', log, log] });
      this.#process = child;
      await once(child, 'spawn');
    } catch (cause) {
      this.#process = null;
      throw new Error(`etcd (${name}) could not be started. ${ADVICE}`, { cause });
    } finally {
      closeSync(log);
    }
    this.#endWithUs();
  }

  /** Replaces its files, while it does not run. */
  async restore(backup: string): Promise<void> {
    const { args, folder } = this.#plan;
    await rm(join(folder, 'data'), { recursive: true, force: true });
    const kept = /^--(name|data-dir|initial-cluster|initial-cluster-token|initial-advertise-peer-urls)=/;
    await this.ctl('snapshot', 'restore', backup, ...args.filter((arg) => kept.test(arg)));
  }

  /** What it has logged. */
  said(): Promise<string> {
    return readFile(this.#logFile, 'utf8');
  }

  get #logFile(): string {
    return join(this.#plan.folder, 'etcd.log');
  }

  #endWithUs(): void {
    const child = this.#process;
    const end = (): void => void child?.kill('SIGKILL');
    process.once('exit', end);
    child?.once('exit', () => process.off('exit', end));
  }
}

/** What `etcdctl endpoint status` says of a member. */
interface Said {
  readonly Status: { readonly leader: number; readonly header: { readonly member_id: number } };
}

async function planMembers(folder: string, options: EtcdClusterOptions): Promise<MemberPlan[]> {
  const { members = 1, host = '127.0.0.1', tls, flags = [] } = options;
  const ports = await freePorts(2 * members, host);
  const addresses = Array.from({ length: members }, (_, i) => ({
    client: `${host}:${ports[2 * i]}`,
    peer: `${host}:${ports[2 * i + 1]}`,
  }));
  const cluster = addresses.map(({ peer }, i) => `member${i + 1}=http://${peer}`).join(',');
  const scheme = tls === undefined ? 'http' : 'https';
  const mutual = tls?.client === undefined ? [] : ['--client-cert-auth', `--trusted-ca-file=${tls.ca}`];
  const secure = tls === undefined ? [] : [`--cert-file=${tls.cert}`, `--key-file=${tls.key}`, ...mutual];
  return Promise.all(
    addresses.map(async (address, i) => {
      const name = `member${i + 1}`;
      const own = await mkdtemp(join(folder, `${name}-`));
      const args = [
        `--name=${name}`,
        `--data-dir=${join(own, 'data')}`,
        `--listen-client-urls=${scheme}://${address.client}`,
        `--advertise-client-urls=${scheme}://${address.client}`,
        `--listen-peer-urls=http://${address.peer}`,
        `--initial-advertise-peer-urls=http://${address.peer}`,
        `--initial-cluster=${cluster}`,
        `--initial-cluster-token=${folder}`,
        ...secure,
        ...flags,
      ];
      const environment = { PATH: process.env.PATH, HOME: own };
      return { name, folder: own, address, args, environment };
    }),
  );
}
