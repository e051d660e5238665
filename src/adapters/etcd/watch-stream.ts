// One streaming watch: what etcd says on it, line by line, from when it stands until it is over.

import type { EtcdClient } from './etcd-client.ts';
import { allUnder, type RawKeyValue } from './wire.ts';

export interface WatchEvents {
  /** From this revision on, whatever changes is told. */
  readonly begun: (revision: number) => void;
  /** `isRemoval`: the key is gone. */
  readonly changed: (found: RawKeyValue, isRemoval: boolean) => void;
  /** Once; nothing more will come. */
  readonly over: (why: string) => void;
}

/** Many batches of the largest kind; what is longer is not kept in memory. */
const LINE_BYTES = 64 * 1024 * 1024;

interface Told {
  readonly result?: {
    readonly header?: { readonly revision?: string };
    readonly created?: boolean;
    readonly canceled?: boolean;
    readonly cancel_reason?: string;
    readonly compact_revision?: string;
    readonly events?: readonly { readonly type?: string; readonly kv: RawKeyValue }[];
  };
}

/** Watches all keys under `prefix`. The answer ends it. Throws where no endpoint can be asked. */
export async function watchStream(client: EtcdClient, prefix: string, on: WatchEvents): Promise<() => void> {
  let isOver = false;
  const finish = (why: string): void => {
    if (isOver) return;
    isOver = true;
    end();
    on.over(why);
  };
  let end = (): void => undefined;
  const hear = (line: string): void => {
    const why = tell(line, on);
    if (why !== null) finish(why);
  };
  const create = { create_request: { ...allUnder(prefix), progress_notify: true } };
  end = await client.stream('/v3/watch', create, { data: linesTo(hear, finish), end: finish });
  return end;
}

/** Why it is over, or null. */
function tell(line: string, on: WatchEvents): string | null {
  const told = JSON.parse(line) as Told;
  // It says `created` of one that it refuses, too.
  if (told.result === undefined || told.result.canceled === true) {
    return told.result?.cancel_reason ?? `it was ended: ${line.slice(0, 200)}`;
  }
  const { created, header, events = [] } = told.result;
  if (created === true) on.begun(Number(header?.revision ?? 0));
  for (const { type, kv } of events) on.changed(kv, type === 'DELETE');
  return null;
}

function linesTo(hear: (line: string) => void, fail: (why: string) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let bytes = 0;
  return (chunk) => {
    let begin = 0;
    try {
      for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, begin)) {
        parts.push(chunk.subarray(begin, end));
        const line = Buffer.concat(parts).toString();
        [parts, bytes, begin] = [[], 0, end + 1];
        if (line !== '') hear(line);
      }
    } catch {
      fail('what it said is not JSON');
    }
    parts.push(chunk.subarray(begin));
    bytes += chunk.length - begin;
    if (bytes > LINE_BYTES) fail('it said too much at once');
  };
}
