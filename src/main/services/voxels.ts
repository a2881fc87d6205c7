import { FusiformError } from '../../shared/errors.ts';
import { hashFile } from '../formats/files/read.ts';
import type { GainMeasure, SelectionRule } from '../glm/voxel-selection.ts';
import { fitMappingStage } from '../jobs/stages/fit-mapping.ts';
import { previewVoxelsStage } from '../jobs/stages/preview-voxels.ts';
import type { RegionsWanted } from '../jobs/stages/region-inputs.ts';
import { voxelStatisticsStage } from '../jobs/stages/voxel-statistics.ts';
import { rememberedHash } from '../store/file-hashes.ts';
import { fileInput, type HashFile } from './bids-inputs.ts';
import { type FitEncodingRequest, fitEncoding, mappingName } from './subjects.ts';
import type { Input, StageOutcome, Workspace } from './workspace.ts';

export { defaultRules, type GainMeasure, type SelectionRule } from '../glm/voxel-selection.ts';

/** Regions as the user names them; nothing given is the article's three, by position. */
export interface RegionRequest {
  /** Image of labels, on any grid in the space of the runs. */
  readonly atlas?: string;
  /** Table of its labels. */
  readonly atlasLabels?: string;
  /** `name=label,label`; with an atlas. None: the three regions of the article by the names of the labels. */
  readonly regions?: readonly string[];
  /** `name=file` */
  readonly regionMasks?: readonly string[];
}

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

/** Learns how a subject's voxels encode a model's latents, and which voxels to decode from. */
export async function fitMap(workspace: Workspace, request: VoxelRequest): Promise<StageOutcome> {
  const { encoding, statistics, problems } = await statisticsOf(workspace, request);
  const { regions, inputs } = await regionInputs(request, hasher(workspace));
  const { subject, model } = request;
  const outcome = await workspace.run({
    stage: fitMappingStage,
    label: `voxels and mapping of subject ${subject}, "${model}"`,
    parameters: { ...rulesOf(request), regions },
    inputs: { encoding, statistics, ...inputs },
    entry: { kind: 'mapping', name: mappingName(subject, model) },
  });
  return { ...outcome, problems: [...problems, ...outcome.problems] };
}

async function statisticsOf(workspace: Workspace, request: VoxelRequest) {
  const encoding = await fitEncoding(workspace, request);
  const statistics = await workspace.run({
    stage: voxelStatisticsStage,
    label: `tests of the voxels of subject ${request.subject}, "${request.model}"`,
    parameters: {},
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

export async function regionInputs(
  { atlas, atlasLabels, regions = [], regionMasks = [] }: RegionRequest,
  hash: HashFile = hashFile,
): Promise<{ regions: RegionsWanted; inputs: Record<string, Input> }> {
  if (regionMasks.length > 0) {
    const inputs: Record<string, Input> = {};
    const named = regionMasks.map(nameAndValue);
    for (const [name, path] of named) inputs[`region:${name}`] = await fileInput(path, hash);
    return { regions: { kind: 'masks', names: named.map(([name]) => name) }, inputs };
  }
  if (atlas === undefined) return { regions: { kind: 'posterior' }, inputs: {} };
  const inputs = {
    atlas: await fileInput(atlas, hash),
    ...(atlasLabels === undefined ? {} : { atlasLabels: await fileInput(atlasLabels, hash) }),
  };
  if (regions.length === 0) return { regions: { kind: 'lobes' }, inputs };
  const definitions = regions.map((region) => {
    const [name, labels] = nameAndValue(region);
    return {
      name,
      labels: labels.split(',').map((label) => (/^\s*\d+\s*$/.test(label) ? Number(label) : label.trim())),
    };
  });
  return { regions: { kind: 'labels', definitions }, inputs };
}

function nameAndValue(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  if (at <= 0 || at === text.length - 1) {
    throw new FusiformError('PARAMETERS_INVALID', `"${text}" is not of the form NAME=VALUE.`);
  }
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}
