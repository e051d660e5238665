// A receiver of webhooks on this host, as docs/alerts-delivery.md advises: it verifies each request by the specification alone,
// and drops what it knows. What it answers is the test's.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Request {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly seq: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

/** What is answered to a request; `hang` answers nothing, ever. */
export type HookAnswer = number | 'hang' | Promise<number | 'hang'>;

export class WebhookReceiver {
  readonly port: number;
  readonly requests: Request[] = [];
  /** Subjects and kinds of what was taken, in the order in which it was first taken. */
  readonly taken = new Map<string, Request>();
  /** Requests whose signature was wrong. */
  forged = 0;
  secret = '';
  answering: (request: Request, count: number) => HookAnswer;
  readonly #server: Server;

  private constructor(server: Server, answering: WebhookReceiver['answering']) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.answering = answering;
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.once('end', () => {
        void this.#answer(request.headers, Buffer.concat(parts).toString(), response);
      });
    });
  }

  static async start(answering: WebhookReceiver['answering'] = () => 200): Promise<WebhookReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return new WebhookReceiver(server, answering);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/alerts`;
  }

  /** Kinds of what was taken about each alert or incident, in order. */
  get stories(): Readonly<Record<string, readonly string[]>> {
    const stories: Record<string, string[]> = {};
    for (const { subject, type } of this.taken.values()) stories[subject] = [...(stories[subject] ?? []), type];
    return stories;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(headers: IncomingHttpHeaders, body: string, response: ServerResponse): Promise<void> {
    const status = await this.#heard(headers, body);
    if (status !== 'hang') response.writeHead(status).end();
  }

  async #heard(headers: IncomingHttpHeaders, body: string): Promise<number | 'hang'> {
    if (!isSigned(this.secret, headers, body)) {
      this.forged += 1;
      return 401;
    }
    const { type, data } = JSON.parse(body) as {
      readonly type: string;
      readonly data: { readonly subject?: string; readonly event?: { readonly seq: number } };
    };
    const id = String(headers['webhook-id']);
    const request = { id, type, subject: data.subject ?? '', seq: data.event?.seq ?? 0, body, headers };
    this.requests.push(request);
    const status = await this.answering(request, this.requests.length);
    if (typeof status === 'number' && status < 300 && !this.taken.has(id)) this.taken.set(id, request);
    return status;
  }
}

function isSigned(secret: string, headers: IncomingHttpHeaders, body: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const expected = createHmac('sha256', key).update(signed).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .some((each) => {
      const given = Buffer.from(each.replace(/^v1,/, ''), 'base64');
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
}
