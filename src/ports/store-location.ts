// Where a log is, as far as anybody has to know before it is opened.

/** In a store that several hosts share, and that holds several fleets. */
export interface SharedLocation {
  readonly kind: 'redis' | 'etcd';
  /** As it was given, secrets and parameters included: for the adapter alone. */
  readonly url: string;
  readonly fleet: string;
}

/** A log that is there after its process. */
export type KeptLocation = { readonly kind: 'sqlite'; readonly path: string } | SharedLocation;

export type StoreLocation = KeptLocation | { readonly kind: 'memory' };

/** What it takes to open a log once more, in another thread too. */
export interface KeptLog {
  readonly location: KeptLocation;
  /** Of a SQLite file. */
  readonly durability: 'host' | 'process';
}
