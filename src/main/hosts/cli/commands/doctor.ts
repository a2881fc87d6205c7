import type { Command } from 'commander';
import { examine } from '../../../services/doctor.ts';
import type { EngineRequest } from '../../../services/engines.ts';
import { engineOption } from '../options.ts';
import type { MakeTerminal } from '../terminal.ts';
import { engineTable } from './engine-table.ts';

export function addDoctorCommand(program: Command, makeTerminal: MakeTerminal): void {
  program
    .command('doctor')
    .description('say which compute engines this machine has, which one is chosen, and why')
    .addOption(engineOption())
    .addHelpText('after', '\nExample:\n  fusiform doctor --json')
    .action(async (options: { engine: EngineRequest }) => {
      makeTerminal().result(await examine(options.engine), (report) =>
        [
          `Fusiform ${report.fusiform} on Node ${report.node}, ${report.platform}`,
          `${report.processor}, ${report.cores} cores, ${(report.memoryBytes / 2 ** 30).toFixed(0)} GiB of memory`,
          '',
          engineTable(report.engines),
          '',
          `Chosen: ${report.chosen.kind ?? 'none'} (${report.chosen.reason})`,
        ].join('\n'),
      );
    });
}
