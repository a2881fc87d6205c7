import { FusiformError } from '../../shared/errors.ts';
import type { PointSelection } from '../../shared/learning-curve.ts';
import { maximumFolds } from '../jobs/stages/encoding-sums.ts';
import { learningCurveStage } from '../jobs/stages/learning-curve.ts';
import { rememberedHash } from '../store/file-hashes.ts';
import { latentsName } from './latents.ts';
import { describeModel } from './models.ts';
import { regionInputs } from './regions.ts';
import { fitEncoding, mappingName, stimuliName, subjectRuns } from './subjects.ts';
import type { VoxelRequest } from './voxels.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

export { learningCurvePicture, readLearningCurve } from '../jobs/stages/learning-curve.ts';

export interface LearningCurveRequest extends VoxelRequest {
  /** Numbers of training faces; default 1000, 2000 and so on. All of them always come last. */
  readonly points?: readonly number[];
  /** Which runs the voxels of a point are selected on; default its own. */
  readonly selection?: PointSelection;
  readonly seed: number;
}

/**
 * How identification grows with the number of training faces, kept as the entry `learning-curve` of subject and model (`01/vaegan`,
 * or `01/vaegan/all-runs`). An
 * encoding model that was fitted with the same settings and folds is used as it is; without folds it is fitted once more,
 * with 20 of them.
 *
 * @throws FusiformError PARAMETERS_INVALID for the cross-validated gain; what `fitEncoding` throws
 */
export async function learningCurveOf(
  workspace: Workspace,
  request: LearningCurveRequest,
): Promise<StageOutcome> {
  const { subject, model, engine, faceRule, gainRule, gainMeasure, points, seed } = request;
  const { selection = 'own-runs' } = request;
  if (gainMeasure !== 'f') {
    throw new FusiformError(
      'PARAMETERS_INVALID',
      'A learning curve selects voxels by F: the cross-validated gain would need folds within its folds.',
    );
  }
  const folds = request.folds === undefined || request.folds === 0 ? maximumFolds : request.folds;
  const encoding = await fitEncoding(workspace, { ...request, folds });
  const { collected, inputs } = await subjectRuns(workspace, request);
  const { regions, inputs: drawn } = await regionInputs(request, (path) =>
    rememberedHash(workspace.store.sql, path),
  );
  const { imageSize } = await describeModel(workspace, model);
  const events = Object.fromEntries(Object.entries(inputs).filter(([name]) => name.endsWith(':events')));
  const outcome = await workspace.run({
    stage: learningCurveStage,
    label: `learning curve of subject ${subject}, "${model}"`,
    parameters: {
      modelName: model,
      runs: [...collected.specs],
      points: points === undefined ? null : [...points],
      faceRule,
      gainRule,
      selection,
      regions,
      seed,
      engine,
    },
    inputs: {
      encoding,
      subject: workspace.entry('subject', subject),
      latents: workspace.entry('latents', latentsName(model, stimuliName(subject, imageSize))),
      ...events,
      ...drawn,
    },
    entry: {
      kind: 'learning-curve',
      name:
        selection === 'own-runs'
          ? mappingName(subject, model)
          : `${mappingName(subject, model)}/${selection}`,
    },
  });
  return { ...outcome, problems: [...encoding.problems, ...outcome.problems] };
}
