// The HTTP server as an application that a test calls with requests: a fleet of its own, its log in memory or on disk, and
// everything that is logged.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { expect, onTestFinished } from 'vitest';
import { secretHash } from '../../src/app/credentials.ts';
import { Seat } from '../../src/app/seat/seat.ts';
import { type Fleet, hasher, ids, openFleet, prepareHost } from '../../src/compose.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { AccessSettings } from '../../src/surface/http/access/access-settings.ts';
import { anybody } from '../../src/surface/http/anybody.ts';
import { createHttpApp } from '../../src/surface/http/app.ts';
import type { HttpEnv } from '../../src/surface/http/http-parts.ts';

export interface HttpRig {
  readonly app: Hono<HttpEnv>;
  readonly fleet: Fleet;
  readonly root: string;
  /** Every line that was logged, its fields as JSON. */
  readonly logged: readonly string[];
  /** Gives the fleet a token. */
  readonly setToken: (kind: 'operator' | 'join', secret: string) => Promise<void>;
  /** What the server does first when it stops. */
  readonly stop: () => void;
}

export interface HttpRigOptions {
  readonly access?: AccessSettings;
  /** The log is a file, as it is in a real workspace. */
  readonly isOnDisk?: boolean;
}

/** A fresh fleet and its server; everything is closed and removed when the test is over. */
export async function httpRig({ isOnDisk = false, ...options }: HttpRigOptions = {}): Promise<HttpRig> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'brigade-http-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const env = { XDG_STATE_HOME: join(root, '.state') };
  const flags = { root, durability: 'process', desk: 'off', ...(isOnDisk ? {} : { store: 'memory:' }) };
  const plain = await prepareHost({ flags, env, folder: root, stays: false });
  const logged: string[] = [];
  const host = { ...plain, logger: loggerInto(logged) };
  const fleet = await openFleet(host);
  onTestFinished(() => fleet.close());
  const stopping = new AbortController();
  const seat = new Seat(fleet.seatPorts, { ...(await anybody(fleet)), user: 'ana' });
  const app = createHttpApp({ fleet, seat, version: 'test', stopping: stopping.signal, ...options });
  const setToken: HttpRig['setToken'] = async (kind, secret) => {
    await fleet.seatPorts.found();
    const by = { kind: 'operator', name: 'ana', proof: 'terminal' } as const;
    const tokenHash = secretHash(hasher, secret);
    const head = { by, requestId: ids.newId('req'), bodyHash: tokenHash };
    const { answer } = await fleet.coordinator.submit({ op: 'set_token', kind, tokenHash, ...head });
    expect(isRejection(answer)).toBe(false);
  };
  return { app, fleet, root, logged, setToken, stop: () => stopping.abort() };
}

function loggerInto(lines: string[]): Logger {
  const write = (fields: object, message: string): void => {
    const text = JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? value.stack : value));
    lines.push(`${message} ${text}`);
  };
  const logger: Logger = { error: write, warn: write, info: write, debug: write, child: () => logger };
  return logger;
}
