import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type PointSelection, pointSelections } from '../../../../shared/learning-curve.ts';
import {
  learningCurveOf,
  learningCurvePicture,
  readLearningCurve,
} from '../../../services/learning-curve.ts';
import { list, positiveInteger, seedOption } from '../options.ts';
import { type MakeTerminal, table } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';
import { type MapOptions, mapRequest, withMapOptions } from './map-options.ts';

interface LearningCurveOptions extends MapOptions {
  readonly points?: readonly number[];
  readonly selection: PointSelection;
  readonly seed: number;
}

export function addLearningCurveCommand(program: Command, makeTerminal: MakeTerminal): void {
  withMapOptions(program.command('learning-curve'))
    .description('identification against the number of training faces')
    .option(
      '--points <n,n,...>',
      'numbers of training faces (default: 1000, 2000, ...); all come last',
      counts,
    )
    .addOption(
      new Option('--selection <runs>', 'runs that the voxels of a point are selected on')
        .choices(pointSelections)
        .default('own-runs'),
    )
    .addOption(seedOption())
    .addHelpText(
      'after',
      `
The options of \`map fit\`, and the same values as there: a model of the voxels that was fitted with folds of runs is used as
it is (\`map fit --folds 20\`); one without folds is fitted again, with 20. Folds are whole runs, so that a point stands at
the nearest number of faces that there is. Voxels are selected anew for each point, or once (--selection
all-runs); test patterns stay those of all runs.

Examples:
  fusiform map fit --subject 01 --model vaegan --confounds motion --folds 20 -p study
  fusiform learning-curve --subject 01 --model vaegan --confounds motion --folds 20 -p study
  fusiform learning-curve --subject 01 --model pca --points 500,1000,2000,4000 -p study`,
    )
    .action((options: LearningCurveOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const outcome = await learningCurveOf(workspace, {
          ...(await mapRequest(options)),
          seed: options.seed,
          selection: options.selection,
          ...(options.points === undefined ? {} : { points: options.points }),
        });
        const { points } = await readLearningCurve(outcome.path);
        terminal.outcome(outcome, () =>
          [
            table([
              ['region', 'training faces', 'runs', 'voxels', 'pairwise', 'p', 'full'],
              ...points.map((point) => [
                point.region,
                String(point.trainingFaces),
                String(point.runs),
                String(point.voxels),
                `${(100 * point.pairwise).toFixed(1)} %`,
                point.pairwiseP.toPrecision(2),
                `${(100 * point.nWay).toFixed(1)} %`,
              ]),
            ]),
            '',
            `Drawn: ${join(outcome.path, learningCurvePicture)}`,
          ].join('\n'),
        );
      }),
    );
}

function counts(text: string): number[] {
  const values = list(text).map(positiveInteger);
  if (values.length === 0) throw new InvalidArgumentError('Numbers by commas are needed.');
  return values;
}
