import { X } from 'lucide-react';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';

/** In front of everything; the browser's own, which keeps the focus inside and closes at Escape. */
export function Dialog({
  isOpen,
  onClose,
  title,
  children,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const pressedOn = useRef<EventTarget | null>(null);
  // Before what is in it asks for the focus.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (!isOpen || dialog === null) return undefined;
    const trail = trailOf(document.activeElement);
    dialog.showModal();
    return () => {
      dialog.close();
      keepFocus(trail);
    };
  }, [isOpen]);
  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      onClose={onClose}
      onPointerDown={(event) => {
        pressedOn.current = event.target;
      }}
      onClick={(event) => {
        // The dialog itself is hit outside its content only; who marks text and lets go out there does not mean it.
        if (event.target === ref.current && pressedOn.current === ref.current) onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
      className="max-h-[90dvh] w-[min(36rem,calc(100vw-2rem))] rounded-xl border border-line bg-panel p-0 shadow-xl"
    >
      {isOpen && (
        <div className="p-5">
          <div className="mb-3 flex items-start justify-between gap-4">
            <h2 id={titleId} className="text-lg font-semibold">
              {title}
            </h2>
            <button type="button" onClick={onClose} aria-label="Close" className="rounded p-1 hover:bg-raised">
              <X aria-hidden className="size-4" />
            </button>
          </div>
          {children}
        </div>
      )}
    </dialog>
  );
}

/** From where the focus was up to the whole page. */
function trailOf(from: Element | null): readonly Element[] {
  const trail: Element[] = [];
  for (let each = from; each !== null; each = each.parentElement) trail.push(each);
  return trail;
}

/** Where what had the focus goes by what was done in the dialog, at once or a moment later, what stands in its place has it. */
function keepFocus(trail: readonly Element[]): void {
  const isLost = (): boolean => trail[0]?.isConnected === false && document.activeElement === document.body;
  if (isLost()) {
    focusNear(trail);
    return;
  }
  const watch = new MutationObserver(() => {
    if (!isLost()) return;
    watch.disconnect();
    focusNear(trail);
  });
  watch.observe(document.body, { childList: true, subtree: true });
  window.setTimeout(() => watch.disconnect(), WATCHED_MS);
}

/** So long a page may take to show what was done. */
const WATCHED_MS = 5_000;

function focusNear(trail: readonly Element[]): void {
  const place = trail.find((each) => each.isConnected);
  place?.querySelector<HTMLElement>('button:not(:disabled), a[href]')?.focus({ preventScroll: true });
}
