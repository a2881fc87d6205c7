import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { readSafetensorsFile, writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { latentRidge } from '../../glm/latent-weights.ts';
import { selectSomeVoxels, testVoxels } from '../../glm/voxel-selection.ts';
import type { NumericArray } from '../../math/nd-array.ts';
import { defineStage } from '../stage.ts';
import { latentSpaceSchema } from './encoding-design.ts';
import { readEncoding } from './fit-encoding.ts';
import { writeMaskImage } from './mask-image.ts';
import { regionOfVoxels, regionsOf, regionsSchema } from './region-inputs.ts';
import { regressors, testFaceOf } from './roles.ts';
import { gainMeasureSchema, ruleSchema } from './selection-schema.ts';
import { solvingEngine } from './solving-engine.ts';
import { readVoxelStatistics } from './voxel-statistics.ts';

const parameters = z.strictObject({
  /** Voxels that respond to faces. */
  faceRule: ruleSchema,
  /** Voxels whose variance the latents explain beyond the face regressor alone. */
  gainRule: ruleSchema,
  gainMeasure: gainMeasureSchema,
  regions: regionsSchema,
  /** Relative penalty on the latents (see `latentWeights`); absent: least squares. */
  ridge: z.number().gt(0).exactOptional(),
  engine: z.enum(['native', 'webgpu', 'wasm']),
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
  /** [testFaces]: presentations behind each pattern, where they are not those of the study's events. */
  readonly presentations?: readonly number[];
  /** [nVoxels] or null */
  readonly imageryPattern: Float32Array | null;
  /** [nVoxels]: flat indices in the grid, x fastest. */
  readonly voxels: Uint32Array;
  /** [nVoxels]: the place of each voxel's region in `description.regions`, -1 where it is in none. */
  readonly region: Int32Array;
}

/**
 * Encoding model (input `encoding`), what its voxels are chosen by (`statistics`), and images of regions (see
 * region-inputs.ts) -> the voxels to decode from, their weights, and the patterns of test faces.
 */
export const fitMappingStage = defineStage({
  name: 'fit-mapping',
  version: 2,
  parameters,
  async run({ faceRule, gainRule, gainMeasure, regions: wanted, ridge, engine: kind }, context) {
    const { description, equations, mask } = await readEncoding(context.inputs.encoding);
    const { statistics, crossValidated } = await readVoxelStatistics(context.inputs.statistics);
    const tested = testVoxels(statistics, gainMeasure, crossValidated?.z);
    const selection = selectSomeVoxels(tested, { faceRule, gainRule });
    const solution = await equations.solve({
      engine: await solvingEngine(equations, kind, context),
      work: context,
      ...(ridge === undefined ? {} : { ridge: await latentRidge(equations, description.latentNames, ridge) }),
    });
    const { positions } = selection;
    const rows = (names: readonly string[]) => pickRows(solution.beta, equations, names, positions);
    const testRegressors = description.others.filter(
      (name) => testFaceOf(name) !== null && !isDerivative(name, description.others),
    );
    const hasImagery = description.others.includes(regressors.imagery);
    if (testRegressors.length === 0) {
      throw new FusiformError('ROLES_INCOMPLETE', 'No test faces were shown: there is nothing to decode.');
    }
    const { regions, problems: regionProblems } = await regionsOf(wanted, mask, context.inputs);
    const nVoxels = positions.length;
    const nLatents = description.latentNames.length;
    const { outDir } = context;
    await writeSafetensorsFile(join(outDir, files.arrays), {
      weights: { shape: [nLatents + 1, nVoxels], data: rows([...description.latentNames, regressors.face]) },
      testPatterns: { shape: [testRegressors.length, nVoxels], data: rows(testRegressors) },
      ...(hasImagery ? { imageryPattern: { shape: [nVoxels], data: rows([regressors.imagery]) } } : {}),
      voxels: { shape: [nVoxels], data: Uint32Array.from(positions, (position) => mask.indices[position]) },
      region: { shape: [nVoxels], data: regionOfVoxels(positions, regions, mask.indices.length) },
    });
    await writeJsonFile(join(outDir, files.description), {
      subject: description.subject,
      testFaces: testRegressors.map((name) => testFaceOf(name) ?? name),
      hasImagery,
      regions: regions.map(({ name }) => name),
      latentSpace: description.latentSpace,
    } satisfies z.input<typeof descriptionSchema>);
    await writeMaskImage(join(outDir, 'desc-selected_mask.nii.gz'), {
      grid: mask.grid,
      indices: Uint32Array.from(positions, (position) => mask.indices[position]),
    });
    return {
      summary: {
        voxels: mask.indices.length,
        respondToFaces: selection.nFace,
        gainFromLatents: selection.nGain,
        selected: nVoxels,
        testFaces: testRegressors.length,
      },
      problems: [...solution.problems, ...regionProblems],
    };
  },
});

export async function readMapping(folder: string): Promise<StoredMapping> {
  const description = descriptionSchema.parse(await readJsonFile(join(folder, files.description)));
  const { arrays } = await readSafetensorsFile(join(folder, files.arrays));
  return {
    description,
    nVoxels: arrays.weights.shape[1],
    weights: asFloat32(arrays.weights.data),
    testPatterns: Float32Array.from(arrays.testPatterns.data),
    imageryPattern: arrays.imageryPattern ? Float32Array.from(arrays.imageryPattern.data) : null,
    voxels: Uint32Array.from(arrays.voxels.data),
    region: Int32Array.from(arrays.region.data),
  };
}

/** The weights of a whole brain are not copied without need. */
function asFloat32(data: NumericArray): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

/** Whether a regressor is the derivative or dispersion of another one: a face's pattern is its response alone. */
function isDerivative(name: string, names: readonly string[]): boolean {
  const main = /^(.*)_(derivative|dispersion)$/s.exec(name)?.[1];
  return main !== undefined && names.includes(main);
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

export { descriptionSchema as mappingDescriptionSchema, files as mappingFiles };
