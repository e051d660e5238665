// `brigade serve` within the test's own process, on a free port of the loopback, so that a test can hold its clock.

import { type Served, serveFleet } from '../../src/surface/http/run-serve.ts';
import type { McpHttpSettings } from '../../src/surface/mcp/http/mcp-endpoint.ts';
import type { Scratch } from './scratch.ts';

export interface ServedOptions {
  readonly mcp?: McpHttpSettings;
  /** A free one when it is not said. */
  readonly port?: number;
}

/** Serves the fleet of `scratch` until it is stopped. */
export function serve(scratch: Scratch, { mcp = {}, port = 0 }: ServedOptions = {}): Promise<Served> {
  return serveFleet({
    flags: { host: '127.0.0.1', port: String(port), logLevel: 'silent' },
    env: scratch.env,
    folder: scratch.root,
    version: 'test',
    mcp,
  });
}
