// Which clients are here: by their folders, in the home and in the project, and by their programs on the PATH.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Client } from './client.ts';
import { CLIENTS } from './clients/clients.ts';
import type { Surroundings } from './file-wish.ts';

export interface Detected {
  readonly client: Client;
  /** What shows it; null: nothing does. */
  readonly by: string | null;
}

export function detectClients(around: Surroundings): readonly Detected[] {
  const folders = (around.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const suffixes = around.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  return CLIENTS.map((client) => {
    const programs = client.programs.flatMap((program) => suffixes.map((suffix) => `${program}${suffix}`));
    const candidates = [
      ...client.traces(around),
      ...folders.flatMap((folder) => programs.map((program) => join(folder, program))),
    ];
    return { client, by: candidates.find((path) => existsSync(path)) ?? null };
  });
}
