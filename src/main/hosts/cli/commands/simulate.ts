import type { Command } from 'commander';
import { simulateFaces } from '../../../services/simulation.ts';
import { positiveInteger, seedOption } from '../options.ts';
import type { MakeTerminal } from '../terminal.ts';

interface SimulateFacesOptions {
  readonly n: number;
  readonly out: string;
  readonly size: number;
  readonly seed: number;
}

export function addSimulateCommands(program: Command, makeTerminal: MakeTerminal): void {
  const simulate = program.command('simulate').description('data with a known truth');

  simulate
    .command('faces')
    .description('draw a folder of faces with tables of their labels and traits')
    .requiredOption('--out <dir>', 'folder to leave pictures and tables in')
    .option('-n, --n <count>', 'how many faces', positiveInteger, 10_000)
    .option('--size <pixels>', 'width and height of the pictures', positiveInteger, 80)
    .addOption(seedOption())
    .addHelpText(
      'after',
      `
Leaves 000001.png, ... and two tables with a row for each: labels.tsv (Male, Smiling, ...; 1 or -1) and traits.tsv
(the 28 numbers that each face is drawn from). The face fills the central 0.8 of the picture, which "faces import"
keeps: from 80 pixels it leaves 64 without resizing. 10,000 faces take about half a minute.

Example:
  fusiform simulate faces --out portraits -n 10000
  fusiform faces import portraits --labels portraits/labels.tsv --size 64 -p study`,
    )
    .action(async (options: SimulateFacesOptions) => {
      const terminal = makeTerminal();
      const outcome = await simulateFaces({
        outDir: options.out,
        count: options.n,
        seed: options.seed,
        imageSize: options.size,
        signal: terminal.signal,
        onEvent: (event) => terminal.progress.show(event),
      });
      terminal.outcome(
        outcome,
        ({ summary }) =>
          `${summary.faces} faces (${summary.men} men) of ${summary.imageSize} pixels, with labels.tsv and traits.tsv`,
      );
    });
}
