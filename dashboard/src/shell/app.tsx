// The frame around every page: where one can go, whether what is shown is live, which moment it is of, and the slider.

import { Suspense, useState } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { ActDialogHost } from '../actions/act-dialog.tsx';
import { useIsStranger } from '../data/use-live.ts';
import { Loading } from '../parts/states.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Header } from './header.tsx';
import { KeysHelp } from './keys-help.tsx';
import { MomentGate } from './moment-gate.tsx';
import { Nav } from './nav.tsx';
import { NotFound } from './not-found.tsx';
import { PAGES } from './pages.ts';
import { Slider } from './slider.tsx';
import { Stranger } from './stranger.tsx';
import { useShellKeys } from './use-shell-keys.ts';

export function App() {
  const isStranger = useIsStranger();
  return (
    <>
      {isStranger ? <Stranger /> : <Frame />}
      <ActDialogHost />
    </>
  );
}

function Frame() {
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [path] = useLocation();
  useShellKeys({ onHelp: () => setHelpOpen(true) });
  return (
    <div className="flex min-h-dvh flex-col lg:grid lg:grid-cols-[12rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:bg-panel focus:p-2"
      >
        To the content
      </a>
      <Nav onHelp={() => setHelpOpen(true)} />
      <div className="flex min-w-0 flex-1 flex-col pb-16 lg:min-h-dvh lg:pb-0">
        <Header />
        <main id="main" tabIndex={-1} className="min-w-0 flex-1 px-3 py-3 outline-none sm:px-5 sm:py-4">
          <ErrorBoundary key={path}>
            <MomentGate>
              <Suspense fallback={<Loading />}>
                <Switch>
                  {PAGES.map(({ path: pattern, page }) => (
                    <Route key={pattern} path={pattern} component={page} />
                  ))}
                  <Route component={NotFound} />
                </Switch>
              </Suspense>
            </MomentGate>
          </ErrorBoundary>
        </main>
        <Slider />
      </div>
      <KeysHelp isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}
