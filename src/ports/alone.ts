// Work that only one process of this host does at a time.

/** Does `work`, unless somebody else does such work now: then nothing, and answers null. Who dies or is killed is done. */
export type Alone = <T>(work: () => Promise<T>) => Promise<T | null>;
