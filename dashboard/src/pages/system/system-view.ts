// What `/v1/system` answers, as far as this page shows it.

import { useView, type View } from '../../data/view.ts';

export interface SystemView {
  readonly version: string;
  readonly node: string;
  readonly pid: number;
  readonly uptimeMs: number;
  readonly root: string;
  readonly store: {
    readonly kind: string;
    readonly location: string;
    readonly durability: string;
    readonly format: number;
    readonly head: { readonly epoch: number; readonly seq: number };
    readonly logBytes: number | null;
    readonly walBytes: number | null;
    readonly events: number | null;
    readonly oldestSeq: number;
    readonly snapshot: { readonly seq: number; readonly ageMs: number | null } | null;
    readonly archives: { readonly count: number; readonly bytes: number } | null;
    readonly caveats: readonly Caveat[];
  };
  readonly desk: {
    readonly role: string;
    readonly pid: number | null;
    readonly clients: number | null;
    readonly trouble: { readonly code: string; readonly message: string } | null;
  };
  readonly granting: { readonly ok: true } | { readonly ok: false; readonly why: string };
  readonly trouble: { readonly code: string; readonly message: string } | null;
  readonly commit: {
    readonly count: number;
    readonly meanMs: number | null;
    readonly p50Ms: number | null;
    readonly p99Ms: number | null;
    readonly buckets: readonly { readonly leMs: number | null; readonly count: number }[];
  } | null;
  readonly clock: { readonly wallAt: string; readonly finding: { readonly message: string } | null };
}

/** What whoever operates the store should know of it. */
export interface Caveat {
  readonly code: string;
  /** What it has acknowledged could be lost. */
  readonly isGrave: boolean;
  /** Nothing is written while it is so. */
  readonly stopsWriting?: true;
  readonly message: string;
  readonly next: string;
}

export function useSystem(): View<SystemView> {
  return useView<SystemView>('/v1/system', { isOfNow: true });
}
