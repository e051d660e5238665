// A line between a host and a server that takes its time. Its end at the host is a process of the host.

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Host } from './host-rig.ts';
import { waitUntil } from './wait-until.ts';

export class SlowLine {
  /** Where the host's programs find the server: `127.0.0.1:PORT`. */
  readonly address: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.address = `127.0.0.1:${port}`;
  }

  /** It ends with the host. */
  static async start(host: Host, to: { readonly host: string; readonly port: number }): Promise<SlowLine> {
    const program = fileURLToPath(new URL('slow-line-process.ts', import.meta.url));
    const [command, ...args] = [...host.under, process.execPath, program, to.host, String(to.port)];
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const port = await waitUntil('a slow line', () => said.endsWith('\n') && Number(said));
    return new SlowLine(child, port);
  }

  /** Whatever is sent from now on arrives this much later, each way. */
  takes(delayMs: number): void {
    this.#child.stdin?.write(`${delayMs}\n`);
  }
}
