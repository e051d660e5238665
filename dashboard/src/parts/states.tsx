// What stands in the place of data: on its way, none, or refused.

import { CircleAlert, Loader } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Problem } from '../data/api.ts';

export function Loading({ what = 'Loading' }: { readonly what?: string }) {
  return (
    <output className="flex items-center gap-2 p-4 text-mute">
      <Loader aria-hidden className="size-4 animate-spin" /> {what} …
    </output>
  );
}

/** Says what would be here, and how it gets here. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="rounded-lg border border-dashed border-line px-4 py-6 text-center">
      <p className="font-medium">{title}</p>
      {children !== undefined && <div className="mx-auto mt-1 max-w-prose text-mute">{children}</div>}
    </div>
  );
}

export function Trouble({ problem }: { readonly problem: Problem }) {
  return (
    <div role="alert" className="flex gap-2.5 rounded-lg border border-bad/50 bg-bad-soft px-4 py-3">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <div>
        <p className="font-medium text-bad">{problem.message}</p>
        <p>{problem.next}</p>
        <p className="mt-0.5 font-mono text-xs text-mute">{problem.code}</p>
      </div>
    </div>
  );
}
