// A process at work in a fleet, for the fault campaign: a program that embeds Brigade, told by its parent what to ask of it. It
// may be the desk of its host where `BRIGADE_DESK` lets it. Argument: the workspace.

import { openLibrary } from '../support/library-cook.ts';
import { obey } from './obey.ts';
import type { Order, Told } from './post.ts';

const [root = ''] = process.argv.slice(2);
const fleet = await openLibrary(root, process.env, 'host', true);

process.on('message', (order: Order) => {
  if (order.do === 'close') void fleet.close().then(() => process.disconnect());
  else void obey(fleet, order).then(tell);
});
process.on('disconnect', () => process.exit());
process.send?.('ready');

function tell(told: Told): void {
  process.send?.(told);
}
