// Where the `brigade` command begins, once the bin has checked the version of Node.

import { runCli } from './run-cli.ts';

process.exitCode = await runCli(process.argv.slice(2));
