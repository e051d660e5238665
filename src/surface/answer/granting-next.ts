// What to do where nothing is granted.

import { durationText } from '../../core/view/duration-text.ts';
import type { FleetView } from '../../core/view/views.ts';

type Resting = Extract<FleetView['granting'], { readonly ok: false }>;

/** A sentence, in short; `doctor` says more. */
export function grantingNext({ code, resumesInMs }: Resting): string {
  if (code === 'STORE_MOVED')
    return 'Set BRIGADE_STORE to where it is (or "store" in .brigade/config.json) on this host, and start again.';
  return resumesInMs === null
    ? 'It goes on when an operator says so: `brigade store repair --reason ...`.'
    : `It goes on in ${durationText(resumesInMs)}, or when an operator says so: \`brigade store repair --reason ...\`.`;
}
