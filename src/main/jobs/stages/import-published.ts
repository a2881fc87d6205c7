import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { writeJsonFile } from '../../formats/json/json.ts';
import { type MatFile, openMat } from '../../formats/mat/open-mat.ts';
import { writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { publishedRegions } from '../published/layout.ts';
import { writePublishedMaps } from '../published/maps.ts';
import { type PublishedPatterns, readPatterns } from '../published/read-patterns.ts';
import { inverseResidual, type PublishedWeights, readIndices, readWeights } from '../published/read-roi.ts';
import { readNumbers } from '../published/variables.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { type mappingDescriptionSchema, mappingFiles } from './fit-mapping.ts';

const parameters = z.strictObject({
  /** As the project calls the subject. */
  subject: z.string(),
  latentDim: z.number().int().min(1),
  /** Names of the test faces in the order of the patterns. */
  testFaces: z.array(z.string()).min(1),
});

/** The inputs of regions are called by this and the region's name. */
export const regionInput = (region: string) => `region ${region}`;
/** The inputs of whole-brain maps are called by this and the name of their file. */
export const mapInput = (name: string) => `map ${name}`;

/** An inverse further from its matrix than this is another matrix's. */
const mostResidual = 1e-3;
/** Columns of W that are compared between the file of a region and that of all voxels. */
const comparedVoxels = 32;

/**
 * The published study's own derivatives of a subject (`roi`, `patterns`; optionally `imagery`, the regions, the maps, and
 * `reference`, an image on their grid) -> a mapping as `fit-mapping` makes one.
 */
export const importPublishedStage = defineStage({
  name: 'import-published',
  version: 1,
  parameters,
  async run({ subject, latentDim, testFaces }, context) {
    const { inputs, outDir } = context;
    const problems: Problem[] = [];
    const { indices, model, residual } = await withMat(inputs.roi, (file) =>
      readRoi(file, latentDim, context),
    );
    if (residual !== null && residual > mostResidual) {
      problems.push(
        disagrees(inputs.roi, `invcovW is not the inverse of W W' (off by ${residual.toPrecision(2)})`),
      );
    }
    if (model.notFinite.length > 0) {
      const what = `${model.notFinite.length} of ${indices.length} voxels have weights that are not finite`;
      problems.push(notFinite(inputs.roi, 'W', what));
    }
    const patterns = await withMat(inputs.patterns, (file) =>
      readPatterns(file, indices, testFaces.length, context.signal),
    );
    noteZeroed(problems, inputs.patterns, patterns);
    const imagery =
      inputs.imagery === undefined
        ? null
        : await withMat(inputs.imagery, (file) => readPatterns(file, indices, 1, context.signal));
    if (imagery !== null) {
      noteZeroed(problems, inputs.imagery, imagery);
      if (imagery.volumeVoxels !== patterns.volumeVoxels) {
        throw new FusiformError(
          'PUBLISHED_SHAPE',
          `The volume of imagery has ${imagery.volumeVoxels} voxels, and those of the test faces ${patterns.volumeVoxels}.`,
          { file: inputs.imagery },
        );
      }
    }
    const regions = publishedRegions.filter((region) => inputs[regionInput(region)] !== undefined);
    const region = await regionOfVoxels(regions, indices, model.weights, context, problems);
    await writeSafetensorsFile(join(outDir, mappingFiles.arrays), {
      weights: { shape: [latentDim + 1, indices.length], data: model.weights },
      testPatterns: { shape: [patterns.count, indices.length], data: patterns.patterns },
      ...(imagery === null ? {} : { imageryPattern: { shape: [indices.length], data: imagery.patterns } }),
      voxels: { shape: [indices.length], data: indices },
      region: { shape: [indices.length], data: region },
    });
    await writeJsonFile(join(outDir, mappingFiles.description), {
      subject,
      testFaces: [...testFaces],
      hasImagery: imagery !== null,
      regions: [...regions],
      latentSpace: {
        dim: latentDim,
        modelled: Array.from({ length: latentDim }, (_, at) => at),
        means: new Array<number>(latentDim).fill(0),
      },
    } satisfies z.input<typeof mappingDescriptionSchema>);
    const maps = await writePublishedMaps(context, {
      indices,
      region,
      regions,
      volumeVoxels: patterns.volumeVoxels,
    });
    return {
      summary: {
        voxels: indices.length,
        volumeVoxels: patterns.volumeVoxels,
        testFaces: patterns.count,
        latents: latentDim,
        imagery: imagery !== null,
        regions: Object.fromEntries(
          regions.map((name, at) => [name, region.reduce((sum, value) => sum + (value === at ? 1 : 0), 0)]),
        ),
        inverseResidual: residual,
        zeroed: patterns.zeroed + (imagery?.zeroed ?? 0),
        maps,
      },
      problems,
    };
  },
});

async function withMat<T>(path: string, action: (file: MatFile) => Promise<T>): Promise<T> {
  const file = await openMat(path);
  try {
    return await action(file);
  } finally {
    file.close();
  }
}

async function readRoi(
  file: MatFile,
  latentDim: number,
  context: StageContext,
): Promise<{ indices: Uint32Array; model: PublishedWeights; residual: number | null }> {
  const indices = await readIndices(file);
  const model = await readWeights(file, indices.length, latentDim, context);
  // What zeroed weights leave is another matrix than the one that was inverted.
  const residual =
    model.notFinite.length > 0 ? null : await inverseResidual(file, model.weights, latentDim + 1);
  return { indices, model, residual };
}

/** The place of each voxel's region in `regions`, -1 where it is in none. */
async function regionOfVoxels(
  regions: readonly string[],
  indices: Uint32Array,
  weights: Float32Array,
  { inputs }: StageContext,
  problems: Problem[],
): Promise<Int32Array> {
  const places = new Map(Array.from(indices, (index, at) => [index, at]));
  const ofVoxel = new Int32Array(indices.length).fill(-1);
  for (const [at, name] of regions.entries()) {
    const path = inputs[regionInput(name)];
    await withMat(path, async (file) => {
      const members = await readIndices(file);
      const known = [...members.keys()].filter((member) => places.has(members[member]));
      const taken = known.filter((member) => ofVoxel[places.get(members[member]) ?? 0] >= 0);
      for (const member of known) ofVoxel[places.get(members[member]) ?? 0] = at;
      if (known.length < members.length) {
        const strange = members.length - known.length;
        problems.push(
          disagrees(
            path,
            `${strange} of ${members.length} voxels are not among all selected voxels; they are left out`,
          ),
        );
      }
      if (taken.length > 0) {
        problems.push(
          disagrees(path, `${taken.length} voxels are in another region too; they count for this one`),
        );
      }
      const compared = known.slice(0, comparedVoxels);
      if (
        !(await hasSameWeights(
          file,
          members.length,
          compared,
          (member) => places.get(members[member]) ?? 0,
          weights,
        ))
      ) {
        problems.push(
          disagrees(
            path,
            'its W differs from that of all voxels; the region is decoded by the weights of all voxels',
          ),
        );
      }
    });
  }
  return ofVoxel;
}

/** Compares some columns of W of a region with those of the same voxels among all. */
async function hasSameWeights(
  file: MatFile,
  nMembers: number,
  compared: readonly number[],
  placeOf: (member: number) => number,
  weights: Float32Array,
): Promise<boolean> {
  const variable = file.variables.get('W');
  const voxels = weights.length;
  if (variable === undefined || compared.length === 0) return true;
  const [rows, columns] = variable.shape;
  if (variable.shape.length !== 2 || columns !== nMembers || voxels % rows !== 0) return false;
  const nVoxels = voxels / rows;
  const until = compared[compared.length - 1] + 1;
  const { data } = await readNumbers(file, 'W', [null, [0, until]]);
  return compared.every((member) => {
    for (let row = 0; row < rows; row++) {
      const own = Math.fround(data[row * until + member]);
      const other = weights[row * nVoxels + placeOf(member)];
      if (Math.abs(own - other) > 1e-5 * Math.abs(other) && Number.isFinite(own)) return false;
    }
    return true;
  });
}

function noteZeroed(problems: Problem[], path: string, { zeroed, patterns }: PublishedPatterns): void {
  if (zeroed > 0) problems.push(notFinite(path, 'vol', `${zeroed} of ${patterns.length} values are NaN`));
}

function notFinite(file: string, variable: string, what: string): Problem {
  return new FusiformError('PUBLISHED_NOT_FINITE', `${variable}: ${what}; they count as zero.`, {
    file,
    details: { variable },
  }).toProblem();
}

function disagrees(file: string, what: string): Problem {
  return new FusiformError('PUBLISHED_DISAGREES', `${what}.`, { file }).toProblem();
}
