// Who waits for whom, drawn.

import type { WaitsView } from '../../../core/view/views.ts';
import { waitGraphText } from '../../../core/view/wait-graph-text.ts';
import type { Look } from '../output/screen.ts';

export function waitsText(waits: WaitsView, look: Look): readonly string[] {
  const { paint, width, reader } = look;
  return waitGraphText(waits, { width, reader, paint: { agent: paint.strong, faint: paint.faint, alarm: paint.bad } });
}

export const NO_WAITS = [
  'Nobody waits.',
  'Whoever asks for what is held with `brigade acquire --wait 30s` stands in line here.',
];
