// What all formats of configuration have in common: entries are put into a text and taken out again.
//
//   take(put(text)) is text, to the byte, whatever else was changed between the two
//
// Ours is recognised by what it says (the name of the server, the command of a hook), never by where it stands or by marks
// around it: editors, formatters and the clients themselves write these files anew. What cannot be seen afterwards is whether an
// empty pair of brackets was there before; that much is remembered (`Before`).

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** One thing that ought to be in a file. */
export type Entry =
  /** The server of that name in the table at `at`. Keys that a person added to it stay. */
  | { readonly kind: 'server'; readonly at: string; readonly name: string; readonly value: JsonObject }
  /** An element of the list `at`: a handler, or a group with one handler. */
  | { readonly kind: 'hook'; readonly at: readonly [string, string]; readonly value: JsonObject }
  /** A value at the top without which the client does not read the rest. */
  | { readonly kind: 'frame'; readonly key: string; readonly value: Json };

/**
 * What says of a server what it starts or where it is: ours in a server of ours, whatever else a person writes into it. Codex
 * refuses a server that has words of both kinds.
 */
export const OWN_KEYS: readonly string[] = [
  'type',
  'command',
  'args',
  'env_vars',
  'url',
  'httpUrl',
  'bearer_token_env_var',
];

/** What tells ours from everybody else's. */
export interface Marks {
  readonly isServer: (name: string, value: unknown) => boolean;
  readonly isHandler: (value: unknown) => boolean;
}

/** What a file was like before anything of ours was in it, as far as nobody could tell from what is left of it. */
export interface Before {
  /** The whole text where it held no value (nothing, blanks, comments); null where it held one. */
  readonly blank: string | null;
  /** The containers on our way that were there, by their keys joined with a dot; for an empty one what stood inside. */
  readonly containers: Readonly<Record<string, string | null>>;
  /** Keys of the frame that were not there. */
  readonly framed: readonly string[];
}

export interface Taken {
  readonly text: string;
  /** Nothing of anybody else is left: a file that we made may go. */
  readonly isEmpty: boolean;
}

export interface ConfigFormat {
  /** Throws `ConfigFlaw` for a text that is not of this format, and where the place of ours is taken. */
  put(text: string, entries: readonly Entry[]): string;
  /** Takes all of ours out. Without `before` whatever is empty because of that goes too. */
  take(text: string, before: Before | null): Taken;
  /** `text` has nothing of ours in it yet. */
  observe(text: string, entries: readonly Entry[]): Before;
}
