// A network for hosts that are played by process trees: a switch, and a line from it to each host and to this process. Servers
// listen at `address`; a line can be cut in three ways, each of which a real network has.
//
//   this process ── address ───┐
//                              │ switch (a namespace of its own)
//   a host ── its address ─────┤
//   a host ── its address ─────┘

import { spawn } from 'node:child_process';
import { HeldNamespace } from './held-namespace.ts';
import { waitUntil } from './wait-until.ts';

/**
 * `silent`: whatever is sent is lost, either way, and nobody is told. `unplugged`: so too, and the host sees that its cable is
 * out. `deaf`: what the host sends arrives, and nothing reaches it.
 */
export type Cut = 'silent' | 'unplugged' | 'deaf';

export class HostNetwork {
  /** Of this process, for servers of tests. */
  readonly address: string;
  /** Its interface here. */
  readonly link: string;
  readonly #switch: HeldNamespace;
  readonly #net: string;
  #lines = 0;

  private constructor(sw: HeldNamespace, link: string, net: string) {
    this.#switch = sw;
    this.link = link;
    this.#net = net;
    this.address = `${net}.1`;
  }

  static async open(): Promise<HostNetwork> {
    const sw = await HeldNamespace.hold();
    try {
      const number = await plugIn(sw);
      return new HostNetwork(sw, linkOf(number), netOf(number));
    } catch (error) {
      await sw.end();
      throw error;
    }
  }

  /** A line to the processes of `namespace`; they reach `address`, and whoever else has a line. */
  async attach(namespace: HeldNamespace): Promise<HostLine> {
    this.#lines += 1;
    const port = `p${this.#lines}`;
    const address = `${this.#net}.${this.#lines + 1}`;
    await ip(this.#switch, [
      `link add ${port} type veth peer name eth0 netns ${namespace.pid}`,
      `link set ${port} master sw up`,
    ]);
    await ip(namespace, ['link set lo up', `addr add ${address}/24 dev eth0`, 'link set eth0 up']);
    const [, mac = ''] = /link\/ether (\S+)/.exec(await ip(namespace, ['link show dev eth0'])) ?? [];
    return new HostLine({ sw: this.#switch, port, mac, address });
  }

  /** Takes every line with it. */
  async close(): Promise<void> {
    await this.#switch.end();
    // The kernel takes the end of a namespace's lines down by and by.
    await waitUntil('the end of the network', async () => !(await hasLink(this.link)));
  }
}

export class HostLine {
  readonly address: string;
  readonly #sw: HeldNamespace;
  readonly #port: string;
  readonly #mac: string;

  constructor(facts: {
    readonly sw: HeldNamespace;
    readonly port: string;
    readonly mac: string;
    readonly address: string;
  }) {
    this.#sw = facts.sw;
    this.#port = facts.port;
    this.#mac = facts.mac;
    this.address = facts.address;
  }

  async cut(how: Cut = 'silent'): Promise<void> {
    // A switch sends no frame back to where it came from, so what comes from this process for a host at this process's line is lost.
    if (how === 'deaf') await runIn(this.#sw, 'bridge', ['fdb', 'replace', this.#mac, 'dev', 'here', ...STAYS]);
    else if (how === 'unplugged') await ip(this.#sw, [`link set ${this.#port} down`]);
    else await this.#forwards(false);
  }

  /** However it was cut, and if at all. */
  async heal(): Promise<void> {
    await ip(this.#sw, [`link set ${this.#port} up`]);
    // The kernel notices a cable a moment after it was plugged in, and lets nothing be said of the line before.
    await waitUntil('the line', async () => {
      await this.#forwards(true);
      return true;
    });
    await runIn(this.#sw, 'bridge', ['fdb', 'replace', this.#mac, 'dev', this.#port, ...STAYS]);
  }

  async #forwards(does: boolean): Promise<void> {
    const state = String(does ? FORWARDING : DISABLED);
    await runIn(this.#sw, 'bridge', ['link', 'set', 'dev', this.#port, 'state', state]);
  }
}

/** Of a port of a bridge. */
const FORWARDING = 3;
const DISABLED = 0;
/** An entry for an address that no frame changes. */
const STAYS = ['master', 'static', 'sticky'] as const;

/** Addresses that are kept for trials of networks and are on none (RFC 2544). */
function netOf(number: number): string {
  return `198.18.${number}`;
}

function linkOf(number: number): string {
  return `brigade-${number}`;
}

/** Makes the switch, and the line of this process to it: by the first number that no other test has. */
async function plugIn(sw: HeldNamespace): Promise<number> {
  await ip(sw, ['link add sw type bridge', 'link set sw up']);
  for (let number = 0; number < 256; number += 1) {
    if (await hasLink(linkOf(number))) continue;
    try {
      await ip(null, [`link add ${linkOf(number)} type veth peer name here netns ${sw.pid}`]);
    } catch (error) {
      // Another test was faster.
      if (await hasLink(linkOf(number))) continue;
      throw error;
    }
    await ip(sw, ['link set here master sw up']);
    await ip(null, [`addr add ${netOf(number)}.1/24 dev ${linkOf(number)}`, `link set ${linkOf(number)} up`]);
    return number;
  }
  throw new Error('every network for tests is taken');
}

async function hasLink(link: string): Promise<boolean> {
  return (await ip(null, ['link show'])).includes(` ${link}@`);
}

/** Where there is no namespace, in this process's own. */
function ip(namespace: HeldNamespace | null, lines: readonly string[]): Promise<string> {
  return runIn(namespace, 'ip', ['-batch', '-'], `${lines.join('\n')}\n`);
}

function runIn(namespace: HeldNamespace | null, program: string, args: readonly string[], input = ''): Promise<string> {
  const [command = program, ...before] = namespace === null ? [] : namespace.enter('/');
  const line = namespace === null ? args : [...before, program, ...args];
  const child = spawn(command, line, { stdio: 'pipe' });
  let said = '';
  let problem = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    problem += chunk.toString();
  });
  // Where it takes no more, its exit code says so.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(said);
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${problem}${input}`));
    });
  });
}
