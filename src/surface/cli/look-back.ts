// A fleet as it was: the views of a moment that has passed behind the same door, so that a command shows them as it shows the
// present.

import { PastLook } from '../../app/past/past-look.ts';
import type { AsOf, PastMoment } from '../../core/view/past.ts';
import { ownTimezone } from './import/local-time.ts';
import type { SeenFleet } from './open-fleet.ts';

/** `fleet` as of `moment`, and the look back that answers its views. */
export function fleetAsOf(
  fleet: SeenFleet,
  moment: PastMoment,
): { readonly fleet: SeenFleet; readonly past: PastLook } {
  const { coordinator } = fleet;
  const past = new PastLook(coordinator, moment);
  const then = {
    ...boundTo(coordinator),
    view: past.view.bind(past),
    feed: past.feed.bind(past),
    // Of the past only the log speaks.
    health: () => ({ ...coordinator.health(), trouble: null }),
  };
  return { fleet: { ...fleet, coordinator: then }, past };
}

function boundTo(coordinator: SeenFleet['coordinator']): SeenFleet['coordinator'] {
  return {
    submit: (command, options) => coordinator.submit(command, options),
    view: (query) => coordinator.view(query),
    viewAt: (query, moment) => coordinator.viewAt(query, moment),
    feed: (options) => coordinator.feed(options),
    keepActive: (sessionId) => coordinator.keepActive(sessionId),
    health: () => coordinator.health(),
    close: () => coordinator.close(),
  };
}

/** One line: which moment is shown. */
export function asOfLine({ seq, wallAt }: AsOf): string {
  const timezone = ownTimezone();
  return `As of event ${seq}, logged ${localTime(wallAt, timezone)} (${timezone}).`;
}

/** As the clock on the wall showed it, in the form in which it can be asked for again. */
function localTime(wallAt: string, timeZone: string): string {
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(
    new Date(wallAt),
  );
  return text.replace(' ', 'T');
}
