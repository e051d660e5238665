// The store port: an ordered log with compare-and-append, plus presence. It speaks storage, not business:
// no rule of leases, agents or time lives behind it, so a new store cannot get one wrong.
//
// Numbering. A log has an epoch and a sequence number. Epoch 0 numbers its events from 1. A batch that carries a
// higher epoch than the head starts that epoch, and its first event gets epoch * 2^40: the one permitted gap.
//
// Chain. `hash` of a batch is SHA-256 over the previous head's hash followed by the exact stored body (UTF-8). A store
// recomputes it before it writes, and whoever reads recomputes it again.

/** Where the log ends. Compared whole by `append`. */
export interface LogHead {
  readonly epoch: number;
  /** Number of the last event; 0 when the log is empty. */
  readonly seq: number;
  /** Chain hash of the last batch, 64 hex digits; `EMPTY_HASH` when the log is empty. */
  readonly hash: string;
  /** Format version that every writer must speak. Moved only by an appended batch. */
  readonly format: number;
}

export const EMPTY_HASH = '0'.repeat(64);
export const EMPTY_HEAD: LogHead = { epoch: 0, seq: 0, hash: EMPTY_HASH, format: 0 };
/** First number of epoch n is n * EPOCH_STRIDE (n > 0). */
export const EPOCH_STRIDE = 2 ** 40;

/** What one `append` writes: all or nothing, one value under one key. */
export interface Batch {
  /** Unique; found again by re-reading when the reply to an append was lost. */
  readonly id: string;
  readonly epoch: number;
  readonly format: number;
  /** How many events the body holds, at least 1. */
  readonly count: number;
  /** Serialised events; the store keeps exactly these characters. */
  readonly body: string;
  /** SHA-256(expected.hash + body), 64 hex digits. */
  readonly hash: string;
}

export interface StoredBatch extends Batch {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly prevHash: string;
}

export type Appended = { readonly appended: true; readonly head: LogHead };
export interface Conflict {
  readonly appended: false;
  readonly head: LogHead;
  /** What follows the expected head, as `read` (or `ahead`, where there is that) would return it, if the store has it at hand. */
  readonly missed?: readonly StoredBatch[];
}

export interface StoreTraits {
  readonly kind: 'memory' | 'sqlite' | 'redis' | 'etcd';
  /** Shared by several hosts: beliefs of holders are then bounded by the place's own beat. */
  readonly sharedAcrossHosts: boolean;
  readonly pushesHints: boolean;
  /** What an acknowledged append survives: the death of the process, a power loss of the host, the loss of a minority of servers. */
  readonly survives: 'nothing' | 'process' | 'host' | 'quorum';
  /** A batch above either limit is refused whole with TOO_LARGE. Every store takes at least 512 events and 512 KiB. */
  readonly maxBatchEvents: number;
  readonly maxBatchBytes: number;
  /** For people: the location, without secrets. */
  readonly location: string;
}

export interface Snapshot {
  readonly epoch: number;
  readonly seq: number;
  /** Chain hash at `seq`. */
  readonly hash: string;
  readonly format: number;
  readonly body: string;
}

/** Something that whoever operates a store should know of it as it runs now. */
export interface StoreCaveat {
  /** `redis_no_persistence`: names the caveat for programs. */
  readonly code: string;
  /** Acknowledged events can be lost by it; the others only say what to expect. */
  readonly isGrave: boolean;
  /** Nothing is written while it is so. */
  readonly stopsWriting?: true;
  /** What is so, and what it means here. */
  readonly message: string;
  /** What to do about it. */
  readonly next: string;
}

/** A place (one boot of one host, one pid namespace) says that it is there. Overwritten, never logged. */
export interface Beat {
  readonly placeId: string;
  readonly bootId: string;
  readonly counter: number;
  /** Wall time of the writer, ISO 8601, for people; judged only by the observer's own monotonic clock. */
  readonly wallAt: string;
}

export type StoreFaultCode =
  | 'STORE_UNAVAILABLE'
  | 'STORE_DAMAGED'
  | 'STORE_REGRESSED'
  | 'STORE_VERSION'
  | 'STORE_UNSAFE'
  | 'HISTORY_TRUNCATED'
  | 'TOO_LARGE';

/** The only error a store throws on purpose. `message` says what happened and what to do. */
export class StoreFault extends Error {
  readonly code: StoreFaultCode;
  readonly details: Readonly<Record<string, unknown>>;
  constructor(
    code: StoreFaultCode,
    message: string,
    options: { cause?: unknown; details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StoreFault';
    this.code = code;
    this.details = options.details ?? {};
  }
}

export type Unsubscribe = () => void;
export type Hint = (batch?: StoredBatch) => void;

/**
 * Reading ahead of the disk. Whoever follows a log folds what others have committed at once, and confirms it before anybody
 * is told of it; most of what is read is told to nobody, and then no disk is asked twice for the same.
 */
export interface ReadAhead {
  /** As `EventStore.read`, but what it returns may still be lost with the power. */
  read(after: number, limit: number): Promise<readonly StoredBatch[]>;
  /** Resolves once everything read up to `seq` is as durable as an acknowledged append. */
  confirm(seq: number): Promise<void>;
}

export interface EventStore {
  /** What is only known of a server once it was asked is right from `open` on. */
  readonly traits: StoreTraits;
  /** Opens (creating an empty log where there is none) and answers the head. */
  open(): Promise<LogHead>;
  /**
   * Batches whose last event is after `after`, in order, without gaps; whole batches, as many as fit `limit` events, but
   * at least one if there is any. Whatever it returns is as durable as an acknowledged append. Empty at the head.
   * Throws HISTORY_TRUNCATED when `after` lies before what is kept.
   */
  read(after: number, limit: number): Promise<readonly StoredBatch[]>;
  /** Absent where whatever can be read is durable already. */
  readonly ahead?: ReadAhead;
  /**
   * After STORE_REGRESSED: what this handle can still read of the log that it had open, as `read` does, to the end of
   * everything that was ever acknowledged on it. Absent where a store cannot tell.
   */
  readRemains?(after: number, limit: number): Promise<readonly StoredBatch[]>;
  /** Compare-and-append. Resolves once the batch survives what `traits.survives` claims. */
  append(expected: LogHead, batch: Batch): Promise<Appended | Conflict>;
  /**
   * Calls `hint` when the log may have grown. Hints may merge, be late or be lost; polling stands behind them. A hint may bring
   * what it tells of, as `read` (or `ahead`) would return it: whoever has folded all that comes before it need not ask.
   */
  onAppended(hint: Hint): Unsubscribe;
  /** The newest whole snapshot at or before the number given, else the newest; null when there is none. */
  loadSnapshot(atOrBefore?: number): Promise<Snapshot | null>;
  saveSnapshot(snapshot: Snapshot): Promise<void>;
  /** Removes batches that end before `before`, but only what a saved snapshot covers. Answers the first number still kept. */
  truncate(before: number): Promise<number>;
  /**
   * Has an empty log begin behind `base`, as one that was truncated there: for a copy of such a log. A log that is not empty
   * stays as it is, and its head is told. Absent where a store cannot.
   */
  beginBehind?(base: LogHead): Promise<Appended | Conflict>;
  /**
   * Throws TOO_LARGE for a batch within the limits of `traits` that `append` would refuse so all the same, because it does not
   * compress. Changes nothing. Absent where the limits say it all.
   */
  expectRoomFor?(batch: StoredBatch): Promise<void>;
  beat(beat: Beat): Promise<void>;
  beats(): Promise<readonly Beat[]>;
  /** Absent where there is never anything to say. */
  caveats?(): Promise<readonly StoreCaveat[]>;
  close(): Promise<void>;
}
