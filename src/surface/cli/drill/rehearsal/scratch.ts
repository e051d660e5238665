// Where the drill takes place: a folder of its own with a workspace, a state folder and the agents' journals. Nothing of the
// user's is read or written.

import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CORE_FILE,
  CORE_LINES,
  EMPTY_METADATA,
  METADATA_FILE,
  SERVER_FILE,
  SERVER_LINES,
  sourceText,
  textOf,
} from '../workspace-files.ts';

export interface Scratch {
  readonly folder: string;
  readonly workspace: string;
  /** For XDG_STATE_HOME. */
  readonly state: string;
  journal(index: number): string;
  /** What an agent and its `brigade mcp` write to stderr. */
  output(index: number): string;
  /** Text of a file of the workspace; null when it is gone. */
  read(file: string): Promise<string | null>;
  remove(): Promise<void>;
}

export async function makeScratch(): Promise<Scratch> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'brigade-drill-'));
  const workspace = join(folder, 'workspace');
  const state = join(folder, 'state');
  const journals = join(folder, 'journals');
  for (const each of [state, journals, join(workspace, 'data'), join(workspace, 'src')]) {
    await mkdir(each, { recursive: true, mode: 0o700 });
  }
  await makeRepository(workspace);
  await writeFile(join(workspace, METADATA_FILE), textOf(EMPTY_METADATA));
  await writeFile(join(workspace, CORE_FILE), sourceText(CORE_LINES));
  await writeFile(join(workspace, SERVER_FILE), sourceText(SERVER_LINES));
  return {
    folder,
    workspace,
    state,
    journal: (index) => join(journals, `${index}.ndjson`),
    output: (index) => join(journals, `${index}.stderr`),
    read: (file) => textIn(join(workspace, file)),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}

/** What git asks of a repository, so that the workspace is one by itself wherever the temporary folder lies. */
async function makeRepository(workspace: string): Promise<void> {
  const git = join(workspace, '.git');
  for (const folder of ['objects', 'refs']) await mkdir(join(git, folder), { recursive: true });
  await writeFile(join(git, 'HEAD'), 'ref: refs/heads/main\n');
}

export async function textIn(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
