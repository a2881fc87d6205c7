import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { decodeSubject, evaluateSubject } from '../../../services/decoding.ts';
import type { EngineRequest } from '../../../services/engines.ts';
import { chooseEngine } from '../../../services/engines.ts';
import { fitMap } from '../../../services/subjects.ts';
import {
  collect,
  confoundColumns,
  engineOption,
  fraction,
  number,
  parquetOption,
  positiveInteger,
  projectOption,
  seedOption,
} from '../options.ts';
import type { MakeTerminal } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';

interface CommonOptions {
  readonly project: string;
  readonly engine: EngineRequest;
  readonly subject: string;
  readonly model: string;
}

interface MapOptions extends CommonOptions {
  readonly mask?: string;
  readonly stimuli?: string;
  readonly crop: number;
  readonly faceFdr: number;
  readonly gainKeep: number;
  readonly gainFdr?: number;
  readonly highPass: number;
  readonly noise: 'ols' | 'ar1';
  readonly confounds?: string;
}

interface EvaluateOptions extends CommonOptions {
  readonly seed: number;
  readonly permutations: number;
  readonly gender?: string;
  readonly genderFaces: string;
  readonly imagined?: string;
  readonly candidate?: string[];
  readonly candidates?: string;
  readonly parquet: boolean;
}

export function addDecodingCommands(program: Command, makeTerminal: MakeTerminal): void {
  const map = program.command('map').description('how voxels encode the latents of faces');

  shared(map.command('fit'))
    .description('fit the linear model with latents as modulators, select voxels, keep the mapping')
    .option('--mask <file>', 'voxels to consider (default: grey matter, else brain, of the dataset)')
    .option('--stimuli <dir>', 'folder of the pictures shown (default: stimuli/ of the dataset)')
    .option(
      '--crop <share>',
      'share of the centre square of a picture to keep (the paper: 0.8)',
      fraction,
      0.8,
    )
    .option('--face-fdr <q>', 'false discovery rate of voxels that respond to faces', number, 0.05)
    .option(
      '--gain-keep <share>',
      'share of the voxels to keep, those whose variance the latents explain best',
      fraction,
      2 / 3,
    )
    .option('--gain-fdr <q>', 'instead: false discovery rate of that gain', number)
    .addOption(
      new Option('--noise <model>', 'white noise, or correlated from volume to volume')
        .choices(['ols', 'ar1'])
        .default('ar1'),
    )
    .option('--high-pass <hz>', 'cut-off of the cosine drift model', number, 0.01)
    .option(
      '--confounds <columns>',
      'columns of the confounds tables, by commas; "motion" for the six of motion',
    )
    .addHelpText(
      'after',
      '\nExample:\n  fusiform map fit --subject 01 --model vaegan --confounds motion -p study',
    )
    .action((options: MapOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { kind: engine } = await chooseEngine(options.engine);
        const outcome = await fitMap(workspace, {
          subject: options.subject,
          model: options.model,
          engine,
          crop: options.crop,
          settings: {
            hrfModel: 'spm',
            driftModel: 'cosine',
            highPass: options.highPass,
            driftOrder: 1,
            confounds: confoundColumns(options.confounds),
          },
          noise: options.noise,
          faceRule: { kind: 'fdr', q: options.faceFdr },
          gainRule:
            options.gainFdr === undefined
              ? { kind: 'fraction', keep: options.gainKeep }
              : { kind: 'fdr', q: options.gainFdr },
          ...(options.mask === undefined ? {} : { mask: options.mask }),
          ...(options.stimuli === undefined ? {} : { stimuli: options.stimuli }),
        });
        terminal.outcome(
          outcome,
          ({ summary }) =>
            `${summary.selected} of ${summary.voxels} voxels selected (${summary.respondToFaces} respond to faces, ${summary.gainFromLatents} gain from the latents), ${summary.testFaces} test patterns`,
        );
      }),
    );

  shared(program.command('decode'))
    .description('decode the patterns of test faces (and imagery) into latents and pictures')
    .addHelpText('after', '\nExample:\n  fusiform decode --subject 01 --model vaegan -p study')
    .action((options: CommonOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { kind: engine } = await chooseEngine(options.engine);
        const outcome = await decodeSubject(workspace, { ...options, engine });
        terminal.outcome(
          outcome,
          ({ summary }) =>
            `${summary.testFaces} test faces decoded from ${(summary.regions as string[]).join(', ')}; pictures in reconstructions/`,
        );
      }),
    );

  shared(program.command('evaluate'))
    .description('score what was decoded: identification, pictures, gender, imagery, regions')
    .option('--permutations <n>', 'permutations of the test faces', positiveInteger, 10000)
    .option('--gender <column=value>', 'label that stands for men, such as Male=1, in both sets of faces')
    .option('--gender-faces <name>', 'labelled face set from which the axis is taken', 'faces')
    .option('--imagined <stimulus>', 'the face that was imagined, as a path below the stimuli')
    .option('--candidate <stimulus>', 'a face that could have been imagined; may be given again', collect)
    .option('--candidates <file>', 'text file with one candidate a line')
    .addOption(parquetOption())
    .addOption(seedOption())
    .addHelpText(
      'after',
      `
Examples:
  fusiform evaluate --subject 01 --model vaegan --gender Male=1 --gender-faces faces -p study
  fusiform evaluate --subject 01 --model pca --imagined sub01/imagery/F0007.jpg --candidates candidates.txt -p study`,
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
          engine,
          seed: options.seed,
          nPermutations: options.permutations,
          ...(column ? { gender: { faces: options.genderFaces, column, positive } } : {}),
          ...(options.imagined ? { imagery: { imagined: options.imagined, candidates } } : {}),
          parquet: options.parquet,
        });
        terminal.outcome(outcome, ({ summary }) =>
          [
            `Pairwise identification ${Number(summary.pairwise).toFixed(3)} (chance 0.5, permutation p = ${Number(summary.pairwiseP).toPrecision(2)}), ${summary.testFaces} test faces`,
            `Full ${summary.testFaces}-way identification ${Number(summary.nWay).toFixed(3)}`,
            `SSIM ${Number(summary.ssim).toFixed(3)}, pixel correlation ${Number(summary.pixCorr).toFixed(3)}`,
            'Every score of every region: scores.tsv, evaluation.json',
          ].join('\n'),
        );
      }),
    );
}

function shared(command: Command): Command {
  return command
    .requiredOption('--subject <label>', 'subject, as `subject add` named it')
    .option('--model <name>', 'latent model', 'vaegan')
    .addOption(engineOption())
    .addOption(projectOption());
}
