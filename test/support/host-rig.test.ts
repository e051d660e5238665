// What the tests of several hosts rest on: a cut loses what it says it loses, and nothing is left of a host.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cut } from './host-network.ts';
import { type Host, HostRig } from './host-rig.ts';
import { SlowLine } from './slow-line.ts';
import { waitUntil } from './wait-until.ts';

let rig: HostRig;
let server: EchoServer;

beforeEach(async () => {
  rig = await HostRig.open();
  server = await EchoServer.start(rig.address);
});

afterEach(async () => {
  await rig.close();
  server.close();
});

describe('a cut line', () => {
  it.each<{ readonly how: Cut; readonly arrives: boolean }>([
    { how: 'silent', arrives: false },
    { how: 'unplugged', arrives: false },
    { how: 'deaf', arrives: true },
  ])(
    '$how: what the host says arrives: $arrives; it hears nothing until the line is healed',
    async ({ how, arrives }) => {
      const [cut, other] = [
        await Talker.start(await rig.host('a'), server),
        await Talker.start(await rig.host('b'), server),
      ];
      await cut.host.cut(how);
      cut.say('lost?');
      // The one whose line is whole shows that as much time has passed as it takes.
      for (const word of ['one', 'two', 'three']) await other.converse(word);
      if (arrives) await waitUntil('what was said', () => server.heard.includes('lost?'));
      expect(server.heard.includes('lost?')).toBe(arrives);
      expect(cut.heard).toBe('');
      await cut.host.heal();
      await waitUntil('the answer', () => cut.heard === 'lost?', { withinMs: 30_000 });
      cut.heard = '';
      await cut.converse('and on');
    },
  );
});

describe('a host', () => {
  it('stands still as a whole, and goes on', async () => {
    const host = await rig.host('a');
    const talkers = [await Talker.start(host, server), await Talker.start(host, server)];
    await host.freeze();
    for (const talker of talkers) talker.say('anybody?');
    await (await Talker.start(await rig.host('b'), server)).converse('here');
    expect(talkers.map(({ heard }) => heard)).toEqual(['', '']);
    host.thaw();
    await waitUntil('both answers', () => talkers.every(({ heard }) => heard === 'anybody?'));
  });

  it('vanishes without a word, and is started again with its files and another clock', async () => {
    const host = await rig.host('a');
    const talker = await Talker.start(host, server);
    await talker.converse('here');
    const before = uptimeIn(host);
    host.scratch.write('kept.txt', 'kept');
    const { open } = server;
    await host.vanish();
    expect(talker.isOver).toBe(true);
    await host.start();
    await (await Talker.start(host, server)).converse('again');
    expect(server.open).toBe(open + 1);
    expect(uptimeIn(host) - before).toBeGreaterThan(86_000);
    expect(host.place).toBe('a/start-2');
    expect(readFileSync(join(host.scratch.root, 'kept.txt'), 'utf8')).toBe('kept');
  });

  it('has a wall clock of its own where it is asked for, and the monotonic clock all the same', async () => {
    const [host, ahead] = [await rig.host('a'), await rig.host('b', { wallAheadS: 7_200 })];
    const [wall, shifted] = [wallIn(host), wallIn(ahead)];
    expect(Math.abs(shifted - wall - 7_200_000)).toBeLessThan(60_000);
    const tookS = timeIn(
      ahead,
      'const t = process.hrtime.bigint(); setTimeout(() => console.log(Number(process.hrtime.bigint() - t) / 1e9), 100)',
    );
    expect(tookS).toBeGreaterThanOrEqual(0.09);
    expect(tookS).toBeLessThan(60);
  });

  it('hears late where its line is slow', async () => {
    const host = await rig.host('a');
    const line = await SlowLine.start(host, { host: server.at.address, port: server.at.port });
    const [at, port = ''] = line.address.split(':');
    const talker = await Talker.start(host, { at: { address: at ?? '', port: Number(port) } });
    line.takes(300);
    const saidMs = performance.now();
    await talker.converse('slowly');
    expect(performance.now() - saidMs).toBeGreaterThanOrEqual(600);
  });

  it('leaves nothing behind, whatever state it is in', async () => {
    const hosts = [await rig.host('a'), await rig.host('b'), await rig.host('c')] as const;
    for (const host of hosts) await Talker.start(host, server);
    const processes = hosts.flatMap((host) => host.processes);
    expect(processes.length).toBeGreaterThanOrEqual(2 * hosts.length);
    await hosts[0].freeze();
    await hosts[1].cut();
    await hosts[2].vanish();
    await rig.close();
    expect(processes.filter(isThere)).toEqual([]);
    expect(hosts.filter(({ scratch }) => existsSync(scratch.folder))).toEqual([]);
    expect(links()).not.toContain(rig.network.link);
    rig = await HostRig.open();
  });

  it('leaves no process and no interface behind when the test is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brigade-killed-'));
    const program = `import { HostRig } from '${new URL('host-rig.ts', import.meta.url).href}';
      const rig = await HostRig.open();
      const [host, frozen] = [await rig.host('a'), await rig.host('b')];
      await frozen.freeze();
      console.log(JSON.stringify({ link: rig.network.link, processes: [...host.processes, ...frozen.processes] }));`;
    const env = { ...process.env, TMPDIR: folder };
    const args = ['--input-type=module', '--eval', program];
    const test = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    test.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await waitUntil('its hosts', () => said.endsWith('\n'), { withinMs: 30_000 });
    const { link, processes } = JSON.parse(said) as { readonly link: string; readonly processes: readonly number[] };
    expect(links()).toContain(link);
    test.kill('SIGKILL');
    await waitUntil('the end of all', () => !processes.some(isThere) && !links().includes(link), {
      withinMs: 60_000,
    });
    rmSync(folder, { recursive: true });
  });
});

/** Says what it hears. */
class EchoServer {
  heard = '';
  /** Connections that nobody has closed. */
  open = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => {
      this.open += 1;
      this.#sockets.add(socket);
      socket.on('data', (chunk: Buffer) => {
        this.heard += chunk.toString();
        socket.write(chunk);
      });
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.open -= 1;
      });
    });
  }

  static async start(address: string): Promise<EchoServer> {
    const started = new EchoServer();
    await new Promise<void>((resolve) => started.#server.listen(0, address, resolve));
    return started;
  }

  get at(): { readonly address: string; readonly port: number } {
    return this.#server.address() as { readonly address: string; readonly port: number };
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** A process of a host with a connection to the server. */
class Talker {
  heard = '';
  readonly host: Host;
  readonly #child: ChildProcess;

  private constructor(host: Host, child: ChildProcess) {
    this.host = host;
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => {
      this.heard += chunk.toString();
    });
    child.stdin?.on('error', () => undefined);
  }

  static async start(host: Host, { at }: Pick<EchoServer, 'at'>): Promise<Talker> {
    const program = `const s = require('node:net').connect(${at.port}, '${at.address}');
      s.pipe(process.stdout); process.stdin.pipe(s); s.on('error', () => process.exit(1));`;
    const [command, ...args] = [...host.under, process.execPath, '-e', program];
    const talker = new Talker(host, spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
    await talker.converse('hello');
    return talker;
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  say(word: string): void {
    this.#child.stdin?.write(word);
  }

  /** Says it, waits for the answer, and forgets both. */
  async converse(word: string): Promise<void> {
    this.say(word);
    await waitUntil(`the answer to ${word}`, () => this.heard === word);
    this.heard = '';
  }
}

function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

function links(): string {
  return execFileSync('ip', ['-brief', 'link'], { encoding: 'utf8' });
}

function wallIn(host: Host): number {
  return timeIn(host, 'console.log(Date.now())');
}

function uptimeIn(host: Host): number {
  return timeIn(host, 'console.log(Number(process.hrtime.bigint()) / 1e9)');
}

function timeIn(host: Host, program: string): number {
  const [command, ...args] = [...host.under, process.execPath, '-e', program];
  return Number(execFileSync(command, args, { encoding: 'utf8', env: { ...process.env, ...host.scratch.env } }));
}
