import { type Command, Option } from 'commander';
import { FusiformError } from '../../../../../shared/errors.ts';
import {
  type DirectionRequest,
  interpolate,
  rankLatentUsage,
  sampleFaces,
  traverse,
} from '../../../../services/explore.ts';
import { number, positiveInteger, seedOption } from '../../options.ts';
import type { MakeTerminal } from '../../terminal.ts';
import { parseLabel } from './attributes.ts';
import { type ModelOptions, modelCommand, runModelStage } from './options.ts';

/** How commands take single faces. */
export const faceHelp = `A face is a picture file, a face of a set (SET:FILE, or FILE of the set that --faces names),
or a row of codes, counted from 1 (codes.npy:1, codes.mat:1, vaegan/faces:1).`;

export function addExploreCommands(model: Command, makeTerminal: MakeTerminal): void {
  addInterpolate(model, makeTerminal);
  addTraverse(model, makeTerminal);
  addLatentUsage(model, makeTerminal);
  addSample(model, makeTerminal);
}

function addInterpolate(model: Command, makeTerminal: MakeTerminal): void {
  modelCommand(model, 'interpolate', 'faces between two faces', 'strip.png, the frames and the codes')
    .requiredOption('--from <face>', 'where to begin')
    .requiredOption('--to <face>', 'where to end')
    .option('--steps <n>', 'faces on the way, both ends among them', positiveInteger, 9)
    .option('--spherical', "turn about the prior's mean at constant speed (default: a straight line)")
    .option('--faces <name>', 'the face set in which bare names are looked up', 'faces')
    .addHelpText(
      'after',
      `
${faceHelp}

Examples:
  fusiform model interpolate --from 000001.png --to 000002.png -p study
  fusiform model interpolate --from me.jpg --to codes.npy:3 --spherical --out strip -p study`,
    )
    .action((options: ModelOptions & InterpolateOptions) =>
      runModelStage(
        makeTerminal,
        options,
        (workspace, engine) =>
          interpolate(workspace, { ...options, engine, way: options.spherical ? 'spherical' : 'linear' }),
        ({ from, to, steps, way }) => `${steps} faces from ${from} to ${to} (${way})`,
      ),
    );
}

interface InterpolateOptions {
  readonly from: string;
  readonly to: string;
  readonly steps: number;
  readonly spherical?: boolean;
  readonly faces: string;
}

interface TraverseOptions extends ModelOptions {
  readonly label?: string;
  readonly classifier?: boolean;
  readonly latent?: number;
  readonly pc?: number;
  readonly faces: string;
  readonly face?: string[];
  readonly count: number;
  readonly steps: number;
  readonly range?: number;
}

function addTraverse(model: Command, makeTerminal: MakeTerminal): void {
  modelCommand(
    model,
    'traverse',
    'move faces along a direction of the latent space',
    'traversal.png and the codes',
  )
    .option('--label <column=value>', 'along the axis of a label, in distances between the class means')
    .option('--classifier', "with --label: along the classifier's weights instead of the published axis")
    .option('--latent <n>', 'along one latent, in standard deviations', positiveInteger)
    .option('--pc <n>', 'along a principal component of the codes, in standard deviations', positiveInteger)
    .option('--faces <name>', 'the face set that the direction comes from', 'faces')
    .option('--face <face...>', 'the faces to move (default: drawn from the set)')
    .option('--count <n>', 'how many to draw', positiveInteger, 6)
    .option('--steps <n>', 'pictures a face', positiveInteger, 7)
    .option('--range <n>', 'how far to either side (default: 1 with --label, else 2)', number)
    .addOption(seedOption())
    .addHelpText(
      'after',
      `
${faceHelp}

Examples:
  fusiform model traverse --label Smiling=1 -p study
  fusiform model traverse --latent 17 --face 000001.png me.jpg --range 3 -p study
  fusiform model traverse --pc 3 --count 10 --out grid -p study`,
    )
    .action((options: TraverseOptions) => {
      const direction = directionOf(options);
      const { face, range = direction.kind === 'label' ? 1 : 2 } = options;
      return runModelStage(
        makeTerminal,
        options,
        (workspace, engine) =>
          traverse(workspace, {
            ...options,
            engine,
            direction,
            range,
            ...(face === undefined ? {} : { sources: face }),
          }),
        (summary) =>
          `${summary.faces} faces along ${summary.direction}, -${range} to ${range} ${summary.unit}`,
      );
    });
}

function directionOf({ label, classifier, latent, pc }: TraverseOptions): DirectionRequest {
  const given: DirectionRequest[] = [
    ...(label === undefined
      ? []
      : [{ kind: 'label', ...parseLabel(label), rule: classifier ? 'classifier' : 'axis' } as const]),
    ...(latent === undefined ? [] : [{ kind: 'latent', index: latent } as const]),
    ...(pc === undefined ? [] : [{ kind: 'component', index: pc } as const]),
  ];
  if (given.length !== 1) throw new FusiformError('USAGE', 'Give one of --label, --latent and --pc.');
  return given[0];
}

function addLatentUsage(model: Command, makeTerminal: MakeTerminal): void {
  modelCommand(
    model,
    'latents',
    'rank the latents by how much they are used over a face set',
    'latent-usage.tsv and latent-usage.png',
  )
    .option('--faces <name>', 'the face set', 'faces')
    .option('--top <n>', 'latents in the picture', positiveInteger, 10)
    .option('--steps <n>', 'pictures a latent', positiveInteger, 7)
    .option('--range <n>', 'standard deviations to either side', number, 2)
    .addHelpText('after', '\nExample:\n  fusiform model latents --model vaegan --out usage -p study')
    .action((options: ModelOptions & { faces: string; top: number; steps: number; range: number }) =>
      runModelStage(
        makeTerminal,
        options,
        (workspace, engine) => rankLatentUsage(workspace, { ...options, engine }),
        ({ active, latentDim, top }) => {
          const first = top as { latent: number; share: number }[];
          const shares = first.map(({ latent, share }) => `${latent} (${(100 * share).toFixed(1)} %)`);
          return `${active} of ${latentDim} latents are used (variance above 0.01); the first: ${shares.join(', ')}`;
        },
      ),
    );
}

function addSample(model: Command, makeTerminal: MakeTerminal): void {
  modelCommand(model, 'sample', 'faces of random codes', 'samples.png, the images and the codes')
    .option('-n, --count <n>', 'how many', positiveInteger, 64)
    .addOption(
      new Option(
        '--from <source>',
        "the model's prior, or the normal distribution of the codes of a face set",
      )
        .choices(['prior', 'codes'])
        .default('prior'),
    )
    .option('--faces <name>', 'with --from codes: the face set', 'faces')
    .addOption(seedOption())
    .addHelpText(
      'after',
      '\nExamples:\n  fusiform model sample -n 64 --seed 3 -p study\n  fusiform model sample --model pca --from codes --out samples -p study',
    )
    .action((options: ModelOptions & { count: number; from: 'prior' | 'codes'; faces: string }) =>
      runModelStage(
        makeTerminal,
        options,
        (workspace, engine) => sampleFaces(workspace, { ...options, engine }),
        ({ samples, from, imageSize }) =>
          `${samples} faces of ${imageSize} px, drawn from the ${from === 'prior' ? 'prior' : 'distribution of codes'}`,
      ),
    );
}
