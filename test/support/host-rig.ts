// Several hosts on one machine. A host is a tree of processes with a network, a table of processes and a monotonic clock of its
// own, a workspace and a state folder of its own, and its own `BRIGADE_PLACE`. What befalls hosts befalls it: its line is cut
// and healed, it is frozen and goes on, the power fails and it is started anew.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFakeTime } from './fake-time.ts';
import { HeldNamespace } from './held-namespace.ts';
import { type Cut, type HostLine, HostNetwork } from './host-network.ts';
import { Scratch } from './scratch.ts';

export interface HostOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** How far its wall clock is ahead of the machine's; may be negative. Its monotonic clock is not touched by that. */
  readonly wallAheadS?: number;
}

/** Between the monotonic clocks of two hosts, and of two starts of one. */
const CLOCKS_APART_S = 86_400;

/** Runs what follows, and stays as its parent: the one who has entered is of no host. */
const SHELL = ['sh', '-c', '"$@"; exit $?', 'sh'] as const;

export class HostRig {
  readonly network: HostNetwork;
  readonly #folder = mkdtempSync(join(tmpdir(), 'brigade-hosts-'));
  readonly #hosts: Host[] = [];
  #fakeTime: Promise<string> | null = null;

  private constructor(network: HostNetwork) {
    this.network = network;
  }

  /** Rejects with what is needed where one machine cannot play several. */
  static async open(): Promise<HostRig> {
    return new HostRig(await HostNetwork.open());
  }

  /** Where servers listen so that hosts reach them. */
  get address(): string {
    return this.network.address;
  }

  async host(name: string, options: HostOptions = {}): Promise<Host> {
    const number = this.#hosts.length + 1;
    const { wallAheadS = 0, env = {} } = options;
    const skewed = wallAheadS === 0 ? {} : await this.#skew(wallAheadS);
    const host = new Host({ name, number, network: this.network, env: { ...skewed, ...env } });
    this.#hosts.push(host);
    await host.start();
    return host;
  }

  /** Nothing is left of any host. */
  async close(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.close()));
    await this.network.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #skew(aheadS: number): Promise<Readonly<Record<string, string>>> {
    this.#fakeTime ??= findFakeTime(this.#folder);
    const ahead = `${aheadS < 0 ? '' : '+'}${aheadS}`;
    return { LD_PRELOAD: await this.#fakeTime, FAKETIME: ahead, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  }
}

interface HostFacts {
  readonly name: string;
  readonly number: number;
  readonly network: HostNetwork;
  readonly env: Readonly<Record<string, string>>;
}

export class Host {
  readonly name: string;
  /** Its workspace, its home, and whatever is started there. */
  readonly scratch: Scratch;
  readonly #facts: HostFacts;
  #starts = 0;
  #up: { readonly namespace: HeldNamespace; readonly line: HostLine } | null = null;
  #isCut = false;

  constructor(facts: HostFacts) {
    this.name = facts.name;
    this.#facts = facts;
    this.scratch = new Scratch({ env: facts.env, under: () => this.under });
  }

  /** What its processes are told: the host, and which start of it this is. */
  get place(): string {
    return this.#starts === 1 ? this.name : `${this.name}/start-${this.#starts}`;
  }

  /** In the network. */
  get address(): string {
    return this.#running.line.address;
  }

  get isUp(): boolean {
    return this.#up !== null;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** What stands before a program that is to run there, as what a shell starts. */
  get under(): readonly string[] {
    return [...this.#running.namespace.enter(this.scratch.root), 'env', `BRIGADE_PLACE=${this.place}`, ...SHELL];
  }

  /** As this process sees them. */
  get processes(): readonly number[] {
    return this.#running.namespace.processes;
  }

  async cut(how?: Cut): Promise<void> {
    this.#isCut = true;
    await this.#running.line.cut(how);
  }

  async heal(): Promise<void> {
    await this.#running.line.heal();
    this.#isCut = false;
  }

  /** All its processes stand still, until `thaw`. */
  freeze(): Promise<void> {
    return this.#running.namespace.freeze();
  }

  thaw(): void {
    this.#running.namespace.thaw();
  }

  /** The power fails: its processes are gone at once, and no connection of theirs is closed. */
  async vanish(): Promise<void> {
    const { namespace, line } = this.#running;
    this.#up = null;
    await line.cut('silent');
    await namespace.end();
  }

  /** Switches it on, with the files that it had: another boot, with another network, table of processes and clock. */
  async start(): Promise<void> {
    if (this.#up !== null) throw new Error(`${this.name} is up`);
    this.#starts += 1;
    const clockAheadS = (10 * this.#facts.number + this.#starts) * CLOCKS_APART_S;
    const namespace = await HeldNamespace.hold({ pids: true, clockAheadS });
    try {
      this.#up = { namespace, line: await this.#facts.network.attach(namespace) };
      this.#isCut = false;
    } catch (error) {
      await namespace.end();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#up?.namespace.end();
    this.#up = null;
    await this.scratch.close();
  }

  get #running(): { readonly namespace: HeldNamespace; readonly line: HostLine } {
    if (this.#up === null) throw new Error(`${this.name} is not up`);
    return this.#up;
  }
}
