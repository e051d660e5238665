import type { ReactNode } from 'react';
import type { Problem } from '../data/api.ts';
import { useMoment } from '../data/moment.ts';
import type { SpokenFleet } from '../data/types.ts';
import { useView } from '../data/view.ts';

/** The page; or, where its address names a moment that nobody can be shown, why, and the ways out. */
export function MomentGate({ children }: { readonly children: ReactNode }) {
  const { at, go } = useMoment();
  const { error } = useView<SpokenFleet>('/v1/fleet', { topics: ['*'] });
  if (at === null || error === null || !isOfMoment(error)) return children;
  const { removedUpTo } = error.details;
  return (
    <div role="alert" className="mx-auto max-w-prose rounded-lg border border-warn bg-warn-soft p-4">
      <h1 className="font-semibold text-warn">This moment cannot be shown</h1>
      <p className="mt-1 wrap-anywhere">{error.message}</p>
      <p className="mt-3 flex flex-wrap gap-2">
        <button type="button" className="button button-main" onClick={() => go(null)}>
          Show the fleet as it is now
        </button>
        {typeof removedUpTo === 'number' && (
          <button type="button" className="button" onClick={() => go(String(removedUpTo + 1))}>
            To the first moment that is kept
          </button>
        )}
      </p>
    </div>
  );
}

function isOfMoment({ code, details }: Problem): boolean {
  return code === 'HISTORY_TRUNCATED' || (code === 'INVALID_ARGUMENT' && details.path === 'at');
}
