import { type Command, Option } from 'commander';
import { type DecoderKind, decoderKinds } from '../../../../shared/decoders.ts';
import { compareDecoders, defaultFolds, fitDecoders } from '../../../services/decoders.ts';
import { seedOption } from '../options.ts';
import type { MakeTerminal } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';
import { type MapOptions, mapRequest, withMapOptions } from './map-options.ts';
import { ofSubject } from './subject-and-model.ts';

interface FitOptions extends MapOptions {
  readonly decoder?: readonly DecoderKind[];
  readonly singleTrial: 'lsa' | 'lss';
  readonly seed: number;
}

interface CompareOptions {
  readonly project: string;
  readonly subject: string;
  readonly model: string;
}

export function addDecoderCommands(program: Command, makeTerminal: MakeTerminal): void {
  const decoder = program
    .command('decoder')
    .description('decoders beside the paper’s, tuned on training runs');

  withMapOptions(decoder.command('fit'))
    .description(
      'fit the mapping as `map fit` does, and decoders from it; cross-validation over runs chooses',
    )
    .addOption(
      new Option(
        '--decoder <kinds...>',
        'which (default: all four; the paper’s has nothing to tune)',
      ).choices(decoderKinds),
    )
    .addOption(
      new Option('--single-trial <how>', 'how the pattern of a training trial is estimated')
        .choices(['lss', 'lsa'])
        .default('lss'),
    )
    .addOption(seedOption())
    .addHelpText(
      'after',
      `
Without --folds the runs are divided into ${defaultFolds} folds.

Examples:
  fusiform decoder fit --subject 01 --model vaegan --confounds motion -p study
  fusiform decoder fit --subject 01 --decoder ridge posterior --folds 10 -p study`,
    )
    .action((options: FitOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { mapping, decoders } = await fitDecoders(workspace, {
          ...(await mapRequest(options)),
          decoders: options.decoder ?? decoderKinds,
          singleTrial: options.singleTrial,
          seed: options.seed,
        });
        const compared = await compareDecoders(workspace, options);
        const problems = [...mapping.problems, ...decoders.flatMap((outcome) => outcome.problems)];
        const artifacts = decoders.map(({ path }) => path);
        terminal.result({ decoders: compared, artifacts, problems }, () => tableOf(compared));
      }),
    );

  ofSubject(decoder.command('compare'))
    .option('--model <name>', 'latent model', 'vaegan')
    .description('the decoders that were fitted, side by side, by trials of runs that were left out')
    .addHelpText('after', '\nExample:\n  fusiform decoder compare --subject 01 --model vaegan -p study')
    .action((options: CompareOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const compared = await compareDecoders(workspace, options);
        terminal.result({ decoders: compared }, () => tableOf(compared));
      }),
    );
}

function tableOf(decoders: Awaited<ReturnType<typeof compareDecoders>>): string {
  const rows = decoders.map((row) => [
    row.decoder,
    `${row.identification.toFixed(3)} +/- ${row.identificationError.toFixed(3)}`,
    row.correlation.toFixed(3),
    row.chosen,
  ]);
  const table = [['decoder', 'identification', 'r', 'chosen'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column].length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const [{ trials, folds }] = decoders;
  return [
    ...lines,
    `Single training trials of runs that were left out (${trials} trials, ${folds} folds); chance 0.5, standard errors over folds.`,
  ].join('\n');
}
