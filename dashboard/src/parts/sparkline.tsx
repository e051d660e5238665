/** A small line of how a number went; the number itself stands beside it in words. Gaps are where nothing is known. */
export function Sparkline({
  values,
  tone = 'text-accent',
}: {
  readonly values: readonly (number | null)[];
  readonly tone?: string;
}) {
  const path = pathOf(values);
  return (
    <svg aria-hidden viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className={`h-8 w-full ${tone}`}>
      <path
        d={path}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
        strokeLinejoin="round"
      />
    </svg>
  );
}

const WIDTH = 120;
const HEIGHT = 32;
const MARGIN = 2;

function pathOf(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const most = Math.max(1e-9, ...known);
  const step = values.length > 1 ? WIDTH / (values.length - 1) : 0;
  let path = '';
  let isDrawing = false;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      isDrawing = false;
      continue;
    }
    const y = HEIGHT - MARGIN - (value / most) * (HEIGHT - 2 * MARGIN);
    path += `${isDrawing ? 'L' : 'M'}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    isDrawing = true;
  }
  return path;
}
