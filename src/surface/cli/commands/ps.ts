import type { Command } from 'commander';
import { hostProcesses } from '../../../app/host-processes.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { processesText } from '../text/processes-text.ts';

const HELP = `
Shows the desk of this host, its clients, and who writes the log directly. An
orphan is a process whose client has ended. A process that changed nothing yet
and does not use the desk is known to nobody.
It ends nothing; end a process with your system's own means.`;

export function define(command: Command, cli: Cli): void {
  command.addHelpText('after', HELP).action(() =>
    perform(command, cli, async (context) => {
      const { fleet } = await context.look();
      const { coordinator, processes, place } = fleet;
      const found = await hostProcesses({ coordinator, processes, placeId: place.placeId, ownPid: process.pid });
      context.tell({ processes: found.rows, deskTrouble: found.why }, (look) => processesText(found, look));
      return EXIT.done;
    }),
  );
}
