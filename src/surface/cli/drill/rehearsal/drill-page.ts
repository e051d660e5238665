// The page of a drill's own fleet, for whoever wants to see it from the kitchen's side, and to help by hand. It is served by the
// process that plays the drill, and whoever started the drill may act in it: the fleet is theirs, and goes with the drill.

import { packageVersion } from '../../../../compose.ts';
import { serveFleet } from '../../../http/run-serve.ts';
import { openBrowser } from '../../run/open-browser.ts';
import type { Scratch } from './scratch.ts';

export interface DrillPage {
  /** Leads in, once, within two minutes, for an operator. */
  readonly address: string;
  close(): Promise<void>;
}

/** Serves it on a free port of this host, and opens a browser where there is one. `say` hears where it is. */
export async function openDrillPage(
  { scratch, env }: { readonly scratch: Scratch; readonly env: Readonly<Record<string, string>> },
  say: (text: string) => void,
): Promise<DrillPage> {
  const served = await serveFleet({
    flags: { host: '127.0.0.1', port: '0' },
    env,
    folder: scratch.workspace,
    version: packageVersion(),
  });
  const operator = { kind: 'operator', name: served.fleet.host.user, proof: 'terminal' } as const;
  const address = `${served.url}/?code=${served.operators.makeCode(operator)}`;
  const isOpen = await openBrowser(address, process.env);
  say(
    isOpen
      ? `The page of this fleet is open: ${served.url}`
      : `Open ${address} in a browser within two minutes; it acts for you, once.`,
  );
  return { address, close: () => served.stop() };
}
