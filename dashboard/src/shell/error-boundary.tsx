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
