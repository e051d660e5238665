// Requests over HTTP/1.1, plain or TLS, to the endpoints of one etcd. Node's own client and not `fetch`: that one takes no CA
// without a further package, and does not tell a request that never left from one whose answer was lost. Proxies of the
// environment are not used.

import { readFile } from 'node:fs/promises';
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from '../../ports/clock.ts';
import { StoreFault } from '../../ports/event-store.ts';
import type { EtcdEndpoint, EtcdTls } from './etcd-url.ts';

export interface Outgoing {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** No answer, or not all of it. */
export class Unanswered extends Error {
  /** The request may have left, so what it asked for may have been done. */
  readonly mayBeDone: boolean;
  constructor(cause: unknown, mayBeDone: boolean, isHandshake = false) {
    super(isHandshake ? `the TLS handshake failed, ${codeOf(cause)}` : codeOf(cause), { cause });
    this.mayBeDone = mayBeDone;
  }
}

/** An answer that is longer than whoever asked can take at once. */
export class TooLong extends Error {}

/** A page of a log is far less; see `page-size.ts`. */
const ANSWER_BYTES = 32 * 1024 * 1024;
/** After this long without a word the kernel asks whether the other side is still there. */
const KEEP_ALIVE_MS = 5_000;
const SOCKETS = 64;

type Secrets = Pick<AgentOptions, 'ca' | 'cert' | 'key' | 'servername'>;

export class Connections {
  readonly #clock: Clock;
  readonly #tls: Secrets | null;
  readonly #agent: HttpAgent;
  readonly #underWay = new Set<ClientRequest>();

  constructor(clock: Clock, tls: Secrets | null) {
    const options = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS, maxSockets: SOCKETS };
    this.#clock = clock;
    this.#tls = tls;
    this.#agent = tls === null ? new HttpAgent(options) : new HttpsAgent({ ...options, ...tls });
  }

  /** Throws `Unanswered`, or `TooLong`, and never later than `patienceMs` from now. */
  async ask(endpoint: EtcdEndpoint, outgoing: Outgoing, patienceMs: number): Promise<Answered> {
    const request = this.#send(endpoint, outgoing, this.#agent);
    const sent = watchSending(request, this.#tls !== null);
    const cancel = this.#clock.after(patienceMs, () => request.destroy(new Error('no answer in time')));
    try {
      const response = await responseTo(request, outgoing.body);
      return { status: response.statusCode ?? 0, text: await gather(response) };
    } catch (error) {
      throw error instanceof TooLong ? error : new Unanswered(error, sent.mayBe, sent.isHandshake);
    } finally {
      cancel();
    }
  }

  /**
   * Asks on a connection of its own, for an answer without end. `onEnd` is called once, when nothing more will come. Keeps no
   * process alive.
   */
  stream(
    endpoint: EtcdEndpoint,
    outgoing: Outgoing,
    on: { readonly data: (chunk: Buffer) => void; readonly end: (why: string) => void },
  ): () => void {
    const request = this.#send(endpoint, outgoing, false);
    let isOver = false;
    const end = (why: string): void => {
      if (isOver) return;
      isOver = true;
      request.destroy();
      on.end(why);
    };
    request.on('error', (error) => end(codeOf(error)));
    request.once('socket', (socket: Socket) => {
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      socket.unref();
    });
    request.once('response', (response) => {
      response.on('data', (chunk: Buffer) => {
        if (!isOver) on.data(chunk);
      });
      response.on('error', (error) => end(codeOf(error)));
      response.once('close', () => end('the connection was closed'));
    });
    request.end(outgoing.body);
    return () => end('it was not wanted any more');
  }

  /** Whatever is under way ends without an answer. */
  close(): void {
    for (const request of this.#underWay) request.destroy(new Error('the store was closed'));
    this.#agent.destroy();
  }

  #send({ host, port }: EtcdEndpoint, { method, path, headers }: Outgoing, agent: HttpAgent | false): ClientRequest {
    const options = { host, port, method, path, headers, agent };
    const request = this.#tls === null ? requestHttp(options) : requestHttps({ ...options, ...this.#tls });
    this.#underWay.add(request);
    request.once('close', () => void this.#underWay.delete(request));
    return request;
  }
}

/** Reads the files that `tls` names. Throws STORE_UNAVAILABLE for one that cannot be read. */
export async function readSecrets({ ca, cert, key, servername }: EtcdTls, location: string): Promise<Secrets> {
  const files = Object.entries({ ca, cert, key }).filter((file): file is [string, string] => file[1] !== null);
  const read = await Promise.all(
    files.map(async ([name, path]) => {
      try {
        return [name, await readFile(path)] as const;
      } catch (error) {
        const message = `${location} cannot be reached: the file of ${name}, ${path}, cannot be read (${codeOf(error)}).`;
        throw new StoreFault('STORE_UNAVAILABLE', message, {
          cause: error,
          details: { location, path, outcome: 'none' },
        });
      }
    }),
  );
  return { ...Object.fromEntries(read), ...(servername === null ? {} : { servername }) };
}

/** How far the sending of a request has come. */
interface Sending {
  /** Nothing has left before the connection stands; on one that stood already, everything may have. */
  mayBe: boolean;
  isHandshake: boolean;
}

function watchSending(request: ClientRequest, isTls: boolean): Readonly<Sending> {
  const sent: Sending = { mayBe: false, isHandshake: false };
  const stands = (): void => {
    sent.mayBe = true;
    sent.isHandshake = false;
  };
  request.once('socket', (socket: Socket) => {
    if (!socket.connecting) return stands();
    socket.once(isTls ? 'secureConnect' : 'connect', stands);
    socket.once('connect', () => {
      sent.isHandshake = isTls && !sent.mayBe;
    });
  });
  return sent;
}

function responseTo(request: ClientRequest, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.once('response', resolve);
    request.end(body);
  });
}

async function gather(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES) {
      response.destroy();
      throw new TooLong(`more than ${ANSWER_BYTES} bytes`);
    }
  }
  if (!response.complete) throw new Error('the answer was cut off');
  return Buffer.concat(chunks).toString();
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
