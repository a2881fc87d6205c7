import type { Command } from 'commander';
import { examine } from '../../../services/doctor.ts';
import { type EngineRequest, provisionNative, removeNative } from '../../../services/engines.ts';
import { engineOption } from '../options.ts';
import type { MakeTerminal } from '../terminal.ts';
import { addEngineChoiceCommands } from './engine-choice.ts';
import { engineTable } from './engine-table.ts';

export function addDoctorCommands(program: Command, makeTerminal: MakeTerminal): void {
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

  const engine = program.command('engine').description('compute engines');
  addEngineChoiceCommands(engine, makeTerminal);

  engine
    .command('install')
    .description(
      'provision the native engine: TensorFlow for the processor, for networks larger than the preset tiny',
    )
    .option('--from <file>', 'a tensorflow-cpu wheel that is here already (offline)')
    .addHelpText(
      'after',
      `
Needs python3 with pip (unless --from), make and g++. Downloads about 270 MB and keeps about 600 MB in
$FUSIFORM_HOME/engines (default: ~/.local/share/fusiform). Goes on where it stopped.

Examples:
  npm run engine:native
  fusiform engine install --from tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl`,
    )
    .action(async (options: { from?: string }) => {
      const terminal = makeTerminal();
      const installed = await provisionNative(options, {
        signal: terminal.signal,
        report: (progress) => terminal.progress.report('native engine', progress),
      });
      terminal.result(installed, () => 'The native engine is ready; `fusiform doctor` shows it.');
    });

  engine
    .command('remove')
    .description('remove the native engine from this machine')
    .action(async () => {
      await removeNative({});
      makeTerminal().result({ removed: true }, () => 'The native engine is removed.');
    });
}
