// Snapshots: a manifest, and a body in pieces that each fit a request. The life of one:
//
//   1. an upload is announced under a lease of minutes, which also gives it its number
//   2. the pieces are put, one by one
//   3. one transaction puts the manifest and takes the announcement back, if it is still there
//   4. what nobody needs any more is removed: old snapshots, and pieces without a manifest whose upload is not announced
//
// So a snapshot is there whole or not at all; the pieces of a writer that died half-way go when the next one is saved, and nobody
// removes those of a writer that is still at it. Whoever reads does so at the revision at which it read the manifest, and
// is not disturbed by a snapshot being replaced meanwhile.

import type { LogHead, Snapshot } from '../../ports/event-store.ts';
import { StoreFault } from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { isWhole, keptSnapshots, snapshotChecksum } from '../../ports/snapshot-rules.ts';
import type { EtcdClient } from './etcd-client.ts';
import { EtcdRefusal } from './etcd-faults.ts';
import type { FleetKeys } from './keys.ts';
import { pack, unpack } from './packed.ts';
import {
  allUnder,
  base64,
  bytesOf,
  foundBy,
  isUnchangedSince,
  type RangeAnswer,
  type RangeReply,
  type RawKeyValue,
  type TxnReply,
  textOf,
} from './wire.ts';

/** A piece with its key in one request. */
const PIECE_BYTES = 1024 * 1024;
/** Many times longer than writing a snapshot takes. */
const UPLOAD_S = 600;
/** A reader that is overtaken by a compaction begins again; not for ever. */
const RESTARTS = 3;

/** What stands under a manifest's key; all but `seq` of a snapshot, and where its body is. */
interface Manifest {
  readonly snapshot: Omit<Snapshot, 'body'>;
  readonly checksum: string;
  readonly upload: string;
  readonly pieces: number;
  readonly isCompressed: boolean;
  /** Of the body, and of what is stored of it. */
  readonly bodyBytes: number;
  readonly storedBytes: number;
  readonly modRevision: string;
}

/** What is stored of all snapshots, at one moment. */
interface Shelf {
  readonly manifests: readonly Manifest[];
  readonly uploads: ReadonlySet<string>;
  /** Uploads of which there are pieces. */
  readonly pieces: ReadonlySet<string>;
}

export interface EtcdSnapshotsOptions {
  readonly client: EtcdClient;
  readonly keys: FleetKeys;
  readonly hasher: Hasher;
}

export class EtcdSnapshots {
  readonly #client: EtcdClient;
  readonly #keys: FleetKeys;
  readonly #hasher: Hasher;

  constructor({ client, keys, hasher }: EtcdSnapshotsOptions) {
    this.#client = client;
    this.#keys = keys;
    this.#hasher = hasher;
  }

  async load(atOrBefore: number): Promise<Snapshot | null> {
    for (let restarts = 0; ; restarts += 1) {
      try {
        return await this.#loadNewest(atOrBefore);
      } catch (error) {
        if (!(error instanceof EtcdRefusal) || error.meaning !== 'compacted' || restarts === RESTARTS) throw error;
      }
    }
  }

  /** Numbers of all manifests, whether their snapshots are whole or not. */
  async numbers(): Promise<readonly number[]> {
    return (await this.#shelf()).manifests.map(({ snapshot }) => snapshot.seq);
  }

  /** Null when there is none at `seq`, or a torn one. */
  async loadAt(seq: number): Promise<Snapshot | null> {
    const reply = await this.#client.ask<RangeReply>('/v3/kv/range', { key: base64(this.#keys.manifest(seq)) }, 'read');
    const [manifest] = manifestsIn(reply);
    return manifest === undefined ? null : this.#body(manifest, null);
  }

  async save(snapshot: Snapshot): Promise<void> {
    const { bytes, isCompressed } = await pack(snapshot.body);
    const upload = await this.#announce();
    const pieces = Math.ceil(bytes.length / PIECE_BYTES);
    for (let index = 0; index < pieces; index += 1) {
      const piece = bytes.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
      const put = { key: base64(this.#keys.chunk(upload, index)), value: base64(piece) };
      await this.#client.ask('/v3/kv/put', put, 'repeat');
    }
    const { body, ...rest } = snapshot;
    const what = { pieces, isCompressed, bodyBytes: Buffer.byteLength(body), storedBytes: bytes.length };
    const checksum = snapshotChecksum(this.#hasher, snapshot);
    await this.#complete(upload, rest.seq, JSON.stringify({ snapshot: rest, checksum, upload, ...what }));
  }

  /** Removes what nobody needs: older snapshots by the rules that all stores share, and pieces of nothing. */
  async tidy(base: LogHead): Promise<void> {
    const shelf = await this.#shelf();
    const sizes = shelf.manifests.map(({ snapshot, storedBytes }) => ({ seq: snapshot.seq, bytes: storedBytes }));
    const kept = keptSnapshots(sizes, base.seq);
    await this.#remove(shelf, (seq) => !kept.has(seq));
  }

  async removeBefore(seq: number): Promise<void> {
    await this.#remove(await this.#shelf(), (each) => each < seq);
  }

  async #loadNewest(atOrBefore: number): Promise<Snapshot | null> {
    const reply = await this.#client.ask<RangeReply>('/v3/kv/range', allUnder(this.#keys.manifests), 'read');
    for (const manifest of manifestsIn(reply).toReversed()) {
      if (manifest.snapshot.seq > atOrBefore) continue;
      const snapshot = await this.#body(manifest, reply.header.revision ?? null);
      if (snapshot !== null) return snapshot;
    }
    return null;
  }

  /** The snapshot of a manifest as it was at `revision`; null for a torn one. */
  async #body(manifest: Manifest, revision: string | null): Promise<Snapshot | null> {
    const bytes: Buffer[] = [];
    for (let index = 0; index < manifest.pieces; index += 1) {
      const piece = {
        key: base64(this.#keys.chunk(manifest.upload, index)),
        ...(revision === null ? {} : { revision }),
      };
      const reply = await this.#client.ask<RangeReply>('/v3/kv/range', piece, 'read');
      const [found] = reply.kvs ?? [];
      if (found === undefined) return null;
      bytes.push(bytesOf(found.value));
    }
    const packed = { isCompressed: manifest.isCompressed, bytes: Buffer.concat(bytes) };
    const body = await unpack(packed, Math.max(manifest.bodyBytes, 1));
    if (body === null) return null;
    const snapshot = { ...manifest.snapshot, body };
    return isWhole(this.#hasher, snapshot, manifest.checksum) ? snapshot : null;
  }

  async #announce(): Promise<string> {
    const { ID: upload } = await this.#client.ask<{ readonly ID: string }>(
      '/v3/lease/grant',
      { TTL: String(UPLOAD_S) },
      'repeat',
    );
    const put = { key: base64(this.#keys.upload(upload)), value: '', lease: upload };
    await this.#client.ask('/v3/kv/put', put, 'repeat');
    return upload;
  }

  async #complete(upload: string, seq: number, manifest: string): Promise<void> {
    const [announced, key] = [this.#keys.upload(upload), base64(this.#keys.manifest(seq))];
    const txn = {
      compare: [{ key: base64(announced), target: 'LEASE', result: 'EQUAL', lease: upload }],
      success: [
        { request_put: { key, value: base64(manifest) } },
        { request_delete_range: { key: base64(announced) } },
      ],
      failure: [{ request_range: { key } }],
    };
    const reply = await this.#client.ask<TxnReply>('/v3/kv/txn', txn, 'repeat');
    // Done twice, it finds its own manifest the second time.
    const isThere = reply.succeeded === true || manifestsIn(foundBy(reply, 0)).some((found) => found.upload === upload);
    if (!isThere) throw tookTooLong(seq);
    await this.#client.ask('/v3/lease/revoke', { ID: upload }, 'repeat').catch(ignoreNoLease);
  }

  async #remove(shelf: Shelf, isUnwanted: (seq: number) => boolean): Promise<void> {
    const unwanted = shelf.manifests.filter(({ snapshot }) => isUnwanted(snapshot.seq));
    for (const { snapshot, modRevision } of unwanted) {
      const key = this.#keys.manifest(snapshot.seq);
      // Not one that was saved there meanwhile.
      const compare = [isUnchangedSince(key, modRevision)];
      const success = [{ request_delete_range: { key: base64(key) } }];
      await this.#client.ask('/v3/kv/txn', { compare, success }, 'repeat');
    }
    const needed = new Set(shelf.manifests.filter((each) => !unwanted.includes(each)).map(({ upload }) => upload));
    for (const upload of shelf.pieces) {
      if (needed.has(upload) || shelf.uploads.has(upload)) continue;
      await this.#client.ask('/v3/kv/deleterange', allUnder(this.#keys.chunksOf(upload)), 'repeat');
    }
  }

  async #shelf(): Promise<Shelf> {
    const { manifests, uploads, chunks } = this.#keys;
    const success = [
      { request_range: allUnder(manifests) },
      { request_range: { ...allUnder(uploads), keys_only: true } },
      { request_range: { ...allUnder(chunks), keys_only: true } },
    ];
    const reply = await this.#client.ask<TxnReply>('/v3/kv/txn', { success }, 'read');
    return {
      manifests: manifestsIn(foundBy(reply, 0)),
      uploads: namesUnder(uploads, foundBy(reply, 1)),
      pieces: namesUnder(chunks, foundBy(reply, 2)),
    };
  }
}

/** By number, as etcd sorts keys. One that cannot be read stands for no snapshot. */
function manifestsIn({ kvs = [] }: RangeAnswer): readonly Manifest[] {
  return kvs.map(manifestOrNull).filter((manifest) => manifest !== null);
}

function manifestOrNull(found: RawKeyValue): Manifest | null {
  try {
    const { snapshot, ...rest } = JSON.parse(textOf(found.value)) as Manifest;
    const isManifest = Number.isSafeInteger(snapshot.seq) && Number.isSafeInteger(rest.pieces);
    return isManifest ? { snapshot, ...rest, modRevision: found.mod_revision ?? '0' } : null;
  } catch {
    return null;
  }
}

/** The first part of each key after `prefix`. */
function namesUnder(prefix: string, { kvs = [] }: RangeAnswer): ReadonlySet<string> {
  return new Set(kvs.map(({ key }) => textOf(key).slice(prefix.length).split('/')[0] ?? ''));
}

function ignoreNoLease(error: unknown): void {
  if (!(error instanceof EtcdRefusal)) throw error;
}

function tookTooLong(seq: number): StoreFault {
  return new StoreFault(
    'STORE_UNAVAILABLE',
    `The snapshot at ${seq} was not saved: writing it to etcd took longer than ${UPLOAD_S} s. The log itself is not touched.`,
    { details: { seq, outcome: 'none' } },
  );
}
