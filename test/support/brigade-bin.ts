// The program under test: the bin of this tree, or the one that BRIGADE_TEST_BIN names (an installed package).

import { fileURLToPath } from 'node:url';

export const brigadeBin =
  process.env.BRIGADE_TEST_BIN ?? fileURLToPath(new URL('../../bin/brigade.js', import.meta.url));
