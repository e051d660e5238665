// The HTTP server of a scratch folder as an application that a test calls with requests: a real fleet behind it, and no
// socket before it.

import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { bodyHash } from '../../src/app/body-hash.ts';
import { secretHash } from '../../src/app/credentials.ts';
import type { Occupant } from '../../src/app/seat/occupant.ts';
import { Seat } from '../../src/app/seat/seat.ts';
import { clock, type Fleet, hasher, ids, openFleet, prepareHost } from '../../src/compose.ts';
import { isRejection } from '../../src/core/rejection.ts';
import { NEARBY } from '../../src/surface/http/access/access-settings.ts';
import { Operators } from '../../src/surface/http/access/operators.ts';
import { createHttpApp } from '../../src/surface/http/app.ts';

export interface Ask {
  readonly body?: unknown;
  /** A handle, or the operator token. */
  readonly bearer?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Heard {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of JSON; empty for anything else. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface RestRig {
  readonly fleet: Fleet;
  readonly app: ReturnType<typeof createHttpApp>;
  readonly operatorToken: string;
  /** A fresh code that makes a browser an operator's. */
  readonly makeCode: () => string;
  /** The server begins to stop. */
  readonly stop: () => void;
  readonly ask: (method: string, path: string, ask?: Ask) => Promise<Heard>;
  /** Registers; answers the handle. */
  readonly register: (id: string) => Promise<string>;
  /** Acquires without waiting; answers the token. */
  readonly acquire: (bearer: string, resource: string) => Promise<number>;
}

/** Everything is closed and removed when the test is over. */
export async function restRig(): Promise<RestRig> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'brigade-rest-')));
  const home = join(root, '.home');
  const env = { HOME: home, XDG_STATE_HOME: home };
  const flags = { root, durability: 'process', logLevel: 'error', desk: 'off' };
  const host = await prepareHost({ flags, env, folder: root, stays: true });
  const fleet = await openFleet(host, { kind: 'serve' });
  const stopping = new AbortController();
  onTestFinished(async () => {
    stopping.abort();
    await fleet.close();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });
  const seat = new Seat(fleet.seatPorts, await anybody(fleet));
  const operators = new Operators({ clock, hasher, ids });
  const access = { ...NEARBY, limitsRates: false, operators };
  const app = createHttpApp({ fleet, seat, version: '0.0.0', stopping: stopping.signal, access });
  const operatorToken = await setToken(fleet);
  const makeCode = (): string => operators.makeCode({ kind: 'operator', name: 'test', proof: 'terminal' });
  const ask: RestRig['ask'] = async (method, path, asked = {}) =>
    heard(await app.request(urlOf(path), initOf(method, asked)));
  const register: RestRig['register'] = async (id) =>
    String((await ask('POST', '/v1/sessions', { body: { id } })).body.session);
  const acquire: RestRig['acquire'] = async (bearer, resource) => {
    const { body } = await ask('POST', '/v1/locks/acquire', { bearer, body: { resources: [resource], waitMs: 0 } });
    const [lease] = body.leases as readonly { readonly token: number }[];
    return lease?.token ?? Number.NaN;
  };
  return { fleet, app, operatorToken, makeCode, stop: () => stopping.abort(), ask, register, acquire };
}

function urlOf(path: string): string {
  return `http://127.0.0.1:7420${path}`;
}

function initOf(method: string, { body, bearer, headers = {}, signal }: Ask): RequestInit {
  const isText = typeof body === 'string' || body instanceof Uint8Array;
  return {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isText ? (body as string) : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  };
}

async function heard(response: Response): Promise<Heard> {
  const { status, headers } = response;
  const text = await response.text();
  const isJson = /^application\/(?:problem\+)?json/.test(headers.get('content-type') ?? '') && text !== '';
  return { status, headers, text, body: isJson ? (JSON.parse(text) as Heard['body']) : {} };
}

async function setToken({ coordinator }: Fleet): Promise<string> {
  const founded = await coordinator.found();
  if (isRejection(founded)) throw new Error(founded.message);
  const token = ids.newSecret();
  const asked = { op: 'set_token', kind: 'operator', tokenHash: secretHash(hasher, token) } as const;
  const by = { kind: 'operator', name: 'test', proof: 'terminal' } as const;
  const { answer } = await coordinator.submit({
    ...asked,
    by,
    requestId: ids.newId(),
    bodyHash: bodyHash(hasher, asked),
  });
  if (isRejection(answer)) throw new Error(answer.message);
  return token;
}

async function anybody(fleet: Fleet): Promise<Occupant> {
  const nobody = { agentId: null, purpose: null, handle: null, keptAs: null, clientSession: null, process: null };
  return { ...nobody, client: 'http', user: fleet.host.user, worktree: await fleet.worktree(), folder: null };
}
