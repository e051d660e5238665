import type { Command } from 'commander';
import { clock, packageVersion } from '../../../compose.ts';
import type { Cli } from '../cli.ts';
import { commonOptionsOf } from '../common-options.ts';
import { EXIT } from '../exit-code.ts';

const HELP = `
Serves the fleet of the workspace over HTTP: MCP at /mcp, REST at /v1, the log
as it grows at /v1/stream, /healthz, /readyz, /metrics and /openapi.json.
Ctrl-C ends it: waits are left with their places, and nothing is released that
somebody holds. With --demo it serves a scratch workspace in which agents of the
drill work until then; nothing of yours is touched.`;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function define(command: Command, cli: Cli): void {
  command
    .option('--host <address>', 'the address to listen on, 127.0.0.1 by default (BRIGADE_HOST)')
    .option('--port <number>', 'the port to listen on, 7420 by default; 0 takes a free one (BRIGADE_PORT)')
    .option('--demo', 'serve a scratch fleet with agents of the drill at work in it')
    .addHelpText('after', HELP)
    .action(async ({ demo: wantsDemo = false }: { readonly demo?: boolean }) => {
      const { serveFleet } = await import('../../http/run-serve.ts');
      const { flags } = commonOptionsOf(command);
      delete process.env.BRIGADE_OPERATOR_TOKEN;
      const demo = wantsDemo ? await prepareDemo(cli) : null;
      try {
        const start = { flags, env: cli.env, folder: cli.folder, version: packageVersion() };
        const served = await serveFleet({ ...start, ...demo?.startedWith(flags) });
        const { url, taken, fleet } = served;
        const moved = taken === null ? '' : ` (port ${taken} is taken)`;
        cli.screen.out(`Brigade serves the fleet of ${fleet.host.workspace.root} at ${url}${moved}`);
        cli.screen.out(`  MCP      ${url}/mcp`);
        cli.screen.out(`  REST     ${url}/v1, described by ${url}/openapi.json`);
        cli.screen.out(`  health   ${url}/readyz, ${url}/metrics`);
        demo?.play();
        await signalled(cli.env);
        await demo?.leave();
        await served.stop();
      } finally {
        await demo?.remove();
      }
      cli.exitCode = EXIT.done;
    });
}

async function prepareDemo({ env, screen }: Cli) {
  const { Demo } = await import('../drill/demo/demo.ts');
  return Demo.prepare(env, (line) => screen.err(line));
}

/** One Ctrl-C comes twice under npm: from the terminal, and passed on. */
const SAME_SIGNAL_MS = 500;

/** Resolves with the first signal to end; a second one ends the process on the spot. */
function signalled(env: Cli['env']): Promise<void> {
  return new Promise((resolve) => {
    let firstMs: number | null = null;
    const onSignal = (): void => {
      const nowMs = clock.monotonicMs();
      if (firstMs !== null && nowMs - firstMs > SAME_SIGNAL_MS) process.exit(130);
      firstMs ??= nowMs;
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
    if (env.npm_lifecycle_event === 'start' && env.npm_package_name === 'brigade') whenLeft(resolve);
  });
}

/** Between two looks at who the parent is. */
const PARENT_MS = 250;

/**
 * Under `npm start` there is a shell between npm and this process, which dies of a signal to npm without passing it on. Whoever
 * is left by its parent there was meant.
 */
function whenLeft(run: () => void): void {
  const parent = process.ppid;
  const look = (): void => {
    if (process.ppid === parent) clock.after(PARENT_MS, look, { background: true });
    else run();
  };
  look();
}
