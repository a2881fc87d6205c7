import type { GainMeasure, SelectionRule } from '../glm/voxel-selection.ts';
import { defaultThreshold } from '../imaging/load-mask.ts';
import { fitMappingStage } from '../jobs/stages/fit-mapping.ts';
import { glmSettingsSchema } from '../jobs/stages/glm-settings.ts';
import { previewVoxelsStage } from '../jobs/stages/preview-voxels.ts';
import { voxelReliabilityStage } from '../jobs/stages/voxel-reliability.ts';
import { voxelStatisticsStage } from '../jobs/stages/voxel-statistics.ts';
import { rememberedHash } from '../store/file-hashes.ts';
import type { HashFile } from './bids-inputs.ts';
import { type RegionRequest, regionInputs } from './regions.ts';
import { type FitEncodingRequest, fitEncoding, mappingName, subjectRuns } from './subjects.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

export { defaultRules, type GainMeasure, type SelectionRule } from '../glm/voxel-selection.ts';

export interface VoxelRequest extends FitEncodingRequest, RegionRequest {
  readonly faceRule: SelectionRule;
  readonly gainRule: SelectionRule;
  readonly gainMeasure: GainMeasure;
}

/** How many voxels remain under the given rules and others, before the mapping is fitted. */
export async function previewVoxels(workspace: Workspace, request: VoxelRequest): Promise<StageOutcome> {
  const { statistics, problems } = await statisticsOf(workspace, request);
  const { regions, inputs } = await regionInputs(request, hasher(workspace));
  const outcome = await workspace.run({
    stage: previewVoxelsStage,
    label: `voxels that remain, subject ${request.subject}, "${request.model}"`,
    parameters: { ...rulesOf(request), regions },
    inputs: { statistics, ...inputs },
  });
  return { ...outcome, problems: [...problems, ...outcome.problems] };
}

export interface FitMapRequest extends VoxelRequest {
  /** Relative penalty on the latents' weights, as the decoder `ridge` has it; 0 or absent: least squares. */
  readonly ridge?: number;
}

/** Learns how a subject's voxels encode a model's latents, and which voxels to decode from. */
export async function fitMap(workspace: Workspace, request: FitMapRequest): Promise<StageOutcome> {
  return (await fitMapParts(workspace, request)).mapping;
}

/** The same, with what the mapping was made from. */
export async function fitMapParts(workspace: Workspace, request: FitMapRequest) {
  const { encoding, statistics, problems } = await statisticsOf(workspace, request);
  const { regions, inputs } = await regionInputs(request, hasher(workspace));
  const { subject, model, ridge = 0 } = request;
  const rules = rulesOf(request);
  const mapping = await workspace.run({
    stage: fitMappingStage,
    label: `voxels and mapping of subject ${subject}, "${model}"`,
    parameters: { ...rules, regions, ...(ridge > 0 ? { ridge } : {}), engine: request.engine },
    inputs: { encoding, statistics, ...inputs },
    entry: { kind: 'mapping', name: mappingName(subject, model) },
  });
  return { encoding, rules, mapping: { ...mapping, problems: [...problems, ...mapping.problems] } };
}

/** What the reliability of voxels is asked of: no latent model takes part. */
export type ReliabilityRequest = RegionRequest &
  Pick<FitEncodingRequest, 'subject' | 'settings' | 'noise' | 'mask' | 'maskThreshold'> & {
    /** Sets of runs, an even number; fewer are made where there are fewer runs. */
    readonly sets: number;
  };

/** Split-half reliability and noise ceiling of every voxel's responses to the test faces. */
export async function reliabilityOfVoxels(
  workspace: Workspace,
  request: ReliabilityRequest,
): Promise<StageOutcome> {
  const { collected, inputs } = await subjectRuns(workspace, request);
  const drawn = await regionInputs(request, hasher(workspace));
  const outcome = await workspace.run({
    stage: voxelReliabilityStage,
    label: `reliability of the voxels of subject ${request.subject}`,
    parameters: {
      runs: [...collected.specs],
      settings: glmSettingsSchema.parse(request.settings),
      noise: request.noise,
      maskThreshold: request.maskThreshold ?? defaultThreshold,
      sets: request.sets,
      regions: drawn.regions,
    },
    inputs: { ...inputs, ...drawn.inputs },
  });
  return { ...outcome, problems: [...collected.problems, ...outcome.problems] };
}

async function statisticsOf(workspace: Workspace, request: VoxelRequest) {
  const encoding = await fitEncoding(workspace, request);
  const statistics = await workspace.run({
    stage: voxelStatisticsStage,
    label: `tests of the voxels of subject ${request.subject}, "${request.model}"`,
    parameters: { engine: request.engine },
    inputs: { encoding },
  });
  return { encoding, statistics, problems: [...encoding.problems, ...statistics.problems] };
}

function rulesOf({ faceRule, gainRule, gainMeasure }: VoxelRequest) {
  return { faceRule, gainRule, gainMeasure };
}

function hasher(workspace: Workspace): HashFile {
  return (path) => rememberedHash(workspace.store.sql, path);
}
