/** How a wait is drawn, by its kind: by the dashes of its line, not by its colour. */
export function GraphLegend() {
  return (
    <ul aria-label="Lines of the graph" className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-mute">
      <Entry dashes="" tone="stroke-waits">
        waits for a holder
      </Entry>
      <Entry dashes="1.5 4" tone="stroke-waits">
        stands behind
      </Entry>
      <Entry dashes="7 4" tone="stroke-waits">
        keeps asking
      </Entry>
      <Entry dashes="" tone="stroke-bad [stroke-width:3]">
        in a circle
      </Entry>
    </ul>
  );
}

function Entry({
  dashes,
  tone,
  children,
}: {
  readonly dashes: string;
  readonly tone: string;
  readonly children: string;
}) {
  return (
    <li className="flex items-center gap-1.5">
      <svg aria-hidden width={28} height={8}>
        <line x1={0} x2={28} y1={4} y2={4} strokeWidth={1.75} strokeDasharray={dashes} className={tone} />
      </svg>
      {children}
    </li>
  );
}
