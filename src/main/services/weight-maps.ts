import type { EngineKind } from '../engine/engine.ts';
import { allVoxels } from '../jobs/stages/decode-patterns.ts';
import { readMapping } from '../jobs/stages/fit-mapping.ts';
import type { MapTarget } from '../jobs/stages/weight-map-targets.ts';
import { weightMapsStage } from '../jobs/stages/weight-maps.ts';
import { axesWithoutTestFaces } from './decoded-attributes.ts';
import { latentsName } from './latents.ts';
import { describeModel } from './models.ts';
import { staleNote } from './staleness.ts';
import { mappingName, stimuliName } from './subjects.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

export interface WeightMapsRequest {
  readonly subject: string;
  readonly model: string;
  readonly engine: EngineKind;
  /** Latents, counted from 1. */
  readonly latents: readonly number[];
  /** Attributes, as `COLUMN=VALUE`. */
  readonly attributes: readonly string[];
  /** Along which direction attributes are read. */
  readonly along: 'axis' | 'classifier';
  /** Test faces, as stimulus files or bare names. */
  readonly testFaces: readonly string[];
  /** Decoded from: all voxels (default), or a region of the mapping. */
  readonly region?: string;
  /** Labelled face set from which attributes are learnt. */
  readonly faces: string;
  readonly group?: string;
  readonly folds: number;
  readonly seed: number;
  readonly parquet?: boolean;
}

/** Images of what each voxel contributes to latents, attributes and decoded faces. */
export async function mapWeights(workspace: Workspace, request: WeightMapsRequest): Promise<StageOutcome> {
  const {
    subject,
    model,
    latents,
    attributes,
    along,
    testFaces,
    region = allVoxels,
    parquet = false,
  } = request;
  const name = mappingName(subject, model);
  const mapping = workspace.entry('mapping', name);
  const stimuli = stimuliName(subject, (await describeModel(workspace, model)).imageSize);
  const targets: MapTarget[] = [
    ...latents.map((index) => ({ kind: 'latent', index }) as const),
    ...attributes.map((attribute) => ({ kind: 'attribute', name: attribute, direction: along }) as const),
    ...testFaces.map((face) => ({ kind: 'face', name: face }) as const),
  ];
  const learnt =
    attributes.length === 0
      ? null
      : await axesWithoutTestFaces(
          workspace,
          { ...request, numbers: [], classes: [] },
          (await readMapping(mapping.path)).description.testFaces,
          stimuli,
        );
  const outcome = await workspace.run({
    stage: weightMapsStage,
    label: `weight maps of subject ${subject}, "${model}"`,
    parameters: { modelName: model, targets, region, parquet },
    inputs: {
      mapping,
      ...(testFaces.length === 0 ? {} : { latents: workspace.entry('latents', latentsName(model, stimuli)) }),
      ...(learnt === null ? {} : { axes: learnt.axes }),
    },
    entry: { kind: 'maps', name },
  });
  const problems = [...staleNote(workspace, 'mapping', name), ...(learnt?.problems ?? [])];
  return { ...outcome, problems: [...problems, ...outcome.problems] };
}
