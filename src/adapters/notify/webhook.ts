// One try of a webhook: a signed POST. Its status is what counts; what the receiver writes is not kept, redirects are not
// followed, and no proxy of the environment is used, because a proxy would resolve the name once more.

import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions, request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { OutgoingMessage } from '../../core/delivery/message.ts';
import type { WebhookTarget } from '../../core/delivery/target.ts';
import type { Clock } from '../../ports/clock.ts';
import { endpointOf } from '../../ports/endpoint.ts';
import type { SendResult } from '../../ports/notifier.ts';
import { type Address, checkedAddresses, type Resolve } from './addresses.ts';
import { type Secrets, signatures } from './sign.ts';

export interface WebhookPorts {
  readonly clock: Clock;
  readonly resolve: Resolve;
  /** Of Brigade, for the receiver's log. */
  readonly version: string;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;
/** A receiver that answers more than a few words is not listened to. */
const BODY_BYTES = 16 * 1024;

export async function sendWebhook(
  target: WebhookTarget,
  message: OutgoingMessage,
  secrets: Secrets,
  ports: WebhookPorts,
  signal: AbortSignal,
): Promise<SendResult> {
  const { clock, timeoutMs = TIMEOUT_MS } = ports;
  const patience = new AbortController();
  const cancel = clock.after(timeoutMs, () => patience.abort(), { background: true });
  const ended = AbortSignal.any([signal, patience.signal]);
  try {
    return await Promise.race([attempt(target, message, secrets, ports, ended), aborted(ended)]);
  } catch (error) {
    if (patience.signal.aborted) return failed(`it did not answer within ${timeoutMs / 1_000} s`);
    if (signal.aborted) return failed('this process ended');
    return failed(`it could not be reached (${codeOf(error)})`);
  } finally {
    cancel();
    patience.abort();
  }
}

async function attempt(
  target: WebhookTarget,
  message: OutgoingMessage,
  secrets: Secrets,
  { clock, resolve, version }: WebhookPorts,
  signal: AbortSignal,
): Promise<SendResult> {
  const url = endpointOf(target);
  if (typeof url === 'string') return failed(`its address ${url}`);
  const addresses = await checkedAddresses(url, target.allowPrivate === true, resolve);
  if (typeof addresses === 'string') return failed(addresses);
  const timestamp = Math.floor(Date.parse(clock.wallAt()) / 1_000);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(message.body),
    'user-agent': `Brigade/${version}`,
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures(secrets, message.id, timestamp, message.body),
  };
  const lookup = lookupOf(addresses);
  const { status, retryAfter } = await post(url, { method: 'POST', headers, lookup, signal }, message.body);
  return resultOf(status, retryAfter, clock);
}

/** Answers what was resolved and checked, whatever is asked. */
function lookupOf(addresses: readonly Address[]): LookupFunction {
  return (_host, { all }, answer) => {
    const [first] = addresses;
    if (all === true) answer(null, [...addresses]);
    else answer(null, first?.address ?? '', first?.family);
  };
}

interface Answered {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

function post(url: URL, options: RequestOptions, body: string): Promise<Answered> {
  const isTls = url.protocol === 'https:';
  // An agent of its own: it keeps no connection, and knows nothing of proxies.
  const agent = isTls ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false });
  return new Promise((resolve, reject) => {
    const heard = (response: IncomingMessage): void => {
      const answered = { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] };
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > BODY_BYTES) response.destroy();
      });
      // Its status was heard: what becomes of the rest changes nothing.
      response.on('error', () => undefined);
      response.once('close', () => resolve(answered));
    };
    const sent = isTls
      ? requestHttps(url, { ...options, agent }, heard)
      : requestHttp(url, { ...options, agent }, heard);
    sent.once('error', reject);
    sent.end(body);
  });
}

function resultOf(status: number, retryAfter: string | undefined, clock: Clock): SendResult {
  const detail = `it answered ${status}`;
  if (status >= 200 && status < 300) return { result: 'delivered', detail };
  if (status === 410) return { result: 'gone', detail };
  if (status >= 300 && status < 400) return failed(`${detail}, and redirects are not followed`);
  const isPatience = status === 429 || status === 503;
  return { result: 'failed', detail, retryAfterMs: isPatience ? retryAfterMs(retryAfter, clock) : null };
}

/** Seconds or a date; null for anything else. */
function retryAfterMs(text: string | undefined, clock: Clock): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1_000;
  const until = Date.parse(text);
  return Number.isNaN(until) ? null : Math.max(0, until - Date.parse(clock.wallAt()));
}

function failed(detail: string): SendResult {
  return { result: 'failed', detail, retryAfterMs: null };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(new Error('ended'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : 'no answer';
}
