// What init has to know of a client: where its files are, and in which words it is told of a server and of hooks.

import type { InitOrder, Scope, Surroundings } from './file-wish.ts';
import type { Audience, Launch } from './launch.ts';
import type { Entry, JsonObject } from './merge/config-file.ts';

export type ClientName = 'claude-code' | 'cursor' | 'vscode' | 'codex' | 'gemini';

export interface ConfigPlace {
  readonly path: string;
  readonly audience: Audience;
}

export interface Client {
  readonly name: ClientName;
  /** As people know it. */
  readonly title: string;
  /** Programs on the PATH that show that it is here. */
  readonly programs: readonly string[];
  /** Files and folders that show it. */
  traces(around: Surroundings): readonly string[];
  readonly server: {
    readonly format: 'json' | 'toml';
    place(scope: Scope, around: Surroundings): ConfigPlace;
    /** The entry, for a file of that audience. */
    entry(order: InitOrder, audience: Audience, launch: Launch): Entry;
  };
  readonly hooks: {
    /** Hooks that are asked over HTTP start no program, so others may share them. */
    place(scope: Scope, around: Surroundings, isHttp: boolean): ConfigPlace;
    entries(order: InitOrder, launch: Launch): readonly Entry[];
    readonly speaksHttp: boolean;
  };
  /** What a person does next, or should know, once it is written. */
  remarks(order: InitOrder): readonly string[];
}

/** Events of a client; the matcher picks the tools, where the client lets one. */
export type HookTable = Readonly<Record<string, { readonly matcher?: string }>>;

/** Entries of clients that group handlers under a matcher. */
export function groupedHooks(table: HookTable, handler: JsonObject): readonly Entry[] {
  return Object.entries(table).map(([event, { matcher }]) => ({
    kind: 'hook',
    at: ['hooks', event],
    value: { ...(matcher === undefined ? {} : { matcher }), hooks: [handler] },
  }));
}

/** Entries of clients that list handlers themselves. */
export function listedHooks(table: HookTable, handler: JsonObject): readonly Entry[] {
  return Object.entries(table).map(([event, { matcher }]) => ({
    kind: 'hook',
    at: ['hooks', event],
    value: { ...handler, ...(matcher === undefined ? {} : { matcher }) },
  }));
}

/** What `brigade-hook` is called with. */
export function hookArguments(client: ClientName, { onFault }: InitOrder): readonly string[] {
  return onFault === 'closed' ? [client, '--fail', 'closed'] : [client];
}

/** A server on another host lets only those in who show its join token; a file names the variable, never the token. */
export function needsToken(url: URL): boolean {
  return !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}

/** Cursor and VS Code put the folder that is open in its place. */
export const OPEN_FOLDER = `\${workspaceFolder}`;

export const TOKEN_VARIABLE = 'BRIGADE_JOIN_TOKEN';

export function serverAddress(url: URL, path: string): string {
  return new URL(path, url).href;
}

/** Top of the worktree. A project has one. */
export function rootOf({ root }: Surroundings): string {
  if (root === null) throw new TypeError('files of a project are asked for, and there is none');
  return root;
}
