import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { DecoderKind } from '../../../../shared/decoders.ts';
import { chooseEngine, type EngineRequest } from '../../../services/engines.ts';
import { evaluateSubject } from '../../../services/evaluate.ts';
import { collect, number, parquetOption, positiveInteger, seedOption } from '../options.ts';
import type { MakeTerminal } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';
import { withDecoder } from './decoder-option.ts';
import { subjectAndModel } from './subject-and-model.ts';

interface EvaluateOptions {
  readonly project: string;
  readonly engine: EngineRequest;
  readonly subject: string;
  readonly model: string;
  readonly decoder: DecoderKind;
  readonly seed: number;
  readonly permutations: number;
  readonly gender?: string;
  readonly genderFaces: string;
  readonly imagined?: string;
  readonly candidate?: string[];
  readonly candidates?: string;
  readonly featuresDiscriminator?: string;
  readonly featuresModel?: string;
  readonly featuresLayer?: string;
  readonly featuresInputSize?: readonly [number, number];
  readonly featuresMean?: readonly [number, number, number];
  readonly featuresStd?: readonly [number, number, number];
  readonly featuresLayout?: 'NCHW' | 'NHWC';
  readonly allowNear: boolean;
  readonly parquet: boolean;
}

export function addEvaluateCommand(program: Command, makeTerminal: MakeTerminal): void {
  withDecoder(subjectAndModel(program.command('evaluate')))
    .description('score what was decoded: identification, pictures, gender, imagery, regions')
    .option('--permutations <n>', 'permutations of the test faces', positiveInteger, 10000)
    .option('--gender <column=value>', 'label that stands for men, such as Male=1, in both sets of faces')
    .option('--gender-faces <name>', 'labelled face set from which the axis is taken', 'faces')
    .option('--imagined <stimulus>', 'the face that was imagined, as a path below the stimuli')
    .option('--candidate <stimulus>', 'a face that could have been imagined; may be given again', collect)
    .option('--candidates <file>', 'text file with one candidate a line')
    .option(
      '--features-discriminator <name>',
      'VAE-GAN whose discriminator looks at the pictures (default: --model)',
    )
    .option('--features-model <file>', 'ONNX model that looks at the pictures too')
    .option('--features-layer <name>', 'its output, or any layer inside (default: its only output)')
    .option(
      '--features-input-size <n>',
      'pixels of its pictures, or HEIGHTxWIDTH, where it leaves them open',
      imageSize,
    )
    .option('--features-mean <r,g,b>', 'taken off the colours, 0..1 (default: 0,0,0)', colours)
    .option('--features-std <r,g,b>', 'what the colours are then divided by (default: 1,1,1)', colours)
    .addOption(
      new Option('--features-layout <axes>', 'colours second or last (default: as its axes say)').choices([
        'NCHW',
        'NHWC',
      ]),
    )
    .option('--allow-near', 'go on where candidates are nearly, not exactly, training pictures', false)
    .addOption(parquetOption())
    .addOption(seedOption())
    .addHelpText(
      'after',
      `
Every score bears the name and version of its definition: docs/guide/scores.md.

Examples:
  fusiform evaluate --subject 01 --model vaegan --gender Male=1 --gender-faces faces -p study
  fusiform evaluate --subject 01 --model pca --imagined sub01/imagery/F0007.jpg --candidates candidates.txt -p study
  fusiform evaluate --subject 01 --model pca --features-discriminator vaegan -p study
  fusiform evaluate --subject 01 --features-model resnet50.onnx --features-mean 0.485,0.456,0.406 --features-std 0.229,0.224,0.225 -p study`,
    )
    .action((options: EvaluateOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { kind: engine } = await chooseEngine(options.engine);
        const [column, positive = '1'] = (options.gender ?? '').split('=');
        const candidates = [
          ...(options.candidate ?? []),
          ...(options.candidates
            ? (await readFile(options.candidates, 'utf8')).split(/\r?\n/).filter(Boolean)
            : []),
        ];
        const outcome = await evaluateSubject(workspace, {
          subject: options.subject,
          model: options.model,
          decoder: options.decoder,
          engine,
          seed: options.seed,
          nPermutations: options.permutations,
          ...(column ? { gender: { faces: options.genderFaces, column, positive } } : {}),
          ...(options.imagined ? { imagery: { imagined: options.imagined, candidates } } : {}),
          ...(options.featuresDiscriminator ? { discriminator: options.featuresDiscriminator } : {}),
          ...(options.featuresModel ? { features: networkOf(options.featuresModel, options) } : {}),
          allowNear: options.allowNear,
          parquet: options.parquet,
        });
        terminal.outcome(outcome, ({ summary }) =>
          [
            summary.pairwise === null
              ? 'One test face: nothing to identify it among'
              : `Pairwise identification ${Number(summary.pairwise).toFixed(3)} (chance 0.5, permutation p = ${Number(summary.pairwiseP).toPrecision(2)}), ${summary.testFaces} test faces`,
            ...(summary.nWay === null
              ? []
              : [`Full ${summary.testFaces}-way identification ${Number(summary.nWay).toFixed(3)}`]),
            summary.pixCorr === null
              ? 'The pictures that were shown are not at hand: no SSIM, no pixel correlation'
              : `SSIM ${summary.ssim === null ? 'n/a (pictures too small)' : Number(summary.ssim).toFixed(3)}, pixel correlation ${Number(summary.pixCorr).toFixed(3)}`,
            'Every score of every region: scores.tsv, evaluation.json',
          ].join('\n'),
        );
      }),
    );
}

function networkOf(file: string, options: EvaluateOptions) {
  return {
    file,
    layer: options.featuresLayer,
    inputSize: options.featuresInputSize,
    mean: options.featuresMean,
    std: options.featuresStd,
    layout: options.featuresLayout,
  };
}

/** One side, or height x width. */
function imageSize(text: string): readonly [number, number] {
  const [height, width = height] = text.split('x').map(positiveInteger);
  return [height, width];
}

function colours(text: string): readonly [number, number, number] {
  const [red, green, blue, ...more] = text.split(',').map(number);
  if (blue === undefined || more.length > 0)
    throw new InvalidArgumentError('Three numbers by commas are needed.');
  return [red, green, blue];
}
