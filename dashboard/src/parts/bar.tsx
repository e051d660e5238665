/** How much of something, as a bar. The number stands beside it in words. */
export function Bar({ share, tone = 'bg-held' }: { readonly share: number; readonly tone?: string }) {
  return (
    <span aria-hidden className="block h-1.5 w-full overflow-hidden rounded-full bg-raised">
      <span
        className={`block h-full rounded-full ${tone}`}
        style={{ width: `${(Math.min(1, Math.max(0, share)) * 100).toFixed(1)}%` }}
      />
    </span>
  );
}
