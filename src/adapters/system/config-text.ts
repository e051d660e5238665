// Reads `.brigade/config.json`; what it means is the settings' business.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupFault } from '../../ports/setup-fault.ts';
import { errorCode } from './error-code.ts';

/** The file of a fleet folder; null when there is none. Refuses by INVALID_ARGUMENT one that cannot be read. */
export function readConfigText(fleetFolder: string): { readonly path: string; readonly text: string } | null {
  const path = join(fleetFolder, 'config.json');
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw new SetupFault(
      'INVALID_ARGUMENT',
      {
        message: `${path} cannot be read (${errorCode(error)}).`,
        next: 'Make it readable, or move it away.',
        details: { path },
      },
      error,
    );
  }
}
