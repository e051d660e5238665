import type { Command } from 'commander';
import { describeSettings, type SettingRow } from '../../../app/settings.ts';
import { remarksOn } from '../../../compose.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { type Column, tableLines } from '../output/table.ts';

export function define(command: Command, cli: Cli): void {
  command
    .addHelpText('after', '\nA flag goes before the environment, and that before .brigade/config.json.')
    .action(() =>
      perform(command, cli, async (context) => {
        const { hostOf } = await import('../open-fleet.ts');
        const host = await hostOf(cli, context.flags);
        const { settings, workspace, stateBase } = host;
        const rows = describeSettings(settings);
        const remarks = await remarksOn(host);
        const folders = { fleetFolder: workspace.fleetFolder, stateFolder: stateBase };
        context.tell({ settings: rows, ...folders, remarks }, ({ width, paint }) => {
          const columns: readonly Column<SettingRow>[] = [
            { title: 'SETTING', text: (row) => row.name, paint: paint.strong },
            { title: 'VALUE', text: (row) => (row.value === null ? '-' : String(row.value)), cut: 'middle' },
            { title: 'FROM', text: (row) => row.where, cut: 'middle', paint: paint.faint },
          ];
          return [
            ...tableLines(columns, rows, { width, title: paint.title }),
            '',
            `fleet folder  ${folders.fleetFolder}`,
            `secrets       ${folders.stateFolder}`,
            ...remarks.flatMap(({ message, next }) => ['', paint.bad(message), next]),
          ];
        });
        return EXIT.done;
      }),
    );
}
