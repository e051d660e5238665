// What stands behind `brigade-hook`: CLIENT and a few options. Read by hand, because the program must be over in a moment.

import { parseArgs } from 'node:util';
import { normalClientName } from '../../app/client-session.ts';
import type { Dialect } from './dialect.ts';
import { dialectOf, HOOK_CLIENTS } from './dialects.ts';

export interface HookOptions {
  readonly dialect: Dialect;
  /** What becomes of an edit that nobody can judge; null leaves it to policy. */
  readonly fail: 'open' | 'closed' | null;
  readonly root: string | undefined;
  readonly agent: string | undefined;
  readonly purpose: string | undefined;
}

export const HOOK_USAGE = `Usage: brigade-hook CLIENT [--fail open|closed] [--root DIR] [--agent ID] [--purpose TEXT]

Called by a client before and after it edits files, with JSON on stdin; answers with the client's JSON on stdout.
CLIENT: ${HOOK_CLIENTS.join(', ')}. \`brigade init --hooks\` writes it into the client's configuration.
`;

/** The options, or what is wrong with them; `help` where they ask for it. */
export function hookOptions(args: readonly string[]): HookOptions | { readonly flaw: string } | 'help' {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        fail: { type: 'string' },
        root: { type: 'string' },
        agent: { type: 'string' },
        purpose: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return 'help';
    const { fail = null, root, agent, purpose } = values;
    if (fail !== null && fail !== 'open' && fail !== 'closed')
      return { flaw: `--fail is open or closed, not ${fail}.` };
    const [client = ''] = positionals;
    const dialect = dialectOf(normalClientName(client));
    if (dialect === null || positionals.length > 1)
      return { flaw: `${positionals.join(' ') || 'No client'} is none of ${HOOK_CLIENTS.join(', ')}.` };
    return { dialect, fail, root, agent, purpose };
  } catch (error) {
    return { flaw: error instanceof Error ? error.message : String(error) };
  }
}
