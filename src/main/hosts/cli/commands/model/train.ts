import { type Command, Option } from 'commander';
import { chooseEngine, type EngineKind } from '../../../../services/engines.ts';
import { fitPcaModel, trainModel } from '../../../../services/models.ts';
import { changedConfig, type PresetName, presetConfig } from '../../../../services/training-config.ts';
import { estimateTraining } from '../../../../services/training-estimate.ts';
import { trainingRequest } from '../../../../services/training-request.ts';
import type { StageOutcome, Workspace } from '../../../../services/workspace.ts';
import {
  collect,
  engineOption,
  fraction,
  positiveInteger,
  positiveNumber,
  projectOption,
  seedOption,
} from '../../options.ts';
import type { MakeTerminal, Terminal } from '../../terminal.ts';
import { withWorkspace } from '../../with-workspace.ts';
import { describeEstimate } from './describe-estimate.ts';
import type { CommonOptions } from './options.ts';

interface TrainOptions extends CommonOptions {
  readonly faces: string;
  readonly name?: string;
  readonly kind: 'vaegan' | 'vae' | 'pca';
  readonly preset: PresetName;
  readonly fork?: string;
  readonly config?: string;
  readonly set?: string[];
  readonly latents?: number;
  readonly steps?: number;
  readonly epochs?: number;
  readonly heldOut: number;
  readonly microBatch?: number;
  readonly evaluateEvery?: number;
  readonly checkpointEvery?: number;
  readonly baseline: boolean;
  readonly dryRun?: boolean;
}

export function addTrainCommand(model: Command, makeTerminal: MakeTerminal): void {
  model
    .command('train')
    .description('train a model on a face set; goes on from its checkpoint after a stop')
    .option('--faces <name>', 'face set to train on', 'faces')
    .option('--name <name>', 'name of the model in the project (default: its kind)')
    .addOption(
      new Option('--kind <kind>', 'vaegan; vae, which has no discriminator; pca')
        .choices(['vaegan', 'vae', 'pca'])
        .default('vaegan'),
    )
    .addOption(
      new Option('--preset <name>', 'paper (128 px, 1024 latents), small (64 px, 128), tiny (32 px, 64)')
        .choices(['paper', 'small', 'tiny'])
        .default('tiny'),
    )
    .option(
      '--fork <model[@step]>',
      'start from the weights of a model, or of a stopped training, in place of a preset',
    )
    .option('--config <file>', 'JSON with values to change; `model presets` lists all')
    .option('--set <path=value>', 'change one value, such as loss.kl=0.5; may be repeated', collect)
    .option('--latents <n>', 'number of latents (default: as the preset)', positiveInteger)
    .option('--steps <n>', 'training steps in all (default: as the preset)', positiveInteger)
    .addOption(
      new Option('--epochs <n>', 'the same by passes through the training faces')
        .argParser(positiveNumber)
        .conflicts('steps'),
    )
    .option('--held-out <share>', 'share of the faces kept out of training, to judge by', fraction, 0.1)
    .option('--micro-batch <n>', 'faces at a time (default: as many as fit into memory)', positiveInteger)
    .option(
      '--evaluate-every <steps>',
      'steps between two looks at held-out faces (default: 20 in all)',
      positiveInteger,
    )
    .option('--checkpoint-every <steps>', 'checkpoints beside the one a minute', positiveInteger)
    .option('--no-baseline', 'do without the PCA of the same size to compare with')
    .option('--dry-run', 'say what it would take in time, memory and disk, and do nothing')
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(projectOption())
    .addHelpText(
      'after',
      `
Examples:
  fusiform model train --faces faces --preset small --dry-run -p study
  fusiform model train --faces faces --preset tiny -p study
  fusiform model train --kind vae --epochs 15 --set loss.kl=0.5 --name vae -p study
  fusiform model train --fork vaegan@2400 --set optimiser.learningRate=1e-4 --name calmer -p study
  fusiform model train --kind pca --faces faces -p study`,
    )
    .action((options: TrainOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const engine = await chooseEngine(options.engine);
        const outcome = await (options.kind === 'pca' ? trainPca : trainNetwork)(
          workspace,
          terminal,
          options,
          engine.kind,
        );
        if (outcome !== null) report(terminal, outcome, options.name ?? options.kind, engine.reason);
      }),
    );
}

async function trainPca(
  workspace: Workspace,
  _terminal: Terminal,
  options: TrainOptions,
  engine: EngineKind,
): Promise<StageOutcome> {
  const { faces, name = options.kind, seed, heldOut, latents } = options;
  const config = await changedConfig(presetConfig(options.preset), latents === undefined ? {} : { latents });
  const { imageSize, latentDim } = config;
  return fitPcaModel(workspace, { faces, name, engine, seed, heldOut, imageSize, latentDim });
}

/** The outcome of the training; none after a dry run. */
async function trainNetwork(
  workspace: Workspace,
  terminal: Terminal,
  options: TrainOptions,
  engine: EngineKind,
): Promise<StageOutcome | null> {
  const { kind, evaluateEvery, checkpointEvery } = options;
  const request = await trainingRequest(
    workspace,
    {
      ...options,
      name: options.name ?? kind,
      network: kind === 'vae' ? 'vae' : 'vaegan',
      ...(evaluateEvery === undefined ? {} : { evaluateEverySteps: evaluateEvery }),
      ...(checkpointEvery === undefined ? {} : { checkpointEverySteps: checkpointEvery }),
    },
    engine,
  );
  const estimate = await estimateTraining(workspace, {
    ...request,
    ...(options.dryRun ? { rehearse: true } : {}),
  });
  if (options.dryRun) {
    terminal.result(estimate, describeEstimate);
    return null;
  }
  if (!estimate.begun) terminal.note(describeEstimate(estimate));
  if (request.fork !== undefined) {
    const { model, step } = request.fork.from;
    terminal.note(`Starts from the weights of "${model}" at step ${step}.`);
  }
  return trainModel(workspace, { ...request, fittingMicroBatch: estimate.microBatch });
}

interface Scores {
  readonly faces: number;
  readonly ssim: number;
  readonly pixCorr: number;
  readonly pca?: { readonly ssim: number; readonly pixCorr: number };
}

function report(terminal: Terminal, outcome: StageOutcome, name: string, reason: string): void {
  terminal.outcome(outcome, ({ summary }) => {
    const held = summary.heldOut as unknown as Scores | undefined;
    const beside = (value: number | undefined) => (value === undefined ? '' : ` (PCA ${value.toFixed(3)})`);
    return [
      `Model "${name}": ${summary.latentDim} latents, ${summary.imageSize} px, trained on ${summary.trainingFaces} faces (${summary.engine}: ${reason})`,
      held
        ? `${held.faces} held-out faces: SSIM ${held.ssim.toFixed(3)}${beside(held.pca?.ssim)}, pixel correlation ${held.pixCorr.toFixed(3)}${beside(held.pca?.pixCorr)} (pictures: held-out.png)`
        : '',
      summary.activeLatents === undefined
        ? ''
        : `${summary.activeLatents} of ${summary.latentDim} latents active; curves and pictures over time: training.html, grids/`,
    ]
      .filter((line) => line !== '')
      .join('\n');
  });
}
