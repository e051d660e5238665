// A question to the person at the terminal.

import { createInterface } from 'node:readline';
import type { Cli } from '../cli.ts';

/** True when they said yes; anything else, an end of input too, is a no. Ask only where somebody sits. */
export async function confirmed({ screen, stdin }: Cli, question: string): Promise<boolean> {
  screen.note(`${question} [y/N] `);
  // The terminal shows what is typed by itself.
  const lines = createInterface({ input: stdin, terminal: false });
  try {
    for await (const line of lines) return /^\s*y(es)?\s*$/i.test(line);
    screen.note('\n');
    return false;
  } finally {
    lines.close();
  }
}
