import type { Command } from 'commander';
import { packageVersion } from '../../../compose.ts';
import type { Cli } from '../cli.ts';
import { commonOptionsOf } from '../common-options.ts';
import { EXIT } from '../exit-code.ts';

const HELP = `
Serves the fleet of the workspace over HTTP: MCP at /mcp, REST at /v1, the log
as it grows at /v1/stream, /healthz, /readyz, /metrics and /openapi.json.
Ctrl-C ends it: waits are left with their places, and nothing is released that
somebody holds.`;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function define(command: Command, cli: Cli): void {
  command
    .option('--host <address>', 'the address to listen on, 127.0.0.1 by default (BRIGADE_HOST)')
    .option('--port <number>', 'the port to listen on, 7420 by default; 0 takes a free one (BRIGADE_PORT)')
    .addHelpText('after', HELP)
    .action(async () => {
      const { serveFleet } = await import('../../http/run-serve.ts');
      const { flags } = commonOptionsOf(command);
      delete process.env.BRIGADE_OPERATOR_TOKEN;
      const { url, taken, fleet, stop } = await serveFleet({
        flags,
        env: cli.env,
        folder: cli.folder,
        version: packageVersion(),
      });
      const moved = taken === null ? '' : ` (port ${taken} is taken)`;
      cli.screen.out(`Brigade serves the fleet of ${fleet.host.workspace.root} at ${url}${moved}`);
      cli.screen.out(`  MCP      ${url}/mcp`);
      cli.screen.out(`  REST     ${url}/v1, described by ${url}/openapi.json`);
      cli.screen.out(`  health   ${url}/readyz, ${url}/metrics`);
      await signalled();
      await stop();
      cli.exitCode = EXIT.done;
    });
}

/** Resolves with the first signal to end; a second one ends the process on the spot. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    let isEnding = false;
    const onSignal = (): void => {
      if (isEnding) process.exit(130);
      isEnding = true;
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
  });
}
