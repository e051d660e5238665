// What each client should have in which file, from what somebody asked for.

import { type Client, type ConfigPlace, rootOf } from './client.ts';
import type { FileWish, InitOrder, Scope, Surroundings } from './file-wish.ts';
import type { Audience, Launch } from './launch.ts';
import type { ConfigFormat, Entry } from './merge/config-file.ts';
import { jsonFormat } from './merge/json-file.ts';
import { tomlFormat } from './merge/toml-file.ts';
import { MARKS } from './ours.ts';

const JSON_FORMAT = jsonFormat(MARKS);
const TOML_FORMAT = tomlFormat(MARKS);

export interface ClientWish {
  readonly client: Client;
  readonly files: readonly FileWish[];
  /** Why it gets less than was asked for. */
  readonly leftOut: string | null;
}

/** `isKept` says of a file that git has it. */
export async function wishOf(
  client: Client,
  order: InitOrder,
  launch: Launch,
  around: Surroundings,
  isKept: (path: string) => Promise<boolean>,
): Promise<ClientWish> {
  const server = client.server.place(order.scope, around);
  const hooks = order.hooks ? hookPlace(client, order, around) : null;
  const isOut = hooks?.audience === 'local' && (await isKept(hooks.path));
  const written = isOut ? null : hooks;
  const paths = new Set(written === null ? [server.path] : [server.path, written.path]);
  const files = Array.from(paths, (path) => {
    const which = { server: path === server.path, hooks: path === written?.path };
    // A file that starts a program of this machine is not for others, whatever else is in it.
    const audience = which.hooks && written !== null ? written.audience : server.audience;
    const entries = entriesOf(client, order, launch, audience, which);
    const format = formatAt(client, path, server);
    const possible = format === JSON_FORMAT ? entriesOf(client, order, launch, audience, ALL) : entries;
    return { path, audience, format, entries, possible };
  });
  return { client, files, leftOut: isOut ? leftOutText(client, hooks) : null };
}

const ALL = { server: true, hooks: true };

function hookPlace(client: Client, order: InitOrder, around: Surroundings): ConfigPlace {
  return client.hooks.place(order.scope, around, order.http !== null && client.hooks.speaksHttp);
}

function entriesOf(
  client: Client,
  order: InitOrder,
  launch: Launch,
  audience: Audience,
  which: { readonly server: boolean; readonly hooks: boolean },
): readonly Entry[] {
  const hooks = which.hooks ? client.hooks.entries(order, launch) : [];
  return which.server ? [client.server.entry(order, audience, launch), ...hooks] : hooks;
}

function leftOutText(client: Client, { path }: ConfigPlace): string {
  return `${client.title} gets no hooks: git has ${path}, and they name a path of this machine. --scope user --hooks writes them for you alone.`;
}

function formatAt(client: Client, path: string, server: ConfigPlace): ConfigFormat {
  return path === server.path && client.server.format === 'toml' ? TOML_FORMAT : JSON_FORMAT;
}

/** Every file that init may have written into for a client. */
export function placesOf(
  client: Client,
  scope: Scope,
  around: Surroundings,
): readonly (ConfigPlace & { readonly format: ConfigFormat })[] {
  const server = client.server.place(scope, around);
  const places = [server, client.hooks.place(scope, around, false), client.hooks.place(scope, around, true)];
  const unique = places.filter(({ path }, i) => places.findIndex((each) => each.path === path) === i);
  return unique.map((place) => ({ ...place, format: formatAt(client, place.path, server) }));
}

/** What git is to leave alone: files of one person in the worktree, as lines of `.git/info/exclude`. */
export function excludeLine(path: string, around: Surroundings): string {
  return path.slice(rootOf(around).length).replaceAll('\\', '/');
}
