import type { ReactNode } from 'react';

/** What may be longer than its place: it scrolls, also by the keyboard. */
export function Scrolling({
  label,
  className = 'max-h-96',
  children,
}: {
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard does not reach what scrolls
    <section aria-label={label} tabIndex={0} className={`overflow-auto ${className}`}>
      {children}
    </section>
  );
}
