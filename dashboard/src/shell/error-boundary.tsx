import { Component, type ReactNode } from 'react';

/** A page that fails says so, and leaves the frame and the other pages as they are. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error): { readonly error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    if (IS_PART_MISSING.test(error.message)) return <Outdated />;
    return (
      <div role="alert" className="rounded-lg border border-bad bg-bad-soft p-4">
        <h1 className="font-semibold text-bad">This page failed, by a fault of ours</h1>
        <p className="mt-1 font-mono text-sm">{error.message}</p>
        <button type="button" className="button mt-3" onClick={() => this.setState({ error: null })}>
          Try again
        </button>
      </div>
    );
  }
}

/** How browsers say that a part of the page could not be loaded. */
const IS_PART_MISSING = /dynamically imported module|importing a module script|preload CSS/i;

/** The server is of another version than the page that is open, and has other files; or it was away just then. */
function Outdated() {
  return (
    <div role="alert" className="rounded-lg border border-warn bg-warn-soft p-4">
      <h1 className="font-semibold text-warn">A part of this page could not be loaded</h1>
      <p className="mt-1">
        The server may have been updated since the page was opened. Loading it again keeps the moment and what you
        chose.
      </p>
      <button type="button" className="button mt-3" onClick={() => window.location.reload()}>
        Load again
      </button>
    </div>
  );
}
