import { type Command, Option } from 'commander';
import { clock, type Fleet, packageVersion } from '../../../compose.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import { onEndSignals } from '../../end-signals.ts';
import type { Served } from '../../http/run-serve.ts';
import { ServeFault } from '../../http/serve-fault.ts';
import { type Operator, operatorOf } from '../authority.ts';
import type { Cli } from '../cli.ts';
import { type Context, perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { openBrowser } from '../run/open-browser.ts';
import { clientSnippets, servingText } from '../text/serving-text.ts';

const HELP = `
Serves the fleet of the workspace over HTTP: MCP at /mcp, REST at /v1, the log
as it grows at /v1/stream, /healthz, /readyz, /metrics and /openapi.json.
Ctrl-C ends it: waits are left with their places, and nothing is released that
somebody holds. With --demo it serves a scratch workspace in which agents of the
drill work until then; nothing of yours is touched.`;

interface Options {
  readonly demo?: boolean;
  readonly open?: boolean;
  readonly allowHost?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly insecureHttp?: boolean;
  readonly rateLimit: 'on' | 'off';
}

export function define(command: Command, cli: Cli): void {
  command
    .option('--host <address>', 'the address to listen on, 127.0.0.1 by default (BRIGADE_HOST)')
    .option('--port <number>', 'the port to listen on, 7420 by default; 0 takes a free one (BRIGADE_PORT)')
    .option('--open', 'open a browser that acts for you as an operator; in a terminal')
    .option('--allow-host <name>', 'a further name under which it is reached; may be given again', gather)
    .option('--tls-cert <file>', 'speak TLS with this certificate (PEM)')
    .option('--tls-key <file>', 'the key of the certificate (PEM)')
    .option('--insecure-http', 'let other hosts talk to it without TLS')
    .addOption(
      new Option('--rate-limit <on|off>', 'bound how often one caller may call').choices(['on', 'off']).default('on'),
    )
    .option('--demo', 'serve a scratch fleet with agents of the drill at work in it')
    .addHelpText('after', HELP)
    .action((options: Options) => perform(command, cli, (context) => serve(context, options)));
}

function gather(name: string, names: readonly string[] = []): readonly string[] {
  return [...names, name];
}

/** Serves until a signal comes. */
async function serve(context: Context, options: Options): Promise<number> {
  const { cli, flags } = context;
  const { serveFleet } = await import('../../http/run-serve.ts');
  // Whatever this process starts must not have an operator's authority.
  const env = { ...cli.env };
  delete process.env.BRIGADE_OPERATOR_TOKEN;
  const demo = options.demo === true ? await prepareDemo(cli) : null;
  try {
    const start = { flags, env, folder: cli.folder, version: packageVersion(), access: accessOf(options) };
    const served = await serveFleet({ ...start, ...demo?.startedWith(flags) });
    const operator = options.open === true ? await operatorHere(context, served.fleet) : null;
    if (isRejection(operator)) {
      await served.stop();
      return context.refuse(operator);
    }
    const page = operator === null ? null : `${served.url}/?code=${served.operators.makeCode(operator)}`;
    // Whoever hears where it is may end it at once.
    const ended = signalled(env);
    tellServing(context, served, page);
    if (page !== null && !context.json) void openPage(context, page);
    demo?.play();
    await ended;
    await demo?.leave();
    await served.stop();
    return EXIT.done;
  } catch (error) {
    if (error instanceof ServeFault) return context.refuse(error.rejection);
    throw error;
  } finally {
    await demo?.remove();
  }
}

/** Whoever has no browser that opens, or none here, opens the address themselves. */
async function openPage(context: Context, page: string): Promise<void> {
  if (await openBrowser(page, process.env)) return;
  context.remark(`Open ${page} in a browser within two minutes; it acts for you, once.`);
}

function accessOf({ allowHost: names, tlsCert, tlsKey, insecureHttp: allowsClear, rateLimit }: Options) {
  return { names, tlsCert, tlsKey, allowsClear, limitsRates: rateLimit === 'on' };
}

/** Whoever opens a browser for themselves: a person at this terminal, or who shows the token of this fleet. */
async function operatorHere(context: Context, fleet: Fleet): Promise<Operator | Rejection> {
  const by = operatorOf(context, { host: fleet.host, settings: fleet.host.settings, fleet });
  if (isRejection(by) || by.proof === 'terminal') return by;
  const { tokenHash } = by.proof;
  if (await fleet.coordinator.view({ kind: 'token', which: 'operator', tokenHash })) return by;
  return reject('CREDENTIAL_WRONG', {
    message: 'BRIGADE_OPERATOR_TOKEN is not the operator token of this fleet.',
    next: 'Set it to what `brigade token operator` prints, or leave it out and sit at a terminal.',
  });
}

function tellServing(context: Context, served: Served, page: string | null): void {
  const { url, taken, fleet, isOpen, warnings } = served;
  const serving = { url, root: fleet.host.workspace.root, taken, isOpen, warnings };
  const document = {
    ...serving,
    fleetId: fleet.coordinator.fleetId(),
    version: packageVersion(),
    pid: process.pid,
    mcp: `${url}/mcp`,
    rest: `${url}/v1`,
    openapi: `${url}/openapi.json`,
    ready: `${url}/readyz`,
    clients: clientSnippets(serving),
    ...(page === null ? {} : { open: page }),
  };
  for (const warning of warnings) context.remark(`warning: ${warning}`);
  context.tell(document, () => servingText(serving));
}

async function prepareDemo({ env, screen }: Cli) {
  const { Demo } = await import('../drill/demo/demo.ts');
  return Demo.prepare(env, (line) => screen.err(line));
}

/** Resolves when it is to end. */
function signalled(env: Cli['env']): Promise<void> {
  return new Promise((resolve) => {
    onEndSignals({ end: resolve, after: (ms, run) => void clock.after(ms, run, { background: true }) });
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
