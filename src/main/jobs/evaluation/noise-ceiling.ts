import type { Score } from '../../../shared/evaluation.ts';
import type { WorkContext } from '../../../shared/progress.ts';
import { identifyHalves } from '../../decoding/half-identification.ts';
import type { Engine } from '../../engine/engine.ts';
import type { NormalEquations } from '../../glm/streaming.ts';
import { foldsOf, sumsOf } from '../decoders/fold-sums.ts';
import { columnsOf, readyDecoder } from '../decoders/ready-decoder.ts';
import { fittedDecoder, voxelSets, wholeCodes } from '../stages/decode-patterns.ts';
import { readEncoding } from '../stages/fit-encoding.ts';
import { readMapping, type StoredMapping } from '../stages/fit-mapping.ts';
import { faceName, testFaceOf } from '../stages/roles.ts';

export interface CeilingOptions {
  readonly engine: Engine;
  readonly work: WorkContext;
  readonly seed: number;
}

/** Patterns of the same test faces from two halves of the runs. */
interface Halves {
  /** As the mapping names them. */
  readonly faces: readonly string[];
  /** Each [faces, nVoxels of the mapping]. */
  readonly patterns: readonly [Float32Array, Float32Array];
}

/**
 * How far noise bounds what is decoded from each set of voxels: the faces identified between two halves of the runs, decoded by the
 * decoder itself.
 *
 * @param inputs `mapping`, `encoding`, and `decoder` but for the paper's; without the first two no ceiling is known
 * @param names of the sets of voxels
 */
export async function noiseCeilings(
  inputs: Readonly<Record<string, string>>,
  names: readonly string[],
  options: CeilingOptions,
): Promise<Score[]> {
  const unknown = (reason: string) => names.map((): Score => ({ value: null, n: 0, reason }));
  if (!('mapping' in inputs && 'encoding' in inputs)) {
    return unknown('The encoding model is not at hand, so that there are no halves of the runs.');
  }
  const folds = foldsOf(inputs.encoding);
  if (folds.length < 2) {
    return unknown('The encoding model kept no folds of runs (--folds) to make two halves of.');
  }
  const mapping = await readMapping(inputs.mapping);
  const halves = await halvesOf(inputs.encoding, folds, mapping, options.work);
  if (halves.faces.length < 2) {
    return unknown('Fewer than two test faces were shown in both halves of the runs.');
  }
  const { sets } = voxelSets(mapping);
  const fitted = await fittedDecoder(inputs.decoder, mapping, sets);
  const presentations = halves.faces.map((face) => {
    const { test = {} } = fitted?.description.presentations ?? {};
    return (test[face] ?? test[faceName(face)] ?? 1) / 2;
  });
  const { latentSpace } = mapping.description;
  const scores: Score[] = [];
  for (const name of names) {
    const place = sets.findIndex((set) => set.name === name);
    if (place < 0) {
      scores.push({ value: null, n: 0, reason: `There is no decoder of the voxels "${name}".` });
      continue;
    }
    const set = sets[place];
    const at = fitted && { folder: fitted.folder, place };
    const decode = await readyDecoder(mapping, set, at, options.engine);
    const [first, second] = await Promise.all(
      halves.patterns.map(async (patterns) =>
        wholeCodes(await decode(columnsOf(mapping, patterns, set), presentations), latentSpace),
      ),
    );
    const { pairwise, interval } = identifyHalves(first, second, latentSpace.dim, options.seed);
    const [lower, upper] = interval;
    const left = mapping.description.testFaces.length - halves.faces.length;
    scores.push({
      value: pairwise,
      lower,
      upper,
      chance: 0.5,
      n: halves.faces.length,
      ...(left === 0 ? {} : { reason: `${left} test faces were not shown in both halves and are left out.` }),
    });
  }
  return scores;
}

/** Of every other fold; their model has no latents, which half of the runs may have too few trials for. */
async function halvesOf(
  folder: string,
  folds: readonly number[],
  mapping: StoredMapping,
  work: WorkContext,
): Promise<Halves> {
  const { description, mask } = await readEncoding(folder);
  const placeOf = new Map(Array.from(mask.indices, (index, at) => [index, at]));
  const positions = Uint32Array.from(mapping.voxels, (voxel) => placeOf.get(voxel) ?? 0);
  const latents = new Set(description.latentNames);
  const responses: Map<string, Float32Array>[] = [];
  for (const parity of [0, 1]) {
    const sums = await sumsOf(
      folder,
      folds.filter((_, at) => at % 2 === parity),
    );
    responses.push(await responsesOf(sums, latents, positions, work));
  }
  const [first, second] = responses;
  const faces = mapping.description.testFaces.filter((face) => first.has(face) && second.has(face));
  const patterns = (of: ReadonlyMap<string, Float32Array>): Float32Array => {
    const nVoxels = positions.length;
    const result = new Float32Array(faces.length * nVoxels);
    faces.forEach((face, row) => {
      result.set(of.get(face) ?? [], row * nVoxels);
    });
    return result;
  };
  return { faces, patterns: [patterns(first), patterns(second)] };
}

/** By test face, [positions]. */
async function responsesOf(
  sums: NormalEquations,
  latents: ReadonlySet<string>,
  positions: Uint32Array,
  work: WorkContext,
): Promise<Map<string, Float32Array>> {
  const shown = await sums.shown();
  const names = shown.names.filter((name) => !latents.has(name));
  const { beta } = await shown.solveSubset(names, { work });
  return new Map(
    names.flatMap((name, row) => {
      const face = testFaceOf(name);
      if (face === null) return [];
      const from = row * sums.nVoxels;
      return [[face, Float32Array.from(positions, (position) => beta[from + position])] as const];
    }),
  );
}
