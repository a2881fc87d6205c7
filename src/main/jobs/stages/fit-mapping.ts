import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { niftiIntents, writeNifti } from '../../formats/nifti/write.ts';
import { readSafetensorsFile, writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { type SelectionRule, selectVoxels } from '../../glm/voxel-selection.ts';
import { type Mask, unmask } from '../../imaging/mask.ts';
import { posteriorRegions } from '../../imaging/regions.ts';
import { defineStage } from '../stage.ts';
import { latentSpaceSchema } from './encoding-design.ts';
import { type Encoding, readEncoding } from './fit-encoding.ts';
import { regressors, testFaceOf } from './roles.ts';

const ruleSchema: z.ZodType<SelectionRule> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('threshold'), statistic: z.number() }),
  z.strictObject({ kind: z.literal('fdr'), q: z.number().gt(0).lt(1) }),
  z.strictObject({ kind: z.literal('fraction'), keep: z.number().gt(0).max(1) }),
  z.strictObject({ kind: z.literal('all') }),
]);

const parameters = z.strictObject({
  /** Voxels that respond to faces. */
  faceRule: ruleSchema,
  /** Voxels whose variance the latents explain beyond the face regressor alone. */
  gainRule: ruleSchema,
});

const descriptionSchema = z.object({
  subject: z.string(),
  /** Rows of the test patterns. */
  testFaces: z.array(z.string()),
  hasImagery: z.boolean(),
  regions: z.array(z.string()),
  latentSpace: latentSpaceSchema,
});

const files = { arrays: 'mapping.safetensors', description: 'mapping.json' } as const;

export interface StoredMapping {
  readonly description: z.output<typeof descriptionSchema>;
  readonly nVoxels: number;
  /** [latents + 1, nVoxels]: the modelled latents, then the face bias. */
  readonly weights: Float32Array;
  /** [testFaces, nVoxels] */
  readonly testPatterns: Float32Array;
  /** [nVoxels] or null */
  readonly imageryPattern: Float32Array | null;
  /** [nVoxels]: the place of each voxel's region in `description.regions`. */
  readonly region: Int32Array;
}

/** Encoding model (input `encoding`) -> the voxels to decode from, their weights, and the patterns of test faces. */
export const fitMappingStage = defineStage({
  name: 'fit-mapping',
  version: 1,
  parameters,
  async run({ faceRule, gainRule }, context) {
    const encoding = await readEncoding(context.inputs.encoding);
    const { description, equations, mask } = encoding;
    const selection = await selectVoxels(equations, {
      latentNames: description.latentNames,
      faceContrast: regressors.face,
      faceRule,
      gainRule,
    });
    const solution = await equations.solve({ work: context });
    const { positions } = selection;
    const rows = (names: readonly string[]) => pickRows(solution.beta, equations, names, positions);
    const testRegressors = description.others.filter((name) => testFaceOf(name) !== null);
    const hasImagery = description.others.includes(regressors.imagery);
    if (testRegressors.length === 0) {
      throw new FusiformError('ROLES_INCOMPLETE', 'No test faces were shown: there is nothing to decode.');
    }
    const regions = posteriorRegions(mask);
    const nVoxels = positions.length;
    const nLatents = description.latentNames.length;
    const { outDir } = context;
    await writeSafetensorsFile(join(outDir, files.arrays), {
      weights: { shape: [nLatents + 1, nVoxels], data: rows([...description.latentNames, regressors.face]) },
      testPatterns: { shape: [testRegressors.length, nVoxels], data: rows(testRegressors) },
      ...(hasImagery ? { imageryPattern: { shape: [nVoxels], data: rows([regressors.imagery]) } } : {}),
      voxels: { shape: [nVoxels], data: Uint32Array.from(positions, (position) => mask.indices[position]) },
      region: { shape: [nVoxels], data: regionOf(positions, regions, mask.indices.length) },
    });
    await writeJsonFile(join(outDir, files.description), {
      subject: description.subject,
      testFaces: testRegressors.map((name) => testFaceOf(name) ?? name),
      hasImagery,
      regions: regions.map(({ name }) => name),
      latentSpace: description.latentSpace,
    } satisfies z.input<typeof descriptionSchema>);
    await writeSelectionMaps(outDir, encoding, selection);
    return {
      summary: {
        voxels: mask.indices.length,
        respondToFaces: selection.nFace,
        gainFromLatents: selection.nGain,
        selected: nVoxels,
        testFaces: testRegressors.length,
      },
      problems: solution.problems,
    };
  },
});

export async function readMapping(folder: string): Promise<StoredMapping> {
  const description = descriptionSchema.parse(await readJsonFile(join(folder, files.description)));
  const { arrays } = await readSafetensorsFile(join(folder, files.arrays));
  return {
    description,
    nVoxels: arrays.weights.shape[1],
    weights: Float32Array.from(arrays.weights.data),
    testPatterns: Float32Array.from(arrays.testPatterns.data),
    imageryPattern: arrays.imageryPattern ? Float32Array.from(arrays.imageryPattern.data) : null,
    region: Int32Array.from(arrays.region.data),
  };
}

function pickRows(
  beta: Float32Array,
  { names, nVoxels }: { readonly names: readonly string[]; readonly nVoxels: number },
  wanted: readonly string[],
  positions: Uint32Array,
): Float32Array {
  const result = new Float32Array(wanted.length * positions.length);
  wanted.forEach((name, at) => {
    const row = names.indexOf(name) * nVoxels;
    positions.forEach((position, voxel) => {
      result[at * positions.length + voxel] = beta[row + position];
    });
  });
  return result;
}

function regionOf(
  positions: Uint32Array,
  regions: readonly { readonly voxels: Uint32Array }[],
  nVoxels: number,
): Int32Array {
  const ofVoxel = new Int32Array(nVoxels).fill(-1);
  regions.forEach(({ voxels }, at) => {
    for (const voxel of voxels) ofVoxel[voxel] = at;
  });
  return Int32Array.from(positions, (position) => ofVoxel[position]);
}

async function writeSelectionMaps(
  outDir: string,
  { mask }: Encoding,
  selection: Awaited<ReturnType<typeof selectVoxels>>,
): Promise<void> {
  const selected = new Float32Array(mask.indices.length);
  for (const position of selection.positions) selected[position] = 1;
  await writeMap(join(outDir, 'desc-face_stat-t_statmap.nii.gz'), Float32Array.from(selection.faceT), mask);
  await writeMap(
    join(outDir, 'desc-latents_stat-f_statmap.nii.gz'),
    Float32Array.from(selection.gainF),
    mask,
  );
  await writeMap(
    join(outDir, 'desc-gainedVariance_map.nii.gz'),
    Float32Array.from(selection.gainedVariance),
    mask,
  );
  await writeMap(join(outDir, 'desc-selected_mask.nii.gz'), selected, mask);
}

async function writeMap(path: string, values: Float32Array, mask: Mask): Promise<void> {
  const { grid, data } = unmask(values, mask);
  await writeNifti(path, { grid, data, intent: { code: niftiIntents.estimate } });
}
