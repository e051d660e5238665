import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';

/** Beside the page: more about the row that is chosen. It takes the focus when it opens, and Escape closes it. */
export function SidePanel({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const ref = useRef<HTMLElement>(null);
  const titleId = useId();
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <aside
      ref={ref}
      aria-labelledby={titleId}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
      className="fixed inset-y-0 right-0 z-40 w-[min(30rem,100vw)] overflow-y-auto border-l border-line bg-panel shadow-xl outline-none lg:top-12 lg:bottom-11 2xl:sticky 2xl:top-16 2xl:bottom-auto 2xl:z-0 2xl:max-h-[calc(100dvh-8rem)] 2xl:w-full 2xl:rounded-lg 2xl:border 2xl:shadow-none"
    >
      <div className="sticky top-0 z-10 flex items-start justify-between gap-4 border-b border-line bg-panel px-4 py-3">
        <h2 id={titleId} className="min-w-0 font-mono text-base font-semibold">
          {title}
        </h2>
        <button type="button" onClick={onClose} aria-label="Close" className="rounded p-1 hover:bg-raised">
          <X aria-hidden className="size-4" />
        </button>
      </div>
      <div className="grid gap-5 p-4">{children}</div>
    </aside>
  );
}
