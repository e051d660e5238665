// A connection over a socket. What is sent within one turn goes out in one write. Whatever befalls the socket is told as
// `onClose`, once, and thrown nowhere.
//
// A connection keeps its process alive until it has been ended or destroyed, because a command that waits for its answer
// has nothing else to live for. Once ended it holds the process only until the last byte is out, and no longer than
// END_MS: the other side may be stopped and take nothing more.

import type { Socket } from 'node:net';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { DeskConnection } from '../../ports/desk-door.ts';
import { FrameReader, frameOf } from './frames.ts';

/** `send` answers false while more than this is queued: enough that the socket never idles, little enough to hold per guest. */
const QUEUE_BYTES = 1024 * 1024;
/** How long the other side may take to take what is queued, and to close, after `end`. */
const END_MS = 1_000;

export class SocketConnection implements DeskConnection {
  onMessage: (text: string) => void = ignore;
  onClose: () => void = ignore;
  onDrain: () => void = ignore;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #frames = new FrameReader();
  #isOver = false;
  #isEnding = false;
  #isCorked = false;
  #owesDrain = false;
  #cancelEnd: Cancel | null = null;

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('drain', () => this.#drained());
    // Whoever has ended reads on, but waits for nothing that has not been sent yet.
    socket.on('end', () => this.destroy());
    // Nothing to do: `close` follows every error.
    socket.on('error', ignore);
    socket.once('close', () => this.#closed());
  }

  get queuedBytes(): number {
    return this.#isOver ? 0 : this.#socket.writableLength;
  }

  send(text: string): boolean {
    const frame = frameOf(text);
    if (this.#isOver || this.#isEnding) return true;
    this.#cork();
    this.#socket.write(frame);
    // Far above the socket's own mark, so a false here is always followed by its `drain`.
    if (this.#socket.writableLength <= QUEUE_BYTES) return true;
    this.#owesDrain = true;
    return false;
  }

  end(): void {
    if (this.#isOver || this.#isEnding) return;
    this.#isEnding = true;
    this.#cancelEnd = this.#clock.after(END_MS, () => this.destroy(), { background: true });
    this.#socket.end(() => this.#socket.unref());
  }

  destroy(): void {
    this.#isOver = true;
    this.#socket.destroy();
  }

  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      this.#socket.uncork();
    });
  }

  #read(chunk: Buffer): void {
    this.#frames.push(chunk);
    for (let text = this.#next(); text !== null; text = this.#next()) this.onMessage(text);
  }

  #next(): string | null {
    if (this.#isOver) return null;
    try {
      return this.#frames.next();
    } catch {
      // Longer than any message: not somebody to go on talking to.
      this.destroy();
      return null;
    }
  }

  #drained(): void {
    if (!this.#owesDrain) return;
    this.#owesDrain = false;
    this.onDrain();
  }

  #closed(): void {
    this.#isOver = true;
    this.#cancelEnd?.();
    this.onClose();
  }
}

function ignore(): void {
  // Until the owner sets its own.
}
