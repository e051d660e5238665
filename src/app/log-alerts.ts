// The alerts that this process opened, for whoever reads the log of a process that stays. A command that a person typed answers
// in its own words.

import type { FleetEvent } from '../core/event.ts';
import { oneLine } from '../core/view/one-line.ts';
import type { Logger } from '../ports/logger.ts';

const LENGTH = 1_200;

export function logAlerts(logger: Logger, events: readonly FleetEvent[]): void {
  for (const event of events) {
    if (event.type !== 'alert.opened') continue;
    const { seq: alert, code, severity, agents, resources, text } = event;
    logger.warn({ alert, code, severity, agents, resources }, `alert ${alert}: ${oneLine(text, LENGTH)}`);
  }
}
