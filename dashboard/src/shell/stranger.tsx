import { useEffect } from 'react';
import { SignInForm } from '../actions/sign-in.tsx';
import { live } from '../data/live.ts';
import { useOperator } from '../data/operator.ts';
import { queries } from '../data/view.ts';

/** In the place of everything, where the server tells nothing of its fleet to a browser that it does not know. */
export function Stranger() {
  const operator = useOperator();
  useEffect(() => {
    // What it showed to whoever was signed in is not kept for whoever comes next.
    queries.removeQueries({ type: 'inactive' });
  }, []);
  useEffect(() => {
    // In another tab somebody did.
    if (operator != null) live.anew();
  }, [operator]);
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-xl content-center gap-4 p-4">
      <p className="flex items-center gap-2 text-base font-semibold">
        <img src="/favicon.svg" alt="" className="size-6" /> Brigade
      </p>
      <div className="grid gap-3 rounded-xl border border-line bg-panel p-5">
        <h1 className="text-xl font-semibold">Sign in to see this fleet</h1>
        <SignInForm
          why="This server is open to other hosts, so it shows nothing of its fleet to a browser that it does not know."
          onDone={() => undefined}
        />
      </div>
    </main>
  );
}
