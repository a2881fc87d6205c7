import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { prepareDecoder } from '../../decoding/mapping.ts';
import { writeJsonFile } from '../../formats/json/json.ts';
import { readSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { tableFormats, writeTable } from '../../formats/table/write.ts';
import type { Mask } from '../../imaging/mask.ts';
import { defineStage } from '../stage.ts';
import { allVoxels } from './decode-patterns.ts';
import { mappingFiles, readMapping, type StoredMapping } from './fit-mapping.ts';
import { readMaskImage } from './mask-image.ts';
import { writeStatisticMap } from './statistic-map.ts';
import { type TargetMap, targetMaps } from './weight-map-kinds.ts';
import { regionColumns } from './weight-map-tables.ts';
import { resolveTargets, targetSchema } from './weight-map-targets.ts';

const parameters = z.strictObject({
  modelName: z.string(),
  /** What the maps are of. */
  targets: z.array(targetSchema).min(1),
  /** Voxels that are decoded from: all, or those of one region. */
  region: z.string(),
  /** Whether the table is written as Parquet too. */
  parquet: z.boolean(),
});

/** One image that was written. */
export interface WrittenMap {
  readonly file: string;
  readonly target: string;
  readonly kind: string;
  readonly region: string;
}

/**
 * Mapping (input `mapping`), and what the targets need: true codes of the stimuli (`latents`), what was learnt of attributes (`axes`)
 * -> images of what each voxel contributes to a latent, an attribute or a decoded face: encoding weights, decoder weights, activation
 * patterns, contributions; each with a sidecar that says which it is.
 */
export const weightMapsStage = defineStage({
  name: 'weight-maps',
  version: 1,
  parameters,
  async run({ modelName, targets: wanted, region, parquet }, context) {
    const { inputs, outDir } = context;
    const mapping = await readMapping(inputs.mapping);
    const { mask, voxels } = await voxelsOf(inputs.mapping, mapping, region);
    const nLatents = mapping.description.latentSpace.modelled.length;
    const columns = (data: Float32Array) => pickColumns(data, mapping.nVoxels, voxels);
    const decoder = prepareDecoder(columns(mapping.weights), nLatents + 1, voxels.length, nLatents);
    const patterns = columns(mapping.testPatterns);
    const targets = await resolveTargets(wanted, mapping, decoder, patterns, inputs);
    const { subject } = mapping.description;
    const written: WrittenMap[] = [];
    const made: { readonly target: string; readonly map: TargetMap }[] = [];
    for (const [at, target] of targets.entries()) {
      context.signal.throwIfAborted();
      for (const map of targetMaps(target, decoder, patterns)) {
        const label = region === allVoxels ? '' : `_label-${alphanumeric(region)}`;
        const name = `sub-${alphanumeric(subject)}${label}_desc-${target.desc}_stat-${map.kind}_statmap`;
        const file = await writeStatisticMap(
          outDir,
          {
            name,
            values: map.values,
            intent: map.intent,
            sidecar: {
              Description: map.description,
              MapKind: map.kind,
              Target: target.name,
              Units: map.units,
              ...map.facts,
              Subject: subject,
              LatentModel: modelName,
              Decoder: 'pseudo-inverse',
              Region: region,
              Voxels: voxels.length,
            },
          },
          mask,
        );
        written.push({ file, target: target.name, kind: map.kind, region });
        made.push({ target: target.name, map });
      }
      context.report({ done: at + 1, total: targets.length, unit: 'targets' });
    }
    const regionOf = Int32Array.from(voxels, (voxel) => mapping.region[voxel]);
    const table = regionColumns(made, regionOf, mapping.description.regions);
    await writeTable(join(outDir, 'regions'), table, tableFormats(parquet));
    await writeJsonFile(join(outDir, 'maps.json'), { subject, model: modelName, region, maps: written });
    return {
      summary: {
        subject,
        model: modelName,
        region,
        voxels: voxels.length,
        testPatterns: mapping.description.testFaces.length,
        maps: written.map((map) => ({ ...map })),
      },
    };
  },
});

/** The voxels of a region and where they lie, in one order. */
async function voxelsOf(
  folder: string,
  mapping: StoredMapping,
  region: string,
): Promise<{ mask: Mask; voxels: Uint32Array }> {
  const image = join(folder, 'desc-selected_mask.nii.gz');
  if (!existsSync(image)) {
    throw new FusiformError('MAPS_NO_GRID', 'Nothing says where the voxels of this mapping lie.', {
      file: folder,
    });
  }
  const { regions } = mapping.description;
  const place = regions.indexOf(region);
  if (region !== allVoxels && place < 0) {
    throw new FusiformError(
      'REGION_UNKNOWN',
      `There is no region "${region}"; there are ${[allVoxels, ...regions].join(', ')}.`,
    );
  }
  const all = Uint32Array.from({ length: mapping.nVoxels }, (_, voxel) => voxel);
  const voxels = region === allVoxels ? all : all.filter((voxel) => mapping.region[voxel] === place);
  const nLatents = mapping.description.latentSpace.modelled.length;
  if (voxels.length <= nLatents) {
    throw new FusiformError(
      'REGION_TOO_SMALL',
      `The region "${region}" has ${voxels.length} selected voxels, too few for ${nLatents} latents.`,
    );
  }
  const { grid } = await readMaskImage(image);
  const { arrays } = await readSafetensorsFile(join(folder, mappingFiles.arrays), ['voxels']);
  return {
    mask: { grid, indices: Uint32Array.from(voxels, (voxel) => arrays.voxels.data[voxel]) },
    voxels,
  };
}

function pickColumns(data: Float32Array, width: number, columns: Uint32Array): Float32Array {
  if (columns.length === width) return data;
  const rows = data.length / width;
  const result = new Float32Array(rows * columns.length);
  for (let row = 0; row < rows; row += 1) {
    for (let at = 0; at < columns.length; at += 1) {
      result[row * columns.length + at] = data[row * width + columns[at]];
    }
  }
  return result;
}

/** Labels of BIDS names hold letters and digits alone. */
function alphanumeric(text: string): string {
  return text.replaceAll(/[^a-z0-9]/gi, '');
}
