// What every command is given: the process it runs in, and a screen. A command answers its exit code and never ends the
// process, so that whatever is still to be written gets written.

import type { Environment } from '../../app/settings.ts';
import type { PastMoment } from '../../core/view/past.ts';
import type { Screen } from './output/screen.ts';

export interface Cli {
  readonly env: Environment;
  readonly folder: string;
  readonly screen: Screen;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** Views are shown as of then; absent for the present. */
  readonly moment?: PastMoment;
  /** Set by the command that ran. */
  exitCode: number;
}
