import { mkdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { encodePng, toPixels } from '../../formats/image/encode.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { readSafetensorsFile, writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import type { LatentModel } from '../../generative/latent-model.ts';
import { type DecoderDescription, hashOfVoxels, readDecoderDescription } from '../decoders/decoder-files.ts';
import { columnsOf, type ReadyDecoder, readyDecoder, type VoxelSet } from '../decoders/ready-decoder.ts';
import { defineStage } from '../stage.ts';
import type { LatentSpace } from './encoding-design.ts';
import { readMapping, type StoredMapping } from './fit-mapping.ts';
import { loadLatentModel } from './latent-model-files.ts';
import { withPatterns } from './other-patterns.ts';
import { faceName } from './roles.ts';

const regionSchema = z.object({
  name: z.string(),
  nVoxels: z.number().int(),
  /** The region without which all other voxels are decoded from; absent for a region itself. */
  excluded: z.string().optional(),
});
const descriptionSchema = z.object({
  subject: z.string(),
  testFaces: z.array(z.string()),
  latentDim: z.number().int(),
  /** `all` first, then each region alone, then all voxels without each region. */
  regions: z.array(regionSchema),
  hasImagery: z.boolean(),
});

const files = { arrays: 'decoded.safetensors', description: 'decoded.json' } as const;
/** The region in which the published study could decode imagery. */
const imageryRegion = 'temporal';
export const allVoxels = 'all';

export interface DecodedRegion {
  readonly name: string;
  readonly nVoxels: number;
  readonly excluded?: string;
  /** [testFaces, latentDim] */
  readonly test: Float32Array;
  /** [latentDim] or null */
  readonly imagery: Float32Array | null;
}

export interface Decoded {
  readonly description: z.output<typeof descriptionSchema>;
  readonly regions: readonly DecodedRegion[];
}

/**
 * Mapping (input `mapping`), its latent model (`model`) -> codes of the test patterns, region by region, and images; by the decoder
 * of `fit-decoder` (`decoder`), else by the paper's. With `patterns`
 * (see other-patterns.ts), of those in their place.
 */
export const decodePatternsStage = defineStage({
  name: 'decode-patterns',
  version: 4,
  parameters: z.strictObject({ engine: z.enum(['native', 'webgpu', 'wasm']) }),
  async run({ engine: kind }, context) {
    const mapping = await withPatterns(await readMapping(context.inputs.mapping), context.inputs.patterns);
    const problems: Problem[] = [];
    const regions = await decodeRegions(
      mapping,
      context.inputs.decoder,
      await context.engine(kind),
      problems,
    );
    const latentDim = mapping.description.latentSpace.dim;
    const { outDir } = context;
    const arrays = regions.flatMap(({ name, test, imagery }) => [
      [`test:${name}`, { shape: [mapping.description.testFaces.length, latentDim], data: test }] as const,
      ...(imagery ? [[`imagery:${name}`, { shape: [latentDim], data: imagery }] as const] : []),
    ]);
    await writeSafetensorsFile(join(outDir, files.arrays), Object.fromEntries(arrays));
    const { subject, testFaces, hasImagery } = mapping.description;
    await writeJsonFile(join(outDir, files.description), {
      subject,
      testFaces,
      latentDim,
      regions: regions.map(({ name, nVoxels, excluded }) => ({
        name,
        nVoxels,
        ...(excluded === undefined ? {} : { excluded }),
      })),
      hasImagery,
    } satisfies z.input<typeof descriptionSchema>);
    const model = await loadLatentModel(context.inputs.model, await context.engine(kind));
    try {
      await writeReconstructions(outDir, model, testFaces, regions);
    } finally {
      model.dispose();
    }
    return {
      summary: {
        testFaces: testFaces.length,
        regions: regions.map(({ name }) => name),
        imageSize: model.imageSize,
      },
      problems,
    };
  },
});

export async function readDecoded(folder: string): Promise<Decoded> {
  const description = descriptionSchema.parse(await readJsonFile(join(folder, files.description)));
  const { arrays } = await readSafetensorsFile(join(folder, files.arrays));
  const regions = description.regions.map(({ name, nVoxels, excluded }) => {
    const imagery = arrays[`imagery:${name}`];
    return {
      name,
      nVoxels,
      ...(excluded === undefined ? {} : { excluded }),
      test: Float32Array.from(arrays[`test:${name}`].data),
      imagery: imagery ? Float32Array.from(imagery.data) : null,
    };
  });
  return { description, regions };
}

async function decodeRegions(
  mapping: StoredMapping,
  decoderFolder: string | undefined,
  engine: Engine,
  problems: Problem[],
): Promise<DecodedRegion[]> {
  const { sets, problems: tooSmall } = voxelSets(mapping);
  problems.push(...tooSmall);
  const fitted = await fittedDecoder(decoderFolder, mapping, sets);
  const results: DecodedRegion[] = [];
  for (const [place, set] of sets.entries()) {
    const decoder = await readyDecoder(mapping, set, fitted && { folder: fitted.folder, place }, engine);
    results.push(await decodeSet(mapping, set, decoder, fitted?.description.presentations));
  }
  return results;
}

/** The decoder that was fitted beside the mapping, if one is asked for. @throws FusiformError DECODER_OF_OTHER_VOXELS */
export async function fittedDecoder(
  folder: string | undefined,
  mapping: StoredMapping,
  sets: readonly VoxelSet[],
): Promise<{ readonly folder: string; readonly description: DecoderDescription } | null> {
  if (folder === undefined) return null;
  const description = await readDecoderDescription(folder);
  refuseOtherVoxels(description, mapping, sets);
  return { folder, description };
}

/** A decoder that was fitted before the mapping was fitted anew would read other voxels. */
function refuseOtherVoxels(
  { subject, kind, latentDim, voxels, sets: known }: DecoderDescription,
  { description, voxels: selected }: StoredMapping,
  sets: readonly VoxelSet[],
): void {
  const sameSets =
    known.length === sets.length &&
    known.every(({ name, nVoxels }, at) => name === sets[at].name && nVoxels === sets[at].voxels.length);
  if (
    sameSets &&
    subject === description.subject &&
    latentDim === description.latentSpace.dim &&
    voxels === hashOfVoxels(selected)
  ) {
    return;
  }
  throw new FusiformError(
    'DECODER_OF_OTHER_VOXELS',
    `The decoder "${kind}" was fitted to subject ${subject}, ${latentDim} latents, ${known[0]?.nVoxels} voxels, and the mapping is of subject ${description.subject}, ${description.latentSpace.dim} latents, ${selected.length} voxels.`,
  );
}

async function decodeSet(
  mapping: StoredMapping,
  set: VoxelSet,
  decoder: ReadyDecoder,
  presentations: DecoderDescription['presentations'] | undefined,
): Promise<DecodedRegion> {
  const { name, excluded, voxels } = set;
  const { latentSpace, testFaces } = mapping.description;
  const decode = async (patterns: Float32Array, counts: readonly number[]) =>
    wholeCodes(await decoder(columnsOf(mapping, patterns, set), counts), latentSpace);
  const counts = testFaces.map(
    (face, at) =>
      mapping.presentations?.[at] ?? presentations?.test[face] ?? presentations?.test[faceName(face)] ?? 1,
  );
  return {
    name,
    nVoxels: voxels.length,
    ...(excluded === undefined ? {} : { excluded }),
    test: await decode(mapping.testPatterns, counts),
    imagery:
      mapping.imageryPattern &&
      (await decode(mapping.imageryPattern, [Math.max(1, presentations?.imagery ?? 1)])),
  };
}

/** The sets of voxels that are decoded from; a set with too few of them is left out and listed. */
export function voxelSets({ nVoxels, region, description }: StoredMapping): {
  readonly sets: readonly VoxelSet[];
  readonly problems: readonly Problem[];
} {
  const everywhere = Uint32Array.from({ length: nVoxels }, (_, voxel) => voxel);
  const nLatents = description.latentSpace.modelled.length;
  const alone = description.regions.map(
    (name, at): VoxelSet => ({
      name,
      voxels: everywhere.filter((voxel) => region[voxel] === at),
    }),
  );
  const without = description.regions.map(
    (name, at): VoxelSet => ({
      name: `without-${name}`,
      excluded: name,
      voxels: everywhere.filter((voxel) => region[voxel] !== at),
    }),
  );
  // With fewer voxels than latents the code is not determined.
  const isTooSmall = ({ voxels }: VoxelSet) => voxels.length <= nLatents;
  const problems = [...alone, ...without]
    .filter(isTooSmall)
    .map(({ name, voxels }) =>
      new FusiformError(
        'REGION_TOO_SMALL',
        `The region "${name}" has ${voxels.length} selected voxels, too few for ${nLatents} latents; it is left out.`,
      ).toProblem(),
    );
  const large = [...alone, ...without].filter((set) => !isTooSmall(set));
  return { sets: [{ name: allVoxels, voxels: everywhere }, ...large], problems };
}

/** Codes of all latents: those decoded at their places, those that never vary at their mean. */
export function wholeCodes(decoded: Float32Array, { dim, modelled, means }: LatentSpace): Float32Array {
  const rows = decoded.length / modelled.length;
  const codes = new Float32Array(rows * dim);
  for (let row = 0; row < rows; row++) {
    codes.set(means, row * dim);
    modelled.forEach((at, from) => {
      codes[row * dim + at] = decoded[row * modelled.length + from];
    });
  }
  return codes;
}

async function writeReconstructions(
  outDir: string,
  model: LatentModel,
  testFaces: readonly string[],
  regions: readonly DecodedRegion[],
): Promise<void> {
  const size = model.imageSize;
  const folder = join(outDir, 'reconstructions');
  await mkdir(folder, { recursive: true });
  const save = async (name: string, pixels: Uint8Array) =>
    writeFileAtomic(join(folder, `${name}.png`), await encodePng(pixels, size, size));
  const images = toPixels(await model.decode(regions[0].test));
  const stride = size * size * 3;
  for (const [row, face] of testFaces.entries()) {
    await save(basename(face, extname(face)), images.subarray(row * stride, (row + 1) * stride));
  }
  const imagery = (regions.find(({ name }) => name === imageryRegion) ?? regions[0]).imagery;
  if (imagery) await save('imagery', toPixels(await model.decode(imagery)));
}
