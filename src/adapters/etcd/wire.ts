// What is said to etcd's JSON gateway and heard from it. Keys and values are bytes, written as base64; 64-bit numbers are
// strings; whatever is zero, false or empty is left out.

export interface RawKeyValue {
  readonly key: string;
  readonly value?: string;
  readonly mod_revision?: string;
  readonly lease?: string;
}

export interface RangeAnswer {
  readonly kvs?: readonly RawKeyValue[];
  readonly more?: boolean;
}

interface Header {
  readonly revision?: string;
}

export interface RangeReply extends RangeAnswer {
  readonly header: Header;
}

export interface TxnReply {
  readonly header: Header;
  readonly succeeded?: boolean;
  readonly responses?: readonly { readonly response_range?: RangeAnswer }[];
}

export interface RangeRequest {
  readonly key: string;
  readonly range_end?: string;
  readonly limit?: string;
  readonly keys_only?: boolean;
  readonly revision?: string;
  readonly sort_order?: 'DESCEND';
  readonly sort_target?: 'KEY';
}

export interface PutRequest {
  readonly key: string;
  readonly value: string;
  readonly lease?: string;
}

export interface DeleteRequest {
  readonly key: string;
  readonly range_end?: string;
}

export type Operation =
  | { readonly request_range: RangeRequest }
  | { readonly request_put: PutRequest }
  | { readonly request_delete_range: DeleteRequest };

export type Comparison =
  | { readonly key: string; readonly target: 'VALUE'; readonly result: 'EQUAL'; readonly value: string }
  | { readonly key: string; readonly target: 'MOD'; readonly result: 'EQUAL'; readonly mod_revision: string };

export function base64(text: string | Buffer): string {
  return Buffer.from(text as string).toString('base64');
}

export function bytesOf(text: string | undefined): Buffer {
  return Buffer.from(text ?? '', 'base64');
}

export function textOf(text: string | undefined): string {
  return bytesOf(text).toString();
}

/** All keys that begin with `prefix`, which ends in a character of its own (`/`). */
export function allUnder(prefix: string): { readonly key: string; readonly range_end: string } {
  return { key: base64(prefix), range_end: base64(afterPrefix(prefix)) };
}

/** The first key after all that begin with `prefix`. */
export function afterPrefix(prefix: string): string {
  return `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
}

/** True where the key has this value. */
export function hasValue(key: string, value: string): Comparison {
  return { key: base64(key), target: 'VALUE', result: 'EQUAL', value: base64(value) };
}

/** True where the key was last changed at this revision; 0: where there is no such key. */
export function isUnchangedSince(key: string, revision: string): Comparison {
  return { key: base64(key), target: 'MOD', result: 'EQUAL', mod_revision: revision };
}

/** What the n-th operation of a transaction found. */
export function foundBy(reply: TxnReply, operation: number): RangeAnswer {
  return reply.responses?.[operation]?.response_range ?? {};
}
