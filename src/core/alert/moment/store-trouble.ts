// The log could not be written for a while. Told by whoever wrote again first: while it lasts nothing can be logged, and the
// processes say so themselves (`brigade doctor`, /readyz).

import { durationText } from '../../view/duration-text.ts';
import type { AlertCause } from '../alert.ts';
import { sentence } from '../wording.ts';

export interface StoreTrouble {
  readonly host: string;
  readonly code: string;
  readonly message: string;
  readonly lastedMs: number;
}

export function storeCause({ host, code, message, lastedMs }: StoreTrouble): AlertCause {
  return {
    code: 'store_trouble',
    subject: '',
    agents: [],
    resources: [],
    text: sentence(
      `The log could not be written from ${host} for ${durationText(lastedMs)} (${code}): ${message.replace(/\.$/, '')}.`,
    ),
    next: 'Calls were answered with what stood against them and may be repeated. Look at the disk, or at the store and the way to it (brigade doctor).',
    evidence: { host, code, lastedMs },
  };
}
