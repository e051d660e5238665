import type { Command } from 'commander';
import { packageVersion } from '../../../compose.ts';
import type { Cli } from '../cli.ts';
import { commonOptionsOf } from '../common-options.ts';
import { EXIT } from '../exit-code.ts';

const HELP = `
Started by an MCP client, as in
{"mcpServers":{"brigade":{"command":"npx","args":["-y","brigade","mcp"]}}}.
It speaks MCP on stdin and stdout, writes its log to stderr, and ends with its
input.`;

export function define(command: Command, cli: Cli): void {
  command.addHelpText('after', HELP).action(async () => {
    const { runMcp } = await import('../../mcp/run-mcp.ts');
    const { flags } = commonOptionsOf(command);
    const { stdin: input, stdout: output, stderr: errors } = process;
    if (input.isTTY) errors.write('brigade mcp speaks MCP on stdin, to a client that starts it. Ctrl-C ends it.\n');
    // A client that is gone is an end like any other here, not one that ends the process on the spot.
    output.removeAllListeners('error');
    await runMcp({ flags, env: cli.env, folder: cli.folder, version: packageVersion(), input, output, errors });
    cli.exitCode = EXIT.done;
  });
}
