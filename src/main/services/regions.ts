import { FusiformError, type Problem } from '../../shared/errors.ts';
import { readAtlasLabels } from '../formats/atlas/label-table.ts';
import { hashFile } from '../formats/files/read.ts';
import { gridOf, readNiftiHeader, readVolume } from '../formats/nifti/read.ts';
import { onGrid } from '../imaging/load-mask.ts';
import { type Lobe, lobeOf } from '../imaging/lobes.ts';
import { lobeDefinitions, type RegionsWanted } from '../jobs/stages/region-inputs.ts';
import { fileInput, type HashFile } from './bids-inputs.ts';
import type { Input } from './workspace.ts';

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

/** The regions as parameters of a stage, and the files that it reads for them. */
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

export interface AtlasListing {
  readonly atlas: string;
  readonly labels: readonly {
    readonly index: number;
    /** Null where the table does not name the value. */
    readonly name: string | null;
    readonly voxels: number;
    /** The article's region that its name belongs to. */
    readonly region: Lobe | null;
  }[];
  /** Labels of the table that no voxel has. */
  readonly absent: readonly string[];
  readonly regions: Readonly<Record<string, number>>;
  readonly problems: readonly Problem[];
}

/**
 * The labels of an atlas with their voxels, and the region of the article that each belongs to.
 *
 * @param like an image on whose grid the voxels are counted; default: the atlas's own
 */
export async function listAtlas(atlas: string, table: string, like?: string): Promise<AtlasListing> {
  const labels = await readAtlasLabels(table);
  const volume = await readVolume(atlas);
  const { resampled, problems } =
    like === undefined
      ? { resampled: volume, problems: [] }
      : onGrid(volume, gridOf(await readNiftiHeader(like)), 'nearest', atlas);
  const counts = new Map<number, number>();
  for (const value of resampled.data) {
    if (value !== 0 && Number.isFinite(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const names = new Map(labels.map(({ index, name }) => [index, name]));
  const regions = lobeDefinitions(labels, table).map(({ name, labels: values }): [string, number] => [
    name,
    values.reduce((sum, value) => sum + (counts.get(value) ?? 0), 0),
  ]);
  return {
    atlas,
    labels: [...counts]
      .sort(([a], [b]) => a - b)
      .map(([index, voxels]) => {
        const name = names.get(index) ?? null;
        return { index, name, voxels, region: name === null ? null : lobeOf(name) };
      }),
    absent: labels.filter(({ index }) => index !== 0 && !counts.has(index)).map(({ name }) => name),
    regions: Object.fromEntries(regions),
    problems,
  };
}
