// Where the programs that tests start keep what Node compiled of them: one folder for all, because a workspace of its own would
// have each begin with nothing, and half of what a short command costs is compiling.

import { fileURLToPath } from 'node:url';

export const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/brigade-tests', import.meta.url));
