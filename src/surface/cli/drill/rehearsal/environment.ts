// What the processes of the drill inherit: enough to run, and nothing that would make them part of the user's own sessions.

import module from 'node:module';
import { dirname } from 'node:path';
import type { Environment } from '../../../../app/settings.ts';
import type { Scratch } from './scratch.ts';

const INHERITED =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|SystemRoot|NODE_EXTRA_CA_CERTS|BRIGADE_DRILL_\w+)$/;

/** `store`: what `--store` named, for every process alike. */
export function drillEnvironment(env: Environment, scratch: Scratch, store: string | null): Record<string, string> {
  const inherited = Object.entries(env).filter((entry): entry is [string, string] => INHERITED.test(entry[0]));
  const compiled = module.getCompileCacheDir();
  return {
    ...Object.fromEntries(inherited),
    XDG_STATE_HOME: scratch.state,
    BRIGADE_ROOT: scratch.workspace,
    BRIGADE_LOG_LEVEL: 'warn',
    ...(store === null ? {} : { BRIGADE_STORE: store }),
    // The folder above: Node adds one for its own version.
    ...(compiled === undefined ? {} : { NODE_COMPILE_CACHE: dirname(compiled) }),
  };
}
