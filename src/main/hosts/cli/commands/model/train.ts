import { type Command, Option } from 'commander';
import { chooseEngine } from '../../../../services/engines.ts';
import { fitPcaModel, trainModel, vaeGanConfigFor } from '../../../../services/models.ts';
import { engineOption, fraction, positiveInteger, projectOption, seedOption } from '../../options.ts';
import type { MakeTerminal } from '../../terminal.ts';
import { withWorkspace } from '../../with-workspace.ts';
import type { CommonOptions } from './options.ts';

interface TrainOptions extends CommonOptions {
  readonly faces: string;
  readonly name?: string;
  readonly kind: 'vaegan' | 'pca';
  readonly preset: 'paper' | 'small' | 'tiny';
  readonly latents?: number;
  readonly steps?: number;
  readonly heldOut: number;
}

export function addTrainCommand(model: Command, makeTerminal: MakeTerminal): void {
  model
    .command('train')
    .description('train a model on a face set; goes on from its checkpoint after a stop')
    .option('--faces <name>', 'face set to train on', 'faces')
    .option('--name <name>', 'name of the model in the project (default: its kind)')
    .addOption(new Option('--kind <kind>', 'the kind of model').choices(['vaegan', 'pca']).default('vaegan'))
    .addOption(
      new Option('--preset <name>', 'paper (128 px, 1024 latents), small (64 px, 128), tiny (32 px, 64)')
        .choices(['paper', 'small', 'tiny'])
        .default('tiny'),
    )
    .option('--latents <n>', 'number of latents (default: as the preset)', positiveInteger)
    .option('--steps <n>', 'training steps in all (default: as the preset)', positiveInteger)
    .option('--held-out <share>', 'share of the faces kept out of training, to judge by', fraction, 0.1)
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(projectOption())
    .addHelpText(
      'after',
      `
Examples:
  fusiform model train --faces faces --preset tiny -p study
  fusiform model train --kind pca --faces faces -p study`,
    )
    .action((options: TrainOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const engine = await chooseEngine(options.engine);
        const config = vaeGanConfigFor(options.preset, options);
        const shared = {
          faces: options.faces,
          name: options.name ?? options.kind,
          engine: engine.kind,
          seed: options.seed,
          heldOut: options.heldOut,
        };
        const outcome =
          options.kind === 'pca'
            ? await fitPcaModel(workspace, {
                ...shared,
                imageSize: config.imageSize,
                latentDim: config.latentDim,
              })
            : await trainModel(workspace, { ...shared, config });
        terminal.outcome(outcome, ({ summary }) => {
          const held = summary.heldOut as { faces: number; ssim: number; pixCorr: number } | undefined;
          return [
            `Model "${shared.name}": ${summary.latentDim} latents, ${summary.imageSize} px, trained on ${summary.trainingFaces} faces (${summary.engine}: ${engine.reason})`,
            held
              ? `${held.faces} held-out faces: SSIM ${held.ssim.toFixed(3)}, pixel correlation ${held.pixCorr.toFixed(3)} (pictures: held-out.png)`
              : '',
          ].join('\n');
        });
      }),
    );
}
