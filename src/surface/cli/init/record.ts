// What is kept of a file before ours goes into it.

import * as z from 'zod';
import type { Before } from './merge/config-file.ts';

export interface FileRecord {
  /** Init made the file; it goes again where nothing else is in it then. */
  readonly made: boolean;
  /** Folders that init made for it, the outermost first. */
  readonly folders: readonly string[];
  readonly before: Before;
  /** Digest of the file without ours, to say that it is as it was. */
  readonly digest: string;
}

const record = z.object({
  made: z.boolean(),
  folders: z.array(z.string()),
  before: z.object({
    blank: z.string().nullable(),
    containers: z.record(z.string(), z.string().nullable()),
    framed: z.array(z.string()),
  }),
  digest: z.string(),
});

/** Null for what is none: another version may have kept something else. */
export function parseRecord(kept: unknown): FileRecord | null {
  const parsed = record.safeParse(kept);
  return parsed.success ? parsed.data : null;
}
