import { cp } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { EngineKind } from '../../../services/engines.ts';
import { chooseEngine } from '../../../services/engines.ts';
import {
  decodeLatents,
  encodeFaces,
  findAttributeAxis,
  fitPcaModel,
  latentsName,
  trainModel,
  vaeGanConfigFor,
} from '../../../services/models.ts';
import { engineOption, fraction, positiveInteger, projectOption, seedOption } from '../options.ts';
import type { MakeTerminal } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';

interface CommonOptions {
  readonly project: string;
  readonly engine: 'auto' | EngineKind;
  readonly seed: number;
}

interface TrainOptions extends CommonOptions {
  readonly faces: string;
  readonly name?: string;
  readonly kind: 'vaegan' | 'pca';
  readonly preset: 'paper' | 'small' | 'tiny';
  readonly latents?: number;
  readonly steps?: number;
  readonly heldOut: number;
}

export function addModelCommands(program: Command, makeTerminal: MakeTerminal): void {
  const model = program.command('model').description('latent models of faces: VAE-GAN and PCA');

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

  model
    .command('encode')
    .description('compute the latent code of every face of a set')
    .option('--model <name>', 'the model', 'vaegan')
    .option('--faces <name>', 'the face set', 'faces')
    .option('--out <dir>', 'also copy latents.npy and latents.tsv there')
    .addOption(engineOption())
    .addOption(projectOption())
    .addHelpText(
      'after',
      '\nExample:\n  fusiform model encode --model vaegan --faces faces --out latents -p study',
    )
    .action((options: CommonOptions & { model: string; faces: string; out?: string }) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { kind: engine } = await chooseEngine(options.engine);
        const outcome = await encodeFaces(workspace, { ...options, engine });
        if (options.out) await cp(outcome.path, resolve(options.out), { recursive: true });
        terminal.outcome(
          outcome,
          ({ summary }) =>
            `Latents "${latentsName(options.model, options.faces)}": ${summary.faces} faces x ${summary.latentDim}`,
        );
      }),
    );

  model
    .command('decode')
    .description('make images of latent codes')
    .requiredOption('--latents <name-or-file>', 'latents of the project, as <model>/<faces>, or an .npy file')
    .option('--model <name>', 'the model', 'vaegan')
    .option('--out <dir>', 'also copy the images there')
    .addOption(engineOption())
    .addOption(projectOption())
    .addHelpText(
      'after',
      '\nExamples:\n  fusiform model decode --latents vaegan/faces --out images -p study\n  fusiform model decode --latents codes.npy --out images -p study',
    )
    .action((options: CommonOptions & { model: string; latents: string; out?: string }) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { kind: engine } = await chooseEngine(options.engine);
        const outcome = await decodeLatents(workspace, {
          model: options.model,
          engine,
          ...(options.latents.endsWith('.npy') ? { file: options.latents } : { latents: options.latents }),
        });
        if (options.out) await cp(outcome.path, resolve(options.out), { recursive: true });
        terminal.outcome(outcome, ({ summary }) => `${summary.images} images of ${summary.imageSize} px`);
      }),
    );

  model
    .command('axis')
    .description('find the latent axis of a label, and how well it tells faces apart (10-fold)')
    .requiredOption('--label <column=value>', 'the positive class, such as folder=female or Male=1')
    .option('--model <name>', 'the model', 'vaegan')
    .option('--faces <name>', 'the labelled face set', 'faces')
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(projectOption())
    .addHelpText('after', '\nExample:\n  fusiform model axis --label folder=female -p study')
    .action((options: CommonOptions & { label: string; model: string; faces: string }) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { kind: engine } = await chooseEngine(options.engine);
        const at = options.label.indexOf('=');
        const outcome = await findAttributeAxis(workspace, {
          ...options,
          engine,
          column: options.label.slice(0, at < 0 ? undefined : at),
          positive: at < 0 ? '1' : options.label.slice(at + 1),
        });
        terminal.outcome(outcome, ({ summary }) => {
          const { accuracy, correct, n, p, column, positive } = summary;
          return `${column} = ${positive}: ${correct} of ${n} held-out faces told apart (accuracy ${Number(accuracy).toFixed(3)}, chance 0.5, binomial p = ${Number(p).toPrecision(2)})`;
        });
      }),
    );
}
