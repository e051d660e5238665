// What `doctor` says about alerts that are told outside the fleet: what was given up, and who wants nothing more. A target that
// this host may not send to is no finding: another one may.

import type { DeliveriesView } from '../../../core/view/delivery-views.ts';
import type { Checked, Finding } from './doctor-report.ts';

export function checkDeliveries({ targets }: DeliveriesView): Checked {
  const waiting = targets.reduce((sum, target) => sum + target.waiting, 0);
  const detail =
    targets.length === 0
      ? 'nobody is told of alerts outside the fleet'
      : `${targets.length === 1 ? 'one target' : `${targets.length} targets`}, ${waiting === 0 ? 'nothing waits' : `${waiting} waiting`}`;
  const findings = targets.flatMap((target): readonly Finding[] => {
    const { name, dead, disabled, lastFault } = target;
    const next = `Look why (brigade alerts hooks), and send it again: brigade alerts hook ${name} --retry.`;
    if (disabled !== null) {
      const message = `${name} has said that it wants nothing more (${disabled.detail}), and is told nothing.`;
      return [{ code: 'TARGET_DISABLED', message, next }];
    }
    if (dead === 0) return [];
    const what = dead === 1 ? 'One message' : `${dead} messages`;
    const why = lastFault === null ? '' : `: ${lastFault.detail}`;
    return [
      {
        code: 'ALERTS_UNDELIVERED',
        message: `${what} to ${name} ${dead === 1 ? 'was' : 'were'} given up${why}.`,
        next,
      },
    ];
  });
  return { name: 'hooks', detail, findings };
}
